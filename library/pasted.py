"""Clean text out of what word processors put on the clipboard: Microsoft Word and Google Docs.

Nothing here makes HTML safe: the allow-list does that afterwards. Here the meaning is kept that they express by styles
(bold, italics, raised and lowered, lists), and what is no text is left out. `editor/paste.js` does the same in the
browser, so that an editor sees at once what is going to be stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

# Within a tag: a text about styles is none that was pasted.
LOOKS_PASTED = re.compile(
    r"<(?:[bi]|h[156]|o:p|font|center|xml|meta|head)[\s>/]|<[a-z][^<>]*(?:\bmso-|class=\"?Mso|docs-internal-guid|\sstyle\s*=)",
    re.IGNORECASE,
)
OF_WORD = re.compile(r"\bmso", re.IGNORECASE)
_LEVEL = re.compile(r"mso-list:\S+level([1-9])")
_LEFT_OUT = {"head", "style", "script", "xml", "title", "o:p"}
_VOID = {"br", "hr", "img", "col", "meta", "link", "input", "wbr"}
_RENAMED = {"b": "strong", "i": "em", "h1": "h2", "h5": "h4", "h6": "h4"}
# “1.”, “(a)”, “iv)”: numbered; everything else before a list item's text is a bullet. A lone “o” is Word's round one.
_NUMBERED = re.compile(r"\(?(?:\d+|[a-np-z]|[ivxl]{2,})[.)]", re.IGNORECASE)
# The whole of a clipboard from Google Docs stands in one <b> of this style; Word has mso-bidi-font-weight besides.
_NOT_BOLD = re.compile(r"(?:^|;)font-weight:(?:normal|400)")
_SPACE = re.compile(r"[ \t\r\n\f]+")


def looks_pasted(html: str) -> bool:
    return LOOKS_PASTED.search(html) is not None


def tidied(html: str) -> str:
    """The same text in the body's own elements, still to be sanitised."""
    reader = _Reader(of_word=OF_WORD.search(html) is not None)
    reader.feed(html)
    reader.close()
    return _with_lists(reader.out)


@dataclass(slots=True)
class _Item:
    """Word writes a list item as a paragraph of a level; what begins it says whether its list is numbered."""

    level: int
    mark: str = ""


class _Reader(HTMLParser):
    def __init__(self, *, of_word: bool) -> None:
        super().__init__(convert_charrefs=True)
        # Word names the language of every piece of a sentence, right or wrong.
        self.meant = {"data-footnote"} if of_word else {"data-footnote", "lang"}
        self.out: list[str | _Item] = []
        # Elements that are open: their name, and what ends them in the result.
        self.open: list[tuple[str, str]] = []
        self.silent: list[str] = []
        self.item: _Item | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        style = given.get("style", "").lower().replace(" ", "")
        if self.silent or tag in _LEFT_OUT or "mso-list:ignore" in style:
            if tag not in _VOID:
                self.silent.append(tag)
            return
        if tag == "p" and (level := _LEVEL.search(style)):
            self.item = _Item(int(level[1]))
            self.out += [self.item, "<p>"]
            self.open.append((tag, "</p>"))
            return
        names = self._names(tag, given, style)
        kept = {name: value for name, value in given.items() if name not in ("style", "class")}
        written = "".join(f' {name}="{escape(value)}"' for name, value in kept.items())
        self.out += [f"<{name}{written if number == 0 else ''}>" for number, name in enumerate(names)]
        if tag not in _VOID:
            self.open.append((tag, "".join(f"</{name}>" for name in reversed(names))))

    def _names(self, tag: str, given: dict[str, str], style: str) -> list[str]:
        """The elements that say what this one means; none for one that only looks."""
        if tag == "a" and given.get("href", "#").startswith("#"):
            return []
        if tag == "p" and given.get("class", "").startswith("MsoTitle"):
            return ["h2"]
        if tag in ("b", "strong"):
            return [] if _NOT_BOLD.search(style) else ["strong"]
        names = [] if tag == "span" and not self.meant & set(given) else [_RENAMED.get(tag, tag)]
        if tag == "span" and not any(name in ("h1", "h2", "h3", "h4", "h5", "h6") for name, _end in self.open):
            names += [name for sign, name in _SIGNS if re.search(sign, style)]
        return names

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            if tag in self.silent:
                while self.silent.pop() != tag:
                    pass
            return
        if any(name == tag for name, _end in self.open):
            while True:
                name, end = self.open.pop()
                self.out.append(end)
                if name == tag:
                    break
            if tag == "p":
                self.item = None

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.out.append(escape(_SPACE.sub(" ", data) if self.open else data, quote=False))
        elif self.item is not None:
            self.item.mark += data.strip()


_SIGNS = (
    (r"(?:^|;)font-weight:(?:bold|[6-9]00)", "strong"),
    (r"(?:^|;)font-style:italic", "em"),
    (r"(?:^|;)vertical-align:super", "sup"),
    (r"(?:^|;)vertical-align:sub", "sub"),
)


def _with_lists(pieces: list[str | _Item]) -> str:
    """The pieces as HTML, with Word's items gathered into lists."""
    out: list[str] = []
    lists: list[tuple[int, str]] = []
    inside = False

    def close(down_to: int = 0) -> None:
        while lists and lists[-1][0] > down_to:
            out.append(f"</li></{lists.pop()[1]}>")

    for piece in pieces:
        if isinstance(piece, _Item):
            kind = "ol" if _NUMBERED.fullmatch(piece.mark) else "ul"
            close(piece.level)
            if lists and lists[-1] == (piece.level, kind):
                out.append("</li><li>")
            else:
                close(piece.level - 1)
                lists.append((piece.level, kind))
                out.append(f"<{kind}><li>")
            inside = True
        else:
            if not inside and piece.strip():
                close()
            out.append(piece)
            inside = inside and piece != "</p>"
    close()
    return "".join(out)
