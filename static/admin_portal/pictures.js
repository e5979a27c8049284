// Pictures of the library in an item's form: a single one, or a gallery's rows, put in order by dragging or by buttons.
// What is sent are the plain inputs.
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);

function gallery(root) {
  const words = root.dataset;
  const list = root.querySelector("[data-rows]");
  const blank = root.querySelector("[data-blank]").content.querySelector("[data-row]");
  const status = root.querySelector("[data-status]");
  const opener = root.querySelector("[data-choose]");
  const rows = () => [...list.querySelectorAll("[data-row]")];
  const title = (row) => row.querySelector("[data-title]").textContent;
  const key = (row) => row.querySelector("[data-key]").value;
  const say = (text, values) => (status.textContent = filled(text, values));

  function renumber() {
    rows().forEach((row, index) => (row.querySelector("[data-place]").value = index + 1));
  }

  function move(row, step, button) {
    const all = rows(), to = all.indexOf(row) + step;
    if (to >= 0 && to < all.length) step < 0 ? all[to].before(row) : all[to].after(row);
    renumber();
    button.focus();
    say(words.moved, { title: title(row), number: rows().indexOf(row) + 1, total: all.length });
  }

  function remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    renumber();
    (next?.querySelector("[data-remove]") ?? opener).focus();
    say(words.removed, { title: title(row) });
  }

  function enhance(row) {
    row.querySelector("[data-plain]").hidden = true;
    row.querySelectorAll("[data-handle], [data-buttons]").forEach((part) => (part.hidden = false));
    row.querySelectorAll("[data-label]").forEach((button) => {
      button.ariaLabel = filled(button.dataset.label, { title: title(row) });
      button.title = button.ariaLabel;
    });
    row.querySelectorAll("[data-step]").forEach((button) => {
      button.addEventListener("click", () => move(row, Number(button.dataset.step), button));
    });
    row.querySelector("[data-remove]").addEventListener("click", () => remove(row));
    // Only by its handle: in the captions one selects words.
    row.querySelector("[data-handle]").addEventListener("pointerdown", () => (row.draggable = true));
    row.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "move";
      row.dataset.dragged = "";
    });
    row.addEventListener("dragend", () => {
      delete row.dataset.dragged;
      row.draggable = false;
      renumber();
      say(words.moved, { title: title(row), number: rows().indexOf(row) + 1, total: rows().length });
    });
    row.addEventListener("pointerup", () => (row.draggable = false));
  }

  list.addEventListener("dragover", (event) => {
    const dragged = list.querySelector("[data-dragged]"), over = event.target.closest("[data-row]");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    event.clientY < top + height / 2 ? over.before(dragged) : over.after(dragged);
  });
  list.addEventListener("drop", (event) => event.preventDefault());

  function add(picture) {
    const row = blank.cloneNode(true);
    row.querySelector("[data-key]").value = picture.key;
    row.querySelector("[data-title]").textContent = picture.title;
    const thumbnail = row.querySelector("[data-thumbnail]");
    thumbnail.src = picture.thumbnail;
    thumbnail.hidden = false;
    row.querySelectorAll("textarea").forEach((caption) => (caption.placeholder = picture.captions[caption.lang] ?? ""));
    list.append(row);
    enhance(row);
  }

  rows().filter((row) => !key(row)).forEach((row) => row.remove());
  rows().forEach(enhance);
  renumber();
  root.querySelector(".gallery-input__plain").hidden = true;
  root.querySelector("[data-actions]").hidden = false;
  choose(root.querySelector("[data-chooser]"), opener, () => new Set(rows().map(key)), (pictures) => {
    pictures.forEach(add);
    renumber();
    say(words.added, { number: pictures.length });
  });
}

function single(root) {
  const input = root.querySelector("[data-key]"), title = root.querySelector("[data-title]");
  const thumbnail = root.querySelector("[data-thumbnail]"), dialog = root.querySelector("[data-chooser]");
  const opener = root.querySelector("[data-choose]"), remover = root.querySelector("[data-remove]");

  function show(picture) {
    input.value = picture?.key ?? "";
    title.textContent = picture?.title ?? "";
    thumbnail.hidden = !picture;
    if (picture) thumbnail.src = picture.thumbnail;
    remover.hidden = !picture;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  remover.addEventListener("click", () => {
    show(null);
    opener.focus();
  });
  // The stock admin's window in which a picture is added tells its number, and only jQuery.
  django.jQuery(input).on("change", async () => {
    const response = await fetch(`${dialog.dataset.search}?${new URLSearchParams({ key: input.value })}`);
    if (response.ok) show((await response.json()).pictures[0]);
  });
  remover.hidden = !input.value;
  root.querySelector("[data-plain]").hidden = true;
  root.querySelector("[data-actions]").hidden = false;
  choose(dialog, opener, () => new Set(), ([picture]) => show(picture));
}

/* The dialog with the library: `taken` tells what is held already, `done` is given what was chosen, in that order. */
function choose(dialog, opener, taken, done) {
  const words = dialog.dataset;
  const query = dialog.querySelector("[data-query]"), more = dialog.querySelector("[data-more]");
  const list = dialog.querySelector("[data-found-pictures]"), found = dialog.querySelector("[data-status]");
  const chosen = new Map();
  let page = 0, asked = 0, pause = 0;

  function option(picture) {
    const item = document.createElement("li"), label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: words.kind, name: "chosen-picture" });
    box.setAttribute("form", ""); // is no part of what is sent
    const title = picture.unfit ? `${picture.title} (${picture.unfit})` : picture.title;
    const picked = String(picture.key), held = taken().has(picked);
    Object.assign(box, { checked: held || chosen.has(picked), disabled: held || picture.unfit });
    box.addEventListener("change", () => {
      if (words.kind === "radio") chosen.clear();
      box.checked ? chosen.set(picked, picture) : chosen.delete(picked);
    });
    const image = Object.assign(new Image(150, 100), { alt: "", loading: "lazy", src: picture.thumbnail });
    label.append(box, image, Object.assign(document.createElement("span"), { textContent: title }));
    item.append(label);
    return item;
  }

  async function ask(next) {
    const mine = ++asked;
    try {
      const response = await fetch(`${words.search}?${new URLSearchParams({ q: query.value, page: next })}`);
      if (!response.ok) throw new Error(response.status);
      const answer = await response.json();
      if (mine !== asked) return;
      if (next === 0) list.replaceChildren();
      list.append(...answer.pictures.map(option));
      page = next;
      more.hidden = !answer.more;
      found.textContent = list.children.length ? filled(words.found, { number: `${list.children.length}${answer.more ? "+" : ""}` }) : words.none;
    } catch {
      if (mine === asked) found.textContent = words.failed;
    }
  }

  opener.addEventListener("click", () => {
    chosen.clear();
    query.value = "";
    dialog.showModal();
    query.focus();
    ask(0);
  });
  query.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => ask(0), 200);
  });
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // would send the item's form
  });
  more.addEventListener("click", () => ask(page + 1));
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-add]").addEventListener("click", () => {
    dialog.close();
    if (chosen.size) done([...chosen.values()]);
  });
}

document.querySelectorAll("[data-gallery-input]").forEach(gallery);
document.querySelectorAll("[data-picture-input]").forEach(single);
