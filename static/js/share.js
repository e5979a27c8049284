/* Offers to copy the page's address where the browser can. */
document.querySelectorAll("[data-copy]").forEach((root) => {
  if (!navigator.clipboard) return;
  const label = root.querySelector("[data-copy-label]");
  const before = label.textContent;
  root.hidden = false;
  root.querySelector("[data-copy-button]").addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector("link[rel=canonical]")?.href ?? location.href);
    label.textContent = label.dataset.copyDone;
    setTimeout(() => { label.textContent = before; }, 4000);
  });
});
