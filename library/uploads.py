"""What may be uploaded, and the sentences for what may not."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import FileExtensionValidator
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

IMAGE_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif"]
DOCUMENT_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt", "zip"]

RECORDING_EXTENSIONS = ["mp4", "webm", "mp3", "m4a", "ogg"]

document_extension = FileExtensionValidator(DOCUMENT_EXTENSIONS)
recording_extension = FileExtensionValidator(RECORDING_EXTENSIONS)
captions_extension = FileExtensionValidator(["vtt"])
# A picture of more pixels than this is refused before it is decoded (it would take some 400 MB of memory).
MOST_PIXELS = 100_000_000


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
    """Refuses by size and by name before it looks into the file, and says what to do."""

    default_validators = [FileExtensionValidator(IMAGE_EXTENSIONS)]

    def to_python(self, data: Any) -> Any:
        if data:
            check_size(data)
        try:
            picture = super().to_python(data)
        except ValidationError as error:
            if error.code != "invalid_image":
                raise
            raise ValidationError(
                _("This file is not a picture that can be read. Save it as JPEG or PNG and upload it again."),
                code="invalid_image",
            ) from error
        opened = getattr(picture, "image", None)
        if opened is not None and opened.width * opened.height > MOST_PIXELS:
            raise ValidationError(
                _("The picture has %(width)d × %(height)d pixels, which is too many. Make it smaller.")
                % {"width": opened.width, "height": opened.height}
            )
        return picture
