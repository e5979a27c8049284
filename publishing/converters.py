"""Path converters of the site's addresses."""

from django.urls import register_converter

from publishing.syndication import FORMATS, Format


class TextConverter:
    """A slug in any script. Control characters are no part of one, and PostgreSQL takes no NUL."""

    regex = r"[^/\x00-\x1f]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TreePathConverter(TextConverter):
    """Slugs with slashes between them."""

    regex = r"[^\x00-\x1f]+?"


class YearConverter:
    regex = "[12][0-9]{3}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04d}"


class TwoDigitConverter:
    regex = "[0-9]{2}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:02d}"


class FeedConverter:
    """What a feed's address ends in: RSS or Atom."""

    regex = "xml|atom"

    def to_python(self, value: str) -> Format:
        return FORMATS[value]

    def to_url(self, value: Format | str) -> str:
        return value if isinstance(value, str) else value.extension


register_converter(TextConverter, "text")
register_converter(TreePathConverter, "treepath")
register_converter(YearConverter, "yyyy")
register_converter(TwoDigitConverter, "dd")
register_converter(FeedConverter, "feed")

FEED = "feed.<feed:form>"
DATED_ADDRESS = "<yyyy:year>/<dd:month>/<dd:daynumber>/<text:slug>/"
