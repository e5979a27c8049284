// The editor's buttons: one stop of the Tab key, arrow keys within (WAI-ARIA Authoring Practices, toolbar pattern).
import { make } from "editor/dialogs";
import { askLink } from "editor/link";
import { askFootnote, askLanguage } from "editor/marks";
import { addAttribution, addPicture, addThing, askSpeaker, toggleQuote } from "editor/nodes";

const chained = (command, ...given) => (editor) => editor.chain().focus()[command](...given).run();
const can = (command, ...given) => (editor) => editor.can()[command](...given);
const mark = (name, icon, key) => ({
  name, icon, key, run: chained("toggleMark", name), active: (editor) => editor.isActive(name), enabled: can("toggleMark", name),
});
const heading = (level) => ({
  name: `heading${level}`, text: `H${level}`, key: `Mod-Alt-${level}`, run: chained("toggleHeading", { level }),
  active: (editor) => editor.isActive("heading", { level }), enabled: can("toggleHeading", { level }),
});
const inTable = (name, icon, command, text = "") => ({
  name, icon, text, run: chained(command), enabled: can(command), shown: (editor) => editor.isActive("table"),
  active: name === "headerCell" ? (editor) => editor.isActive("tableHeader") : null,
});

const GROUPS = (context) => [
  [heading(2), heading(3), heading(4)],
  [
    mark("bold", "format_bold", "Mod-B"), mark("italic", "format_italic", "Mod-I"),
    mark("subscript", "subscript"), mark("superscript", "superscript"),
  ],
  [
    {
      name: "bullets", icon: "format_list_bulleted", run: chained("toggleBulletList"),
      active: (editor) => editor.isActive("bulletList"), enabled: can("toggleBulletList"),
    },
    {
      name: "numbers", icon: "format_list_numbered", run: chained("toggleOrderedList"),
      active: (editor) => editor.isActive("orderedList"), enabled: can("toggleOrderedList"),
    },
  ],
  [
    {
      name: "quote", icon: "format_quote", run: (editor) => toggleQuote(editor, false),
      active: (editor) => editor.isActive("blockquote", { pull: false }),
      enabled: (editor) => editor.isActive("blockquote") || editor.can().wrapIn("blockquote"),
    },
    {
      name: "pullQuote", icon: "format_size", run: (editor) => toggleQuote(editor, true),
      active: (editor) => editor.isActive("blockquote", { pull: true }),
      enabled: (editor) => editor.isActive("blockquote") || editor.can().wrapIn("blockquote"),
    },
    { name: "attribution", icon: "person", run: addAttribution, shown: (editor) => editor.isActive("blockquote") },
  ],
  [
    { name: "link", icon: "insert_link", key: "Mod-K", run: (editor) => askLink(editor, context), active: (editor) => editor.isActive("link") },
    {
      name: "footnote", text: "a¹", key: "Mod-Alt-F", run: (editor) => askFootnote(editor, context),
      active: (editor) => editor.isActive("footnote"),
    },
    {
      name: "language", icon: "translate", run: (editor) => askLanguage(editor, context),
      active: (editor) => editor.isActive("language"),
      enabled: (editor) => !editor.state.selection.empty || editor.isActive("language"),
    },
    {
      name: "speaker", icon: "record_voice_over", run: (editor) => askSpeaker(editor, context),
      active: (editor) => Boolean(editor.getAttributes("paragraph").speaker),
      enabled: (editor) => editor.isActive("paragraph"),
    },
  ],
  [
    { name: "picture", icon: "image", run: (editor) => addPicture(editor, context) },
    { name: "document", icon: "description", run: (editor) => addThing(editor, context, "document") },
    { name: "recording", icon: "play_circle", run: (editor) => addThing(editor, context, "recording") },
    {
      name: "table", icon: "grid_on", run: chained("insertTable", { rows: 3, cols: 3, withHeaderRow: true }),
      enabled: (editor) => !editor.isActive("table") && editor.can().insertTable(),
    },
    { name: "rule", icon: "horizontal_rule", run: chained("setHorizontalRule"), enabled: can("setHorizontalRule") },
  ],
  [
    { name: "undo", icon: "undo", key: "Mod-Z", run: chained("undo"), enabled: can("undo") },
    { name: "redo", icon: "redo", key: "Mod-Shift-Z", run: chained("redo"), enabled: can("redo") },
  ],
  [
    inTable("rowAfter", "", "addRowAfter", "+ ↓"), inTable("columnAfter", "", "addColumnAfter", "+ →"),
    inTable("deleteRow", "", "deleteRow", "− ↓"), inTable("deleteColumn", "", "deleteColumn", "− →"),
    inTable("headerCell", "", "toggleHeaderCell", "TH"),
    inTable("mergeCells", "call_merge", "mergeCells"), inTable("splitCell", "call_split", "splitCell"),
    inTable("deleteTable", "delete", "deleteTable"),
  ],
];

const onMac = /Mac|iPhone|iPad/.test(navigator.platform);
const keys = (key) => key.replace("Mod", onMac ? "⌘" : "Ctrl").replaceAll("-", "+");

export class Toolbar {
  constructor(editor, context) {
    this.editor = editor;
    this.items = [];
    this.dom = make("div", { class: "body-toolbar", role: "toolbar", "aria-label": context.label("toolbar") });
    for (const group of GROUPS(context)) {
      const dom = make("div", { class: "body-toolbar__group" });
      dom.append(...group.map((item) => this.button(item, context.label(item.name))));
      this.dom.append(dom);
    }
    editor.view.dom.before(this.dom);
    this.dom.addEventListener("keydown", (event) => this.move(event));
    editor.view.dom.addEventListener("keydown", (event) => {
      if (event.altKey && event.key === "F10") this.current.focus();
    });
    editor.on("transaction", () => this.show());
    this.show();
    this.stop(this.shown[0]);
  }

  button(item, label) {
    const title = item.key ? `${label} (${keys(item.key)})` : label;
    const icon = item.icon && !item.text;
    const face = make("span", { class: icon ? "material-icons" : "body-toolbar__text", "aria-hidden": "true" }, item.text || item.icon);
    const button = make("button", { type: "button", tabindex: "-1", "aria-label": label, title, "data-name": item.name }, face);
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") item.run(this.editor);
    });
    this.items.push({ ...item, button });
    return button;
  }

  get shown() {
    return this.items.filter(({ button }) => !button.hidden).map(({ button }) => button);
  }

  get current() {
    return this.shown.find((button) => button.tabIndex === 0) ?? this.shown[0];
  }

  stop(button) {
    for (const item of this.items) item.button.tabIndex = item.button === button ? 0 : -1;
  }

  show() {
    for (const { button, active, enabled, shown } of this.items) {
      button.hidden = shown ? !shown(this.editor) : false;
      if (active) button.setAttribute("aria-pressed", String(Boolean(active(this.editor))));
      button.setAttribute("aria-disabled", String(enabled ? !enabled(this.editor) : false));
    }
    for (const group of this.dom.children) group.hidden = [...group.children].every((button) => button.hidden);
    this.stop(this.current);
  }

  move(event) {
    if (event.key === "Escape") return this.editor.commands.focus();
    const shown = this.shown;
    const here = shown.indexOf(document.activeElement);
    const step = getComputedStyle(this.dom).direction === "rtl" ? -1 : 1;
    const to = { ArrowRight: here + step, ArrowLeft: here - step, Home: 0, End: shown.length - 1 }[event.key];
    if (here < 0 || to === undefined) return;
    event.preventDefault();
    const button = shown[(to + shown.length) % shown.length];
    this.stop(button);
    button.focus();
  }
}
