/* Opens a gallery's pictures in a viewer: arrow keys, Home, End and swipes turn it over, Escape closes it. */
document.querySelectorAll("[data-gallery]").forEach((root) => {
  const links = [...root.querySelectorAll("[data-gallery-open]")];
  const larges = [...root.querySelectorAll("[data-gallery-large]")];
  const viewer = root.querySelector("[data-viewer]");
  const stage = viewer.querySelector("[data-viewer-stage]");
  const count = viewer.querySelector("[data-viewer-count]");
  let now = 0, began = null;

  const show = (number) => {
    now = (number + links.length) % links.length;
    stage.replaceChildren(larges[now].content.cloneNode(true));
    count.textContent = count.dataset.viewerCount.replace("{number}", now + 1).replace("{total}", links.length);
  };
  const turn = () => (getComputedStyle(viewer).direction === "rtl" ? -1 : 1);

  links.forEach((link, number) => link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    viewer.showModal();
    show(number);
  }));
  viewer.querySelectorAll("[data-viewer-step]").forEach((button) => {
    button.addEventListener("click", () => show(now + Number(button.dataset.viewerStep)));
  });
  viewer.querySelector("[data-viewer-close]").addEventListener("click", () => viewer.close());
  viewer.addEventListener("close", () => { stage.replaceChildren(); links[now].focus(); });

  viewer.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step ? now + step * turn() : { Home: 0, End: links.length - 1 }[event.key];
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(next);
  });
  viewer.addEventListener("touchstart", ({ touches }) => { began = touches.length === 1 ? touches[0] : null; }, { passive: true });
  viewer.addEventListener("touchend", ({ changedTouches: [end] }) => {
    const across = began ? end.clientX - began.clientX : 0;
    if (Math.abs(across) > 50 && Math.abs(across) > 2 * Math.abs(end.clientY - began.clientY)) show(now - Math.sign(across) * turn());
    began = null;
  });
});
