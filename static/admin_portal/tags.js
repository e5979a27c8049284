// Turns the select of tags into a search box over all of them, in which a new one can be typed.
(function ($) {
  const enhance = (select) =>
    $(select).select2({
      theme: "admin-autocomplete",
      width: "100%",
      tags: true,
      tokenSeparators: [","],
      ajax: {
        url: select.dataset.tagSearch,
        dataType: "json",
        delay: 200,
        data: ({ term, page }) => ({ term, page, app_label: "library", model_name: "image", field_name: "tags" }),
      },
      createTag: ({ term }) => (term.trim() ? { id: select.dataset.new + term.trim(), text: term.trim() } : null),
    });
  $(() => document.querySelectorAll("select[data-tag-search]").forEach(enhance));
})(django.jQuery);
