// What scripts put in a field's place (rich-text editors, search boxes), and the halves of a date with its time, are
// announced by the field's own label.
const BUILT = ".tiptap[role=textbox], .select2-selection, .select2-search__field, .datetime input";

function name(root) {
  root.querySelectorAll(".form-row").forEach((row) => {
    const label = row.querySelector("label")?.textContent;
    row.querySelectorAll(BUILT).forEach((box) => {
      const half = box.matches("input[type=text]") ? box.previousSibling?.textContent : box.innerText;
      const parts = [label, half].map((part) => (part ?? "").replace(/:\s*$/, "").trim());
      box.removeAttribute("aria-labelledby");
      box.setAttribute("aria-label", parts.filter(Boolean).join(": "));
    });
  });
}

window.addEventListener("load", () => {
  const jQuery = window.django?.jQuery;
  if (!jQuery) return name(document);
  // jQuery calls its waiting functions in a task of their own, which can come after this event: this one is called
  // after those that build the search boxes.
  jQuery(() => name(document));
  // A search box is named again after a choice: its name tells what is chosen.
  jQuery(document).on("change", (event) => name(event.target.closest(".form-row")?.parentNode ?? document));
});
document.addEventListener("formset:added", (event) => name(event.target));
