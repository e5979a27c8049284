// Turns a target's select into a search box over everything that has an address; other addresses can be typed.
(function ($) {
  function enhance(select) {
    if (select.name.includes("__prefix__") || $(select).data("select2")) return;
    $(select).select2({
      theme: "admin-autocomplete",
      width: "30em",
      tags: true,
      allowClear: true,
      placeholder: "",
      minimumInputLength: 2,
      ajax: { url: select.dataset.targetSearch, dataType: "json", delay: 200 },
      createTag: ({ term }) =>
        /^(https?:\/\/|mailto:)/i.test(term.trim()) ? { id: term.trim(), text: term.trim() } : null,
    });
  }
  $(() => document.querySelectorAll("select[data-target-search]").forEach(enhance));
  document.addEventListener("formset:added", (event) =>
    event.target.querySelectorAll("select[data-target-search]").forEach(enhance),
  );
})(django.jQuery);
