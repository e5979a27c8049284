// Clean text out of what Microsoft Word and Google Docs put on the clipboard; library/pasted.py does the same on the server.
import { Extension, Plugin } from "django-prose-editor/editor";

const SIGNS = [
  [/(^|;)font-weight:(bold|[6-9]00)/, "strong"],
  [/(^|;)font-style:italic/, "em"],
  [/(^|;)vertical-align:super/, "sup"],
  [/(^|;)vertical-align:sub/, "sub"],
];
const RENAMED = { b: "strong", i: "em", h1: "h2", h5: "h4", h6: "h4" };
const NUMBERED = /^\(?(\d+|[a-np-z]|[ivxl]{2,})[.)]$/i;
const HEADINGS = "h1, h2, h3, h4, h5, h6";
const isList = (element) => element?.matches("ul[data-level], ol[data-level]");

// What is let through to the browser's parser, which asks the Content-Security-Policy even for what it never shows.
const TAGS = new Set(
  "p br hr h1 h2 h3 h4 h5 h6 strong em b i sub sup ul ol li blockquote footer a table thead tbody tr th td figure figcaption span".split(" "),
);
const SILENT = /<!--[\s\S]*?(?:-->|$)|<![^>]*>|<\?[^>]*>|<(style|script|xml|title|head|o:p)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/gi;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+))?/g;
const KEPT = {
  style: /./, class: /^Mso/, lang: /^[a-z-]+$/i, href: /^(https?:|mailto:|tel:|target:|#|\/)/i, start: /^\d{1,6}$/,
  colspan: /^\d{1,2}$/, rowspan: /^\d{1,2}$/, "data-image": /^\d+$/, "data-document": /^\d+$/, "data-recording": /^\d+$/,
  "data-width": /^\w+$/, "data-alt": /./, "data-speaker": /./, "data-footnote": /^/, "data-pull": /^/, "data-pm-slice": /./,
};

function neutral(html) {
  let out = "", end = 0;
  const text = html.replace(SILENT, "");
  for (const match of text.matchAll(TAG)) {
    const [whole, slash, name, rest] = match;
    out += text.slice(end, match.index).replaceAll("<", "&lt;");
    end = match.index + whole.length;
    if (TAGS.has(name.toLowerCase())) out += slash ? `</${name}>` : `<${name}${attributes(rest)}>`;
  }
  return out + text.slice(end).replaceAll("<", "&lt;");
}

function attributes(rest) {
  let kept = "";
  for (const [, name, given = ""] of rest.matchAll(ATTRIBUTE)) {
    const key = name.toLowerCase(), value = given.replace(/^(["'])([\s\S]*)\1$/, "$2");
    if (!Object.hasOwn(KEPT, key) || !KEPT[key].test(value)) continue;
    kept += ` ${key === "style" ? "data-style" : key}="${value.replaceAll('"', "&quot;")}"`;
  }
  return kept;
}

export function tidied(html) {
  const inert = neutral(html);
  if (inert.includes("data-pm-slice=")) return inert; // our own
  const { body } = new DOMParser().parseFromString(inert, "text/html");
  lists(body);
  const fromWord = /\bmso/i.test(html); // which names the language of every piece of a sentence
  for (const element of [...body.querySelectorAll("*")].reverse()) clean(element, fromWord);
  const serializer = new XMLSerializer();
  return [...body.childNodes].map((node) => serializer.serializeToString(node)).join("");
}

const styleOf = (element) => (element.dataset.style ?? "").toLowerCase().replaceAll(" ", "");

function clean(element, fromWord) {
  const style = styleOf(element), tag = element.localName;
  element.removeAttribute("data-style");
  if (tag === "a" && (element.getAttribute("href") ?? "#").startsWith("#")) return unwrap(element);
  if (tag === "p" && /^MsoTitle/.test(element.className)) return rename(element, "h2");
  if (["b", "strong"].includes(tag)) return /(^|;)font-weight:(normal|400)/.test(style) ? unwrap(element) : rename(element, "strong");
  if (tag === "footer" && !element.matches("blockquote > :not(:first-child)")) return rename(element, "p");
  if (tag === "span") return span(element, style, fromWord);
  if (RENAMED[tag]) rename(element, RENAMED[tag]);
}

function span(element, style, fromWord) {
  if (!element.closest(HEADINGS)) {
    for (const [sign, name] of SIGNS) {
      if (!sign.test(style)) continue;
      const inner = document.createElement(name);
      inner.append(...element.childNodes);
      element.append(inner);
    }
  }
  if ((fromWord || !element.lang) && !element.hasAttribute("data-footnote")) unwrap(element);
}

function unwrap(element) {
  element.replaceWith(...element.childNodes);
}

function rename(element, name) {
  if (element.localName === name) return;
  const other = document.createElement(name);
  other.append(...element.childNodes);
  element.replaceWith(other);
}

// Word writes a list item as a paragraph of a level; what begins it says whether its list is numbered.
function lists(body) {
  for (const item of [...body.querySelectorAll("p")]) {
    const level = /mso-list:\S+level([1-9])/.exec(styleOf(item))?.[1];
    if (!level) continue;
    let mark = "";
    for (const part of item.querySelectorAll("span")) {
      if (!styleOf(part).includes("mso-list:ignore")) continue;
      mark += part.textContent.trim();
      part.remove();
    }
    place(item, Number(level), NUMBERED.test(mark) ? "ol" : "ul");
  }
  body.querySelectorAll("[data-level]").forEach((list) => list.removeAttribute("data-level"));
}

function place(item, level, kind) {
  let before = item.previousElementSibling;
  let list = isList(before) ? before : null;
  while (list && Number(list.dataset.level) < level) {
    const deeper = list.lastElementChild?.lastElementChild;
    if (!isList(deeper)) break;
    list = deeper;
  }
  while (list && Number(list.dataset.level) > level) list = list.parentElement.closest("[data-level]");
  const fits = list && Number(list.dataset.level) === level && list.localName === kind;
  if (!fits) {
    const made = document.createElement(kind);
    made.dataset.level = level;
    if (list && Number(list.dataset.level) < level) list.lastElementChild.append(made);
    else if (list) list.after(made);
    else item.before(made);
    list = made;
  }
  const entry = document.createElement("li");
  list.append(entry);
  item.removeAttribute("data-style");
  entry.append(item);
}

export const paste = Extension.create({
  name: "bodyPaste",
  addProseMirrorPlugins: () => [new Plugin({ props: { transformPastedHTML: tidied } })],
});
