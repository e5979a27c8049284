// What can be said of a passage: that it is a footnote, or in another language.
import { getMarkRange, Mark } from "django-prose-editor/editor";
import { askText } from "editor/dialogs";

// A footnote stands in the text, at its place, and is gathered below it for readers.
export const footnote = (context) =>
  Mark.create({
    name: "footnote",
    priority: 1100, // around a link, never within one
    inclusive: false,
    parseHTML: () => [{ tag: "span[data-footnote]", priority: 60 }],
    renderHTML: () => ["span", { "data-footnote": "", class: "body-footnote" }, 0],
    addKeyboardShortcuts() {
      return { "Mod-Alt-f": ({ editor }) => (askFootnote(editor, context), true) };
    },
  });

export async function askFootnote(editor, context) {
  const { state } = editor;
  const type = state.schema.marks.footnote;
  const here = getMarkRange(state.selection.$from, type);
  const range = here ?? { from: state.selection.from, to: state.selection.to };
  const value = state.doc.textBetween(range.from, range.to, " ");
  const text = await askText(context, {
    title: context.label("footnote"), label: context.label("footnoteText"), value, rows: 4,
    remove: here ? context.label("remove") : null,
  });
  const chain = editor.chain().focus();
  if (text === null || (here && text === value)) return chain.run();
  if (!text) return here ? chain.deleteRange(range).run() : chain.run();
  chain.insertContentAt(range, { type: "text", text, marks: [{ type: "footnote" }] }).run();
}

export const language = Mark.create({
  name: "language",
  addAttributes: () => ({ lang: { default: null, parseHTML: (element) => element.lang || null } }),
  parseHTML: () => [{ tag: "span[lang]" }],
  renderHTML: ({ HTMLAttributes }) => ["span", HTMLAttributes, 0],
});

export async function askLanguage(editor, context) {
  const current = editor.getAttributes("language").lang ?? "";
  const code = await askText(context, {
    title: context.label("language"), label: context.label("languageCode"), help: context.label("languageHelp"),
    value: current, options: context.config.languages, remove: current ? context.label("remove") : null,
  });
  const chain = editor.chain().focus();
  if (code === null) return chain.run();
  if (current) chain.extendMarkRange("language");
  if (!code) return chain.unsetMark("language").run();
  if (/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(code)) chain.setMark("language", { lang: code });
  chain.run();
}
