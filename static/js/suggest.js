/* Suggests pages while somebody types in a search field (ARIA Authoring Practices, "Editable combobox with list autocomplete"). */
const PAUSE = 150;

document.querySelectorAll("[data-suggest]").forEach((form, number) => {
  const field = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  const told = document.createElement("p");
  let asked = null, timer = 0, active = -1;

  Object.assign(list, { className: "suggestions", role: "listbox", id: `suggestions-${number}`, hidden: true, ariaLabel: form.dataset.suggestLabel });
  Object.assign(told, { className: "visually-hidden", role: "status" });
  Object.assign(field, { role: "combobox", autocomplete: "off", ariaAutoComplete: "list", ariaExpanded: "false" });
  field.setAttribute("aria-controls", list.id);
  form.append(list, told);

  const close = () => { clearTimeout(timer); asked?.abort(); list.hidden = true; field.ariaExpanded = "false"; mark(-1); };
  const mark = (index) => {
    active = index;
    [...list.children].forEach((option, i) => { option.ariaSelected = String(i === index); });
    if (index < 0) field.removeAttribute("aria-activedescendant");
    else { field.setAttribute("aria-activedescendant", list.children[index].id); list.children[index].scrollIntoView({ block: "nearest" }); }
  };
  const show = (found) => {
    list.replaceChildren(...found.map(({ title, url, kind, language }, i) => {
      const option = document.createElement("li"), what = document.createElement("span");
      Object.assign(option, { className: "suggestions__one", role: "option", id: `${list.id}-${i}`, ariaSelected: "false" });
      what.textContent = kind;
      option.append(title, what);
      option.dataset.url = url;
      if (language !== document.documentElement.lang) Object.assign(option, { lang: language, dir: "auto" });
      return option;
    }));
    mark(-1);
    list.hidden = !found.length;
    field.ariaExpanded = String(!list.hidden);
    told.textContent = found.length ? form.dataset.suggestCount.replace("{count}", found.length) : "";
  };
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: field.value })}`, { signal: asked.signal });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch { /* asked anew, or no connection: the form works without */ }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (field.value.trim().length < 2) close();
    else timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], last = list.children.length - 1;
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); close(); }
    else if (event.key === "Enter" && active >= 0) { event.preventDefault(); location.assign(list.children[active].dataset.url); }
    else if (step && !list.hidden) {
      event.preventDefault();
      const next = active + step;
      mark(next < -1 ? last : next > last ? -1 : next);
    } else if (step && field.value.trim().length > 1) ask();
  });
  field.addEventListener("blur", close);
  // Before the field loses the focus.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => { const option = target.closest("[role=option]"); if (option) location.assign(option.dataset.url); });
});
