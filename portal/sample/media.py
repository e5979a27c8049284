"""The sample's recordings and galleries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from PIL.Image import Image as PictureFile

from library.models import CaptionTrack, Image, Recording
from portal.sample.film import SECONDS, film
from portal.sample.pictures import STYLES
from publishing.languages import language_choices

# The one item whose film lies here; those of the others are on another website.
FILMED = "special-forces-train-together"
SCENES = {
    "en": (
        "This film belongs to the sample.",
        "It shows a painted picture where a newsroom would show its own.",
        "It is played by the portal itself: nothing is asked of another website.",
    ),
    "fr": (
        "Ce film fait partie de la démonstration.",
        "Il montre une image peinte là où une rédaction montrerait la sienne.",
        "Le portail le lit lui-même\u00a0: rien n’est demandé à un autre site.",
    ),
    "uk": (
        "Цей фільм є частиною демонстрації.",
        "Він показує намальоване зображення там, де редакція показала б своє.",
        "Його відтворює сам портал: в інших сайтів нічого не запитується.",
    ),
    "ar": (
        "هذا الفيلم جزء من الموقع التجريبي.",
        "يعرض صورة مرسومة حيث تعرض غرفة الأخبار صورها.",
        "يشغّله الموقع نفسه: لا يُطلب شيء من أي موقع آخر.",
    ),
}
INSTEAD = {
    "en": "In the place of photograph {number}: {words}.",
    "fr": "À la place de la photographie n°\u00a0{number}\u00a0: {words}.",
    "uk": "Замість знімка {number}: {words}.",
    "ar": "بدلًا من الصورة رقم {number}: {words}.",
}


def recording_of(entry: dict[str, Any], language: str, poster: Image | None, paint: Callable[[], PictureFile]) -> Any:
    """The recording of an entry and whether it is new; None for an entry without one."""
    if "media_url" not in entry:
        return None, False
    title = entry[language]["title"]
    found = Recording.objects.filter(title=title, language=language).first()
    if found is not None:
        return found, False
    recording = Recording(title=title, language=language, poster=poster)
    if entry["kind"] == "audio":
        recording.kind = Recording.Kind.AUDIO
    if entry["key"] == FILMED:
        recording.file = ContentFile(film(paint()), name=f"{FILMED}.webm")
        recording.duration = dt.timedelta(seconds=SECONDS)
        recording.transcript = "".join(f"<p>{words}</p>" for words in SCENES.get(language, SCENES["en"]))
    else:
        recording.address = entry["media_url"]
    recording.full_clean()
    recording.save()
    if recording.file:
        caption(recording)
    return recording, True


def caption(recording: Recording) -> None:
    for language, _name in language_choices():
        if language in SCENES:
            content = ContentFile(web_vtt(SCENES[language]).encode(), name=f"{FILMED}-{language}.vtt")
            track = CaptionTrack(recording=recording, language=language, file=content)
            track.full_clean()
            track.save()


def web_vtt(scenes: tuple[str, ...]) -> str:
    each = SECONDS // len(scenes)
    cues = [
        f"00:{place * each:02}.000 --> 00:{(place + 1) * each:02}.000\n{words}" for place, words in enumerate(scenes)
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def gallery_of(key: str, own: tuple[Image, str], painted: list[tuple[Image, str]]) -> list[dict[str, Any]]:
    """Six to twelve pictures, each with the name of its style: the item's own, then others from all over the site."""
    others = [one for one in painted if one[0] != own[0]]
    step = max(1, len(others) // (5 + len(key) % 7))
    chosen = [own, *others[len(key) % step :: step]][:12]
    return [
        {"image": image.pk, "caption": {code: instead(code, number, style) for code, _name in language_choices()}}
        for number, (image, style) in enumerate(chosen, start=1)
    ]


def instead(language: str, number: int, style: str) -> str:
    words = STYLES[style].alt[language].partition(":")[2].strip()
    return INSTEAD[language].format(number=number, words=words)
