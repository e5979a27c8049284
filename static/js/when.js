/* Tells the time of an event by the reader's own clock, if they want to. The choice stays in their browser. */
const KEY = "own-time";
// The days of this site's English come before their months.
const language = document.documentElement.lang.replace(/^en$/, "en-GB");

function told(begin, end) {
  const options = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
  const format = new Intl.DateTimeFormat(language, options);
  return end ? format.formatRange(begin, end) : format.format(begin);
}

const storage = {
  get: () => { try { return localStorage.getItem(KEY); } catch { return null; } },
  set: (value) => { try { localStorage.setItem(KEY, value); } catch { /* storage refused: the choice is this page's */ } },
};

document.querySelectorAll("[data-when]").forEach((fact) => {
  const begin = new Date(fact.dataset.when), end = fact.dataset.until && new Date(fact.dataset.until);
  const text = fact.querySelector("[data-when-text]"), button = fact.querySelector("[data-when-switch]");
  const [, sign, hours, minutes] = fact.dataset.when.match(/([+-])(\d\d):(\d\d)$/) ?? [];
  // Clocks there and here show the same.
  if (Number(`${sign}${60 * hours + Number(minutes)}`) === -begin.getTimezoneOffset()) return;
  const there = [text.textContent, button.textContent];
  const show = (own) => {
    [text.textContent, button.textContent] = own ? [told(begin, end), button.dataset.back] : there;
    storage.set(own ? "yes" : "");
  };
  button.hidden = false;
  if (storage.get()) show(true);
  button.addEventListener("click", () => show(text.textContent === there[0]));
});
