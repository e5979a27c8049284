/* Tells the time of an event by the reader's own clock, if they want to. The choice stays in their browser. */
const KEY = "own-time";
const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
// The days of this site's English come before their months.
const language = document.documentElement.lang.replace(/^en$/, "en-GB");

function told(begin, end, timeZone) {
  const options = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short", timeZone };
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
  const wall = (timeZone) => begin.toLocaleString("en", { timeZone });
  if (!mine || wall(mine) === wall(fact.dataset.zone)) return;
  const there = [text.textContent, button.textContent], here = [told(begin, end, mine), button.dataset.back];
  const show = (own) => {
    [text.textContent, button.textContent] = own ? here : there;
    storage.set(own ? "yes" : "");
  };
  button.hidden = false;
  if (storage.get()) show(true);
  button.addEventListener("click", () => show(text.textContent === there[0]));
});
