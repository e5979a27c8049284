/* Panels of the header: one open at a time, closed by Escape (focus goes back to the name) and by a press outside. */
const panels = [...document.querySelectorAll("[data-panel]")];
const close = (except) => panels.forEach((panel) => { if (panel !== except) panel.open = false; });

panels.forEach((panel) => panel.addEventListener("toggle", () => { if (panel.open) close(panel); }));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = panels.find((panel) => panel.open);
  if (!open) return;
  if (open.contains(document.activeElement)) open.querySelector("summary").focus();
  close();
});

document.addEventListener("pointerdown", (event) => { if (!panels.some((panel) => panel.contains(event.target))) close(); });
document.addEventListener("focusin", (event) => { if (!panels.some((panel) => panel.contains(event.target))) close(); });
