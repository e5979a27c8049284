// Small questions in front of the page. Every dialog is a form of its own, outside of the item's.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

let number = 0;

export function labelled(text, control, help = "") {
  control.id ||= `body-dialog-${++number}`;
  const note = help ? make("p", { class: "body-dialog__help", id: `${control.id}-help` }, help) : null;
  if (note) control.setAttribute("aria-describedby", note.id);
  return make("div", { class: "body-dialog__field" }, make("label", { for: control.id }, text), control, note);
}

// Opens a dialog with what `fill(form, close)` puts into it. Resolves to what `close` is given; null if it is left.
export function open(title, fill) {
  return new Promise((resolve) => {
    const heading = make("h2", { id: `body-dialog-${++number}` }, title);
    const form = make("form", { method: "dialog", novalidate: true }, heading);
    const dialog = make("dialog", { class: "body-dialog", "aria-labelledby": heading.id }, form);
    let answer = null;
    const close = (given) => {
      answer = given;
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    fill(form, close, dialog);
    document.body.append(dialog);
    dialog.showModal();
    form.querySelector("[autofocus]")?.focus();
  });
}

export function buttons(form, close, { submit, cancel, remove = null }) {
  const leave = make("button", { type: "button", class: "button" }, cancel);
  leave.addEventListener("click", () => close(null));
  const away = remove && make("button", { type: "button", class: "button body-dialog__remove" }, remove);
  away?.addEventListener("click", () => close("remove"));
  form.append(make("div", { class: "body-dialog__buttons" }, make("button", { class: "button default" }, submit), leave, away));
}

// Asks for one text. Resolves to it, to "" for none, or to null if the dialog was left.
export async function askText(context, { title, label, help, value = "", rows = 0, options = [], remove = null }) {
  return open(title, (form, close) => {
    const list = options.length ? make("datalist", { id: `body-dialog-${++number}` }) : null;
    list?.append(...options.map(([value, name]) => make("option", { value }, name)));
    const control = make(rows ? "textarea" : "input", { rows: rows || null, autofocus: true, list: list?.id, autocomplete: "off" });
    control.value = value;
    form.append(labelled(label, control, help));
    if (list) form.append(list);
    buttons(form, close, { submit: context.label("apply"), cancel: context.label("cancel"), remove });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      close({ text: control.value.trim() });
    });
  }).then((answer) => (answer === "remove" ? "" : (answer?.text ?? null)));
}
