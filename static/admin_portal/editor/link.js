// Links: within the site by item, so that they follow it; outside by address. One dialog for both.
import { Link } from "django-prose-editor/editor";
import { buttons, labelled, make, open } from "editor/dialogs";

const TARGET = "target:";
const ADDRESS = /^(https?:\/\/|mailto:|tel:)\S+$/i;
const HOST = /^(www\.)?[\w-]+(\.[\w-]+)*\.[a-z]{2,}(\/\S*)?$/i;
const MAIL = /^[^\s@/:]+@[^\s@/]+\.[a-z]{2,}$/i;
const DELAY = 250;

// What was typed as an address with its scheme; "" for words.
function addressIn(text) {
  if (ADDRESS.test(text)) return text;
  if (MAIL.test(text)) return `mailto:${text}`;
  return HOST.test(text) ? `https://${text}` : "";
}

export const link = (context) =>
  Link.extend({
    addMenuItems: null,
    addKeyboardShortcuts() {
      return { "Mod-k": ({ editor }) => (askLink(editor, context), true) };
    },
  }).configure({
    openOnClick: false,
    autolink: false,
    linkOnPaste: true,
    isAllowedUri: (url, { defaultValidate }) => url.startsWith(TARGET) || defaultValidate(url),
  });

export async function askLink(editor, context) {
  const inside = editor.isActive("link");
  if (inside) editor.chain().extendMarkRange("link").run();
  const empty = editor.state.selection.empty;
  const current = inside ? editor.getAttributes("link").href : "";
  const answer = await open(context.label("link"), (form, close) => fill(form, close, context, current));
  const chain = editor.chain().focus();
  if (!answer) return chain.run();
  if (answer === "remove") return chain.unsetLink().run();
  if (!empty) return chain.setMark("link", { href: answer.href }).run();
  // Without a selection the title of what it leads to becomes the link.
  chain.insertContent({ type: "text", text: answer.text, marks: [{ type: "link", attrs: { href: answer.href } }] }).run();
}

function fill(form, close, context, current) {
  const box = make("input", { type: "text", autofocus: true, autocomplete: "off", spellcheck: "false" });
  const found = make("ul", { class: "body-dialog__found" });
  const status = make("p", { class: "body-dialog__help", role: "status" });
  form.append(labelled(context.label("linkTo"), box, context.label("linkHelp")), status, found);
  buttons(form, close, {
    submit: context.label("apply"), cancel: context.label("cancel"), remove: current ? context.label("remove") : null,
  });

  if (current.startsWith(TARGET)) {
    const asked = new URLSearchParams({ target: current.slice(TARGET.length) });
    fetch(`${context.config.targets}?${asked}`)
      .then((response) => response.json())
      .then(({ text }) => (status.textContent ||= `${context.label("leadsTo")} ${text}`))
      .catch(() => {});
  } else {
    box.value = current;
  }

  function offer(href, text, shown = text) {
    const button = make("button", { type: "button" }, shown);
    button.addEventListener("click", () => close({ href, text }));
    found.append(make("li", {}, button));
  }

  let timer = 0, turn = 0;
  async function search() {
    const text = box.value.trim(), mine = ++turn;
    found.replaceChildren();
    const address = addressIn(text);
    if (address) return offer(address, text, `${context.label("linkToAddress")} ${address}`);
    if (text.length < 2) return;
    let results = [];
    try {
      const response = await fetch(`${context.config.search}?${new URLSearchParams({ term: text })}`);
      results = (await response.json()).results;
    } catch {
      if (mine === turn) status.textContent = context.label("noAnswer");
      return;
    }
    if (mine !== turn) return;
    found.replaceChildren();
    // “News: Title”: the title alone becomes the text of the link.
    for (const { id, text: name } of results) offer(TARGET + id, name.slice(name.indexOf(": ") + 2), name);
    status.textContent = results.length ? "" : context.label("nothingFound");
  }
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, DELAY);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = addressIn(box.value.trim());
    if (address) close({ href: address, text: box.value.trim() });
    else if (found.firstElementChild) found.querySelector("button").focus();
    else search();
  });
}
