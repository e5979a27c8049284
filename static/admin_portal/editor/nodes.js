// What stands in a body besides words: quotes with attribution, turns in a transcript, and things from the library.
import { Blockquote, Node, Paragraph, pm } from "django-prose-editor/editor";
import { askText, buttons, labelled, make, open } from "editor/dialogs";

const WIDTHS = { text: "widthText", wide: "widthWide", full: "widthFull" };
const data = (name, fallback = null) => ({
  default: fallback,
  parseHTML: (element) => element.getAttribute(`data-${name}`) || fallback,
  renderHTML: (attributes) => (attributes[name] ? { [`data-${name}`]: attributes[name] } : {}),
});

// ── Turns in a transcript ──
export const paragraph = Paragraph.extend({ addAttributes: () => ({ speaker: data("speaker") }) });

export async function askSpeaker(editor, context) {
  const names = new Set();
  editor.state.doc.descendants((node) => void (node.attrs.speaker && names.add(node.attrs.speaker)));
  const value = editor.getAttributes("paragraph").speaker ?? "";
  const speaker = await askText(context, {
    title: context.label("speaker"), label: context.label("speakerName"), help: context.label("speakerHelp"),
    value, options: [...names].map((name) => [name, name]),
  });
  const chain = editor.chain().focus();
  if (speaker !== null) chain.updateAttributes("paragraph", { speaker: speaker || null });
  chain.run();
}

// ── Quotes ──
export const quote = Blockquote.extend({
  content: "block+ attribution?",
  addAttributes: () => ({
    pull: {
      default: false,
      parseHTML: (element) => element.hasAttribute("data-pull"),
      renderHTML: ({ pull }) => (pull ? { "data-pull": "" } : {}),
    },
  }),
});

export const attribution = (context) =>
  Node.create({
    name: "attribution",
    content: "inline*",
    defining: true,
    isolating: true,
    parseHTML: () => [{ tag: "blockquote > footer" }],
    renderHTML: () => ["footer", { "data-placeholder": context.label("attribution") }, 0],
    addKeyboardShortcuts() {
      return {
        Enter: ({ editor }) => editor.isActive("attribution") && leave(editor, "blockquote"),
        Backspace: ({ editor }) => {
          const { $from, empty } = editor.state.selection;
          const bare = empty && $from.parent.type.name === "attribution" && !$from.parent.content.size;
          return bare && editor.commands.deleteNode("attribution");
        },
      };
    },
  });

// The innermost ancestor of a kind, with its position.
function around(state, name) {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    if ($from.node(depth).type.name === name) return { node: $from.node(depth), pos: $from.before(depth) };
  }
  return null;
}

// A new paragraph below what one is in.
function leave(editor, name) {
  const found = around(editor.state, name);
  if (!found) return false;
  const after = found.pos + found.node.nodeSize;
  return editor.chain().insertContentAt(after, { type: "paragraph" }).focus(after + 1).run();
}

export function toggleQuote(editor, pull) {
  const found = around(editor.state, "blockquote");
  if (!found) return editor.chain().focus().wrapIn("blockquote", { pull }).run();
  if (found.node.attrs.pull !== pull) return editor.chain().focus().updateAttributes("blockquote", { pull }).run();
  const { tr, schema } = editor.state;
  const content = [];
  found.node.forEach((child) => {
    content.push(child.type.name === "attribution" ? schema.nodes.paragraph.create(null, child.content) : child);
  });
  editor.view.dispatch(tr.replaceWith(found.pos, found.pos + found.node.nodeSize, content));
  return editor.commands.focus();
}

export function addAttribution(editor) {
  const found = around(editor.state, "blockquote");
  if (!found) return false;
  const end = found.pos + found.node.nodeSize - 1;
  const there = found.node.lastChild.type.name === "attribution";
  if (there) return editor.chain().focus(end - 1).run();
  return editor.chain().insertContentAt(end, { type: "attribution" }).focus(end + 1).run();
}

// ── Things from the library ──
class View {
  constructor({ node, editor, getPos }, context) {
    Object.assign(this, { node, editor, getPos, context });
    this.told = make("p", { class: "body-thing__told", contenteditable: "false" });
    this.bar = make("div", { class: "body-thing__bar", contenteditable: "false" });
  }

  button(text, act) {
    const button = make("button", { type: "button", class: "button" }, text);
    button.addEventListener("click", act);
    this.bar.append(button);
  }

  removable() {
    this.button(this.context.label("remove"), () => {
      const pos = this.getPos();
      this.editor.chain().deleteRange({ from: pos, to: pos + this.node.nodeSize }).focus().run();
    });
  }

  update(node) {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.show();
    return true;
  }

  stopEvent(event) {
    return this.bar.contains(event.target);
  }

  ignoreMutation(mutation) {
    if (mutation.type === "selection") return false;
    return mutation.type === "attributes" || !this.contentDOM?.contains(mutation.target);
  }
}

class PictureView extends View {
  constructor(given, context) {
    super(given, context);
    this.image = make("img", { alt: "", contenteditable: "false" });
    this.contentDOM = make("figcaption", { "data-placeholder": context.label("captionHelp") });
    this.dom = make("figure", { class: "body-thing body-thing--picture" }, this.image, this.contentDOM, this.told, this.bar);
    this.button(context.label("edit"), () => this.edit());
    this.removable();
    this.show();
  }

