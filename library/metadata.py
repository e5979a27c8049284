"""What schema.org's words say of pictures and recordings."""

from __future__ import annotations

from library.models import Image, Recording
from library.pictures import single
from publishing.metadata import Absolute, Thing, filled, stamp
from publishing.models import Publishable

# Search engines cut a picture for its place: they are given several to choose from.
RATIOS = ("wide", "photo", "square")


def pictures(image: Image | None, absolute: Absolute, *, ratios: tuple[str, ...] = RATIOS) -> list[Thing]:
    """One picture in several ratios; none if there is none, or if it may not be shown."""
    found = [single(image, ratio) for ratio in ratios]
    return [
        filled(
            {
                "@type": "ImageObject",
                "url": absolute(one.address),
                "width": one.width,
                "height": one.height,
                "caption": str(image.caption or image.alt_text),
                "creditText": str(image.credit),
                "copyrightNotice": image.copyright_holder,
            }
        )
        for one in found
        if one and image
    ]


def recording_of(item: Publishable, recording: Recording | None, image: Image | None, absolute: Absolute) -> Thing:
    """What can be seen or heard on an item's page, as its `video` or `audio`; `image` stands for a missing poster.

    Nothing for a video without a picture: search engines demand one.
    """
    if recording is None:
        return {}
    thumbnails = [picture["url"] for picture in pictures(recording.poster or image, absolute)]
    is_video = recording.kind == Recording.Kind.VIDEO
    if is_video and not thumbnails:
        return {}
    said = filled(
        {
            "@type": "VideoObject" if is_video else "AudioObject",
            "name": recording.title,
            "description": item.summary_elsewhere or item.title,
            "thumbnailUrl": thumbnails,
            "uploadDate": stamp(item.published_at),
            "duration": recording.iso_duration,
            "inLanguage": recording.language,
            "contentUrl": absolute(recording.get_absolute_url()) if recording.file else "",
            "encodingFormat": recording.media_type if recording.file else "",
            "url": recording.address,
        }
    )
    return {"video" if is_video else "audio": said}
