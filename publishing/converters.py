"""Path converters of addresses with a date."""

from django.urls import register_converter


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


register_converter(YearConverter, "yyyy")
register_converter(TwoDigitConverter, "dd")

DATED_ADDRESS = "<yyyy:year>/<dd:month>/<dd:daynumber>/<str:slug>/"
