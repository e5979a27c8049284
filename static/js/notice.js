/* Shows the notice until a reader closes it; a new text is shown again. */
const KEY = "notice-closed";
const notice = document.querySelector("[data-notice]");

if (notice) {
  const text = notice.querySelector("[data-notice-text]").textContent;
  const storage = { get: () => { try { return localStorage.getItem(KEY); } catch { return null; } }, set: () => { try { localStorage.setItem(KEY, text); } catch { /* storage refused: it stays closed for this page */ } } };
  notice.hidden = storage.get() === text;
  notice.querySelector("[data-notice-close]").addEventListener("click", () => { storage.set(); notice.hidden = true; });
}
