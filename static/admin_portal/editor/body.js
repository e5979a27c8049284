// The editor of a body: TipTap with the nodes, marks and toolbar of this portal, in the place of a textarea.
import {
  Bold, BulletList, Document, Dropcursor, Editor, Gapcursor, HardBreak, Heading, History, HorizontalRule, initializeEditors,
  Italic, ListItem, OrderedList, SpecialCharacters, Subscript, Superscript, Table, TableCell, TableHeader, TableRow, Text,
  TrailingNode,
} from "django-prose-editor/editor";
import { watch } from "editor/checks";
import { Library } from "editor/library";
import { link } from "editor/link";
import { footnote, language } from "editor/marks";
import { attribution, documents, paragraph, pictures, quote, recordings } from "editor/nodes";
import { paste } from "editor/paste";
import { Toolbar } from "editor/toolbar";

// Where one has pressed Enter at the end, or the editor has made room below a picture, there is nothing to store.
const EMPTY_END = /(?:<p><\/p>)+$/;

function languageOf(form) {
  const chosen = form?.elements.namedItem("language")?.value;
  const shown = form?.querySelector("[data-item-language]")?.dataset.itemLanguage;
  return chosen || shown || new URLSearchParams(location.search).get("language") || "";
}

function create(textarea) {
  if (textarea.closest(".prose-editor")) return;
  const config = JSON.parse(textarea.dataset.bodyEditor);
  const context = {
    config,
    label: (key) => config.labels[key] ?? key,
    language: () => languageOf(textarea.form),
    token: () => textarea.form?.elements.namedItem("csrfmiddlewaretoken")?.value ?? "",
  };
  context.library = new Library(context);

  const element = document.createElement("div");
  element.className = "prose-editor body-editor";
  textarea.before(element);
  element.append(textarea);
  const editor = new Editor({
    element,
    editable: !textarea.disabled && !textarea.readOnly,
    content: textarea.value,
    extensions: [
      Document, Text, paragraph, Heading.configure({ levels: [2, 3, 4] }), HardBreak, HorizontalRule,
      BulletList, OrderedList, ListItem, quote, attribution(context),
      Table.configure({ resizable: false }), TableRow, TableHeader, TableCell,
      pictures(context), documents(context), recordings(context),
      footnote(context), link(context), Bold, Italic, Subscript, Superscript, language,
      History, Gapcursor, Dropcursor, TrailingNode, SpecialCharacters, paste,
    ],
    editorProps: { attributes: { role: "textbox", "aria-multiline": "true", spellcheck: "true" } },
    onUpdate({ editor }) {
      textarea.value = editor.getHTML().replace(EMPTY_END, "");
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  const speak = () => editor.view.dom.setAttribute("lang", context.language() || document.documentElement.lang);
  speak();
  textarea.form?.elements.namedItem("language")?.addEventListener?.("change", speak);
  if (editor.isEditable) new Toolbar(editor, context);
  watch(editor, textarea, context);
}

initializeEditors(create, "[data-body-editor]");
