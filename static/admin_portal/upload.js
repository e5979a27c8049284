// Sends pictures one by one, two at a time, as soon as they are chosen or dropped, and shows what becomes of each.
const AT_ONCE = 2;
const DONE = ["stored", "known", "refused"];

function start(form) {
  const page = form.closest(".intake");
  const part = (name, root = page) => root.querySelector(`[data-${name}]`);
  const sentences = part("sentences").dataset, status = part("status"), next = part("next");
  const input = form.elements.namedItem("files");
  const entries = [];
  const having = (...states) => entries.filter((entry) => states.includes(entry.state));

  function add(files) {
    for (const file of files) {
      const row = part("row").content.firstElementChild.cloneNode(true);
      const bar = row.querySelector("progress");
      part("name", row).textContent = file.name;
      bar.setAttribute("aria-label", sentences.of.replace("%name%", file.name));
      const entry = { file, row, bar, state: "waiting", key: null };
      part("again", row).addEventListener("click", () => again(entry));
      entries.push(entry);
      part("files").append(row);
    }
    work();
  }

  function work() {
    // Two files of one size may be the same file: the second waits, and is then found to be in the library already.
    for (const entry of having("waiting")) {
      const busy = having("busy");
      if (busy.length >= AT_ONCE) break;
      if (!busy.some((other) => other.file.size === entry.file.size)) send(entry);
    }
    tell();
  }

  function send(entry) {
    const body = new FormData(), request = new XMLHttpRequest();
    entry.state = "busy";
    body.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    body.append("files", entry.file);
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) entry.bar.value = (100 * event.loaded) / event.total;
    });
    request.upload.addEventListener("load", () => {
      entry.bar.removeAttribute("value");
      say(entry, sentences.checked);
    });
    request.addEventListener("load", () => finish(entry, answer(request)));
    request.addEventListener("error", () => finish(entry, { state: "failed", message: sentences.offline }));
    request.send(body);
  }

  function answer(request) {
    if (request.status === 200 && request.getResponseHeader("Content-Type")?.startsWith("application/json")) {
      return JSON.parse(request.responseText);
    }
    const signedOut = request.status === 403 || request.responseURL.includes("/login/");
    const reason = signedOut ? "signedOut" : request.status === 413 ? "tooLarge" : "failed";
    return { state: "failed", message: sentences[reason] };
  }

  function finish(entry, { state, key, message, url, title, thumbnail }) {
    entry.state = state;
    entry.key = key;
    entry.row.dataset.state = state;
    entry.bar.hidden = true;
    say(entry, message);
    part("again", entry.row).hidden = state !== "failed";
    if (url) {
      const link = Object.assign(document.createElement("a"), { href: url, textContent: title });
      part("said", entry.row).append(" ", link);
      part("thumbnail", entry.row).append(Object.assign(new Image(), { src: thumbnail, alt: "" }));
    }
    work();
  }

  function say(entry, text) {
    part("said", entry.row).textContent = text;
  }

  function tell() {
    const done = having(...DONE, "failed").length;
    const isFinished = done === entries.length;
    const numbers = { done, all: entries.length, refused: having("refused", "failed").length };
    for (const state of ["stored", "known"]) numbers[state] = having(state).length;
    status.textContent = status.dataset[isFinished ? "finished" : "progress"].replace(/%(\w+)%/g, (_, name) => numbers[name]);
    const keys = having("stored").map((entry) => entry.key);
    next.hidden = !(isFinished && keys.length);
    part("on").href = `${form.dataset.describe}?ids=${keys}`;
  }

  async function again(entry) {
    // Who has signed in anew has a new token against forged requests.
    const page = await fetch(form.action).then((response) => response.text(), () => "");
    const field = new DOMParser().parseFromString(page, "text/html").querySelector(".intake [name=csrfmiddlewaretoken]");
    if (field) form.elements.namedItem("csrfmiddlewaretoken").value = field.value;
    entry.bar.hidden = false;
    entry.bar.value = 0;
    part("again", entry.row).hidden = true;
    delete entry.row.dataset.state;
    entry.state = "waiting";
    work();
  }

  input.required = false;
  part("send").hidden = true;
  part("hint").hidden = false;
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("intake__drop--over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("intake__drop--over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("intake__drop--over");
    add([...event.dataTransfer.files]);
  });
  window.addEventListener("beforeunload", (event) => {
    if (having("waiting", "busy").length) event.preventDefault();
  });
}

const form = document.querySelector("form[data-upload]");
if (form) start(form);
