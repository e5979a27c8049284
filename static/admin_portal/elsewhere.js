/* Shows, while somebody types, how the page looks in a search result and on a share card, and counts characters. */
const root = document.querySelector("[data-elsewhere]");
/* What search engines show of each on a wide screen. */
const LIMITS = { search_title: 60, search_description: 160 };
/* In milliseconds: a screen reader is told once somebody has stopped typing. */
const PAUSE = 1200;

const field = (name) => document.getElementById(`id_${name}`);
const typed = (name) => field(name)?.value.trim() ?? "";

function show() {
  const texts = {
    title: typed("search_title") || typed("title"),
    description: typed("search_description") || typed(root.dataset.intro),
  };
  for (const place of root.querySelectorAll("[data-shows]")) place.textContent = texts[place.dataset.shows];
  root.querySelector("[data-shows-unlisted]").hidden = !field("unlisted")?.checked;
}

function counter(input, limit) {
  const hint = document.createElement("p");
  const said = root.querySelector("[data-counted]");
  let waiting;
  hint.className = "elsewhere__count";
  hint.id = `${input.id}_count`;
  const count = () => {
    /* As people count: what is written with several code points is one. */
    const length = [...new Intl.Segmenter().segment(input.value)].length;
    hint.textContent = root.dataset.count.replace("{count}", length).replace("{limit}", limit);
    hint.classList.toggle("elsewhere__count--over", length > limit);
  };
  input.closest("div").after(hint);
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), hint.id].filter(Boolean).join(" "));
  input.addEventListener("input", () => {
    count();
    clearTimeout(waiting);
    waiting = setTimeout(() => { said.textContent = hint.textContent; }, PAUSE);
  });
  count();
}

if (root && field("search_title")) {
  for (const [name, limit] of Object.entries(LIMITS)) counter(field(name), limit);
  for (const name of ["title", root.dataset.intro, "unlisted", ...Object.keys(LIMITS)]) field(name)?.addEventListener("input", show);
  show();
}
