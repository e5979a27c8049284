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

// In the phone's menu, which covers the window, there is no outside.
const menu = document.querySelector("[data-menu]");
const outside = (event) => !panels.some((panel) => panel.contains(event.target)) && getComputedStyle(menu).position !== "fixed";

["pointerdown", "focusin"].forEach((type) => document.addEventListener(type, (event) => { if (outside(event)) close(); }));