  async show() {
    const { label, library, language } = this.context;
    const { image, alt, width } = this.node.attrs;
    this.dom.dataset.width = width;
    const thing = await library.thing("picture", image).catch(() => null);
    if (thing && this.image.getAttribute("src") !== thing.thumbnail) this.image.src = thing.thumbnail;
    this.image.hidden = !thing;
    const said = alt || thing?.alt[language()] || Object.values(thing?.alt ?? {})[0];
    this.told.textContent = thing ? `${label(WIDTHS[width])} · ${said || label("noAlt")}` : label("gone");
  }

  async edit() {
    const { attrs } = this.node;
    const answer = await open(this.context.label("picture"), (form, close) => {
      const rest = pictureFields(form, this.context, attrs);
      buttons(form, close, { submit: this.context.label("apply"), cancel: this.context.label("cancel") });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        close(rest());
      });
    });
    if (!answer) return;
    const { tr } = this.editor.state;
    const { alt, width } = answer;
    this.editor.view.dispatch(tr.setNodeMarkup(this.getPos(), null, { ...attrs, alt: alt || null, width }));
    this.editor.commands.focus();
  }
}

function pictureFields(form, { label }, { alt = "", width = "text", caption = null }) {
  const alternative = make("input", { type: "text", autocomplete: "off", maxlength: "500" });
  alternative.value = alt ?? "";
  form.append(labelled(label("altHere"), alternative, label("altHelp")));
  const words = make("input", { type: "text", autocomplete: "off" });
  if (caption !== null) form.append(labelled(label("caption"), words, label("captionHelp")));
  const choices = make("fieldset", { class: "body-dialog__widths" }, make("legend", {}, label("width")));
  for (const [value, text] of Object.entries(WIDTHS)) {
    const input = make("input", { type: "radio", name: "width", value });
    input.checked = value === width;
    choices.append(make("label", {}, input, label(text)));
  }
  form.append(choices);
  return () => ({
    alt: alternative.value.trim(), caption: words.value.trim(), width: new FormData(form).get("width") ?? "text",
  });
}

class ThingView extends View {
  constructor(given, context, kind) {
    super(given, context);
    this.kind = kind;
    this.dom = make("div", { class: "body-thing" }, this.told, this.bar);
    this.removable();
    this.show();
  }

  async show() {
    const { label, library } = this.context;
    const thing = await library.thing(this.kind, this.node.attrs[this.kind]).catch(() => null);
    this.told.textContent = `${label(this.kind)}: ${thing ? `${thing.title} (${thing.note})` : label("gone")}`;
  }
}

export const pictures = (context) =>
  Node.create({
    name: "picture",
    group: "block",
    content: "inline*",
    draggable: true,
    isolating: true,
    addAttributes: () => ({ image: data("image"), width: data("width", "text"), alt: data("alt") }),
    parseHTML: () => [
      {
        tag: "figure[data-image]",
        contentElement: (figure) => figure.querySelector("figcaption") ?? document.createElement("figcaption"),
      },
    ],
    renderHTML: ({ HTMLAttributes }) => ["figure", HTMLAttributes, ["figcaption", 0]],
    addNodeView: () => (given) => new PictureView(given, context),
    addKeyboardShortcuts() {
      return { Enter: ({ editor }) => editor.isActive("picture") && leave(editor, "picture") };
    },
  });

export async function addPicture(editor, context) {
  const answer = await context.library.choose("picture", context.label("picture"), (form) =>
    pictureFields(form, context, { caption: "" }),
  );
  if (!answer) return editor.commands.focus();
  const { key, alt, caption, width } = answer;
  const content = caption ? [{ type: "text", text: caption }] : [];
  insertBlock(editor, { type: "picture", attrs: { image: key, alt: alt || null, width }, content });
}

const thing = (kind, html) => (context) =>
  Node.create({
    name: kind,
    group: "block",
    atom: true,
    draggable: true,
    addAttributes: () => ({ [kind]: data(kind) }),
    parseHTML: () => [{ tag: `${html}[data-${kind}]`, priority: 60 }],
    renderHTML: ({ HTMLAttributes }) => [html, HTMLAttributes],
    addNodeView: () => (given) => new ThingView(given, context, kind),
  });

export const documents = thing("document", "p");
export const recordings = thing("recording", "figure");

export async function addThing(editor, context, kind) {
  const answer = await context.library.choose(kind, context.label(kind));
  if (!answer) return editor.commands.focus();
  insertBlock(editor, { type: kind, attrs: { [kind]: answer.key } });
}

// Below the block that one is in, at the top level of the text; an empty paragraph gives its place.
function insertBlock(editor, content) {
  const { $from } = editor.state.selection;
  const block = $from.depth ? $from.node(1) : null;
  const bare = block?.type.name === "paragraph" && !block.content.size;
  const from = $from.depth ? (bare ? $from.before(1) : $from.after(1)) : $from.pos;
  const to = bare ? $from.after(1) : from;
  editor.chain().insertContentAt({ from, to }, content).run();
  const node = editor.state.doc.nodeAt(from);
  const after = from + (node?.nodeSize ?? 0);
  const { tr } = editor.state;
  editor.view.dispatch(tr.setSelection(pm.state.Selection.near(tr.doc.resolve(after), 1)).scrollIntoView());
  editor.commands.focus();
}
