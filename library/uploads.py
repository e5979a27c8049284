"""What may be uploaded, and the sentences for what may not."""

import re
import unicodedata
from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import FileExtensionValidator
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image as Picture

from library.photographs import FORMATS, Facts, facts_of, format_of, opened

IMAGE_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif"]
# As a file chooser is told.
ACCEPTED = ",".join(f".{name}" for name in IMAGE_EXTENSIONS)
DOCUMENT_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt", "zip"]

RECORDING_EXTENSIONS = ["mp4", "webm", "mp3", "m4a", "ogg"]

image_extension = FileExtensionValidator(IMAGE_EXTENSIONS)
document_extension = FileExtensionValidator(DOCUMENT_EXTENSIONS)
recording_extension = FileExtensionValidator(RECORDING_EXTENSIONS)
captions_extension = FileExtensionValidator(["vtt"])

# A picture of more pixels is refused before it is decoded. A plain JPEG is made smaller while it is read; the others
# take about 6, 4, 16 and 9 bytes a pixel, so none takes more than 260 MB of memory.
MOST_PIXELS = {"JPEG": 100_000_000, "PNG": 54_000_000, "WEBP": 16_000_000, "AVIF": 24_000_000}
MOST_PIXELS_PROGRESSIVE = 40_000_000
# Of a file's name, without its extension.
LONGEST_NAME = 80


def check_size(file: File[Any]) -> None:
    """Raise ValidationError for a new file over the limit of UPLOAD_LIMIT_MEGABYTES."""
    if getattr(file, "_committed", False):
        return  # checked when it came
    limit = settings.UPLOAD_LIMIT_MEGABYTES * 1024 * 1024
    if (file.size or 0) > limit:
        raise ValidationError(
            _("The file is %(size)s; the limit is %(limit)s. Make it smaller and upload it again.")
            % {"size": filesizeformat(file.size or 0), "limit": filesizeformat(limit)}
        )


class ImageUploadField(forms.ImageField):
    """Refuses by size and by name before it looks into the file, decodes it once, and says what to do.

    The file gets a plain name with the extension of what it holds, and what it tells as its `facts`.
    """

    # Asked in `to_python`, while the file has the name that its owner knows.
    default_validators = []

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"accept": ACCEPTED}

    def to_python(self, data: Any) -> Any:
        if data:
            check_size(data)
            image_extension(data)
        file: Any = forms.FileField.to_python(self, data)
        if file is None:
            return None
        form, file.facts = _read(file)
        file.name = plain_name(file.name, FORMATS[form])
        return file


def plain_name(name: str, extension: str) -> str:
    """A file's name in letters, digits and dashes, without a path and of a moderate length."""
    stem = unicodedata.normalize("NFKC", PurePath(name.replace("\\", "/")).stem)
    stem = re.sub(r"[^\w.-]+", "-", stem).strip("-._")[:LONGEST_NAME]
    return f"{stem or 'picture'}.{extension}"


def _read(file: File[Any]) -> tuple[str, Facts]:
    """The format and the facts of a picture. Raises ValidationError for what is none or is too large."""
    try:
        with opened(file) as picture:
            form, size = format_of(picture), picture.size
            progressive = bool(picture.info.get("progressive"))
        most = MOST_PIXELS_PROGRESSIVE if progressive else MOST_PIXELS[form]
        if size[0] * size[1] > most:
            raise _too_large(*size)
        return form, facts_of(file)
    except ValidationError:
        raise
    except Picture.DecompressionBombError as error:
        raise ValidationError(_("The picture has too many pixels. Make it smaller.")) from error
    except Exception as error:  # decoders raise whatever they stumble over
        raise ValidationError(
            _("This file is not a picture that can be read. Save it as JPEG or PNG and upload it again."),
            code="invalid_image",
        ) from error


def _too_large(width: int, height: int) -> ValidationError:
    return ValidationError(
        _("The picture has %(width)d × %(height)d pixels, which is too many. Make it smaller, or save it as JPEG.")
        % {"width": width, "height": height}
    )
