/* Offers to copy the page's address, or the words beside the button, where the browser can. */
document.querySelectorAll("[data-copy]").forEach((root) => {
  if (!navigator.clipboard) return;
  const label = root.querySelector("[data-copy-label]");
  const before = label.textContent;
  root.hidden = false;
  root.querySelector("[data-copy-button]").addEventListener("click", async () => {
    const words = root.parentElement.querySelector("[data-copy-source]")?.textContent.trim();
    await navigator.clipboard.writeText(words ?? document.querySelector("link[rel=canonical]")?.href ?? location.href);
    label.textContent = label.dataset.copyDone;
    setTimeout(() => { label.textContent = before; }, 4000);
  });
});
