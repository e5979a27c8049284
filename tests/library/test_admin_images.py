"""The picture desk's list, forms and reminders."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from library import admin_images
from library.models import Image, Tag
from library.previews import preview_url
from tests.admin_forms import change_url, errors, list_url, messages
from tests.conftest import Person
from tests.factories import ImageFactory, NewsItemFactory
from tests.html import form_data, hrefs, parse
from tests.library.hostile import plain, saved

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 6, 1)
NOON = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)


def undescribed(title: str) -> Image:
    image: Image = ImageFactory(title={"en": title})
    image.alt_text = {}
    image.save()
    return image


def listed(person: Person, **query: str) -> list[str]:
    response = person.get(list_url(Image), query)
    assert response.status_code == 200
    return [str(card["image"].title) for card in response.context["cl"].cards]


# ── The list ─────────────────────────────────────────────────────────────────────────────────────────
def test_the_newest_pictures_come_first_with_a_small_picture_each(writer: Person) -> None:
    ImageFactory(title={"en": "Old"})
    new = ImageFactory(title={"en": "New"})
    assert listed(writer) == ["New", "Old"]
    page = writer.get(list_url(Image)).content.decode()
    assert preview_url(new, small=True) in page
    assert change_url(new) in page
    assert reverse("admin:library_image_upload") in page


def test_every_word_is_looked_for_in_all_texts_and_tags(writer: Person) -> None:
    frigate = ImageFactory(title={"en": "A frigate", "fr": "Une frégate"}, caption={"en": "Off Norway"})
    desert = ImageFactory(title={"en": "A desert"})
    desert.tags.add(Tag.objects.create(name="Norway Summit"))
    assert listed(writer, q="norway") == ["A desert", "A frigate"]
    assert listed(writer, q="norway FRIGATE") == ["A frigate"]
    assert listed(writer, q="summit desert") == ["A desert"]
    assert listed(writer, q="frigate summit") == []
    assert listed(writer, q="\0") == ["A desert", "A frigate"]
    assert frigate.pk


def test_the_list_is_narrowed_by_tag_and_by_missing_text(writer: Person) -> None:
    tagged = ImageFactory(title={"en": "Tagged"})
    tag = Tag.objects.create(name="Summit")
    tagged.tags.add(tag)
    undescribed("Undescribed")
    assert listed(writer, tag=str(tag.pk)) == ["Tagged"]
    assert listed(writer, alt="missing") == ["Undescribed"]
    for rubbish in ("x", "9" * 30, "-1"):
        assert writer.get(list_url(Image), {"tag": rubbish}).status_code in (200, 302)


@time_machine.travel(NOON, tick=False)
def test_the_list_is_narrowed_by_rights(writer: Person) -> None:
    for days in (None, -1, 0, 30, 31):
        end = None if days is None else TODAY + dt.timedelta(days=days)
        ImageFactory(title={"en": str(days)}, rights_end_on=end)
    assert listed(writer, rights="ended") == ["-1"]
    assert listed(writer, rights="soon") == ["30", "0"]
    assert listed(writer, rights="open") == ["None"]
    page = writer.get(list_url(Image)).content.decode()
    assert page.count("Rights ended") == 1
    assert page.count(">Until ") == 2


def test_a_picture_that_lacks_its_text_is_marked(writer: Person) -> None:
    undescribed("Undescribed")
    ImageFactory()
    assert writer.get(list_url(Image)).content.decode().count("No alternative text") == 1


def test_the_list_counts_no_further_than_it_can_be_turned_over(writer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_images, "MOST_LISTED", 3)
    ImageFactory.create_batch(5)
    response = writer.get(list_url(Image))
    assert response.context["cl"].result_count == 3
    assert b"These are the 3 newest" in response.content


def test_the_list_costs_the_same_queries_at_1_and_30(writer: Person, django_assert_num_queries: Any) -> None:
    ImageFactory()
    writer.get(list_url(Image))
    with CaptureQueriesContext(connection) as at_one:
        writer.get(list_url(Image))
    ImageFactory.create_batch(29)
    with django_assert_num_queries(len(at_one)):
        assert len(listed(writer)) == 30


# ── Choosing ─────────────────────────────────────────────────────────────────────────────────────────
@time_machine.travel(NOON, tick=False)
def test_what_may_not_be_used_is_shown_and_cannot_be_chosen(writer: Person) -> None:
    ImageFactory(title={"en": "Fine"})
    undescribed("Undescribed")
    ImageFactory(title={"en": "Ended"}, rights_end_on=dt.date(2024, 5, 31))
    found = writer.get(reverse("admin:library_image_choose")).json()["pictures"]
    assert {picture["title"]: picture["unfit"] for picture in found} == {
        "Fine": "",
        "Undescribed": "alternative text missing",
        "Ended": "rights ended",
    }


def test_tags_are_found_by_typing(writer: Person) -> None:
    Tag.objects.create(name="Summit")
    query = {"term": "sum", "app_label": "library", "model_name": "image", "field_name": "tags"}
    assert [entry["text"] for entry in writer.get(reverse("admin:autocomplete"), query).json()["results"]] == ["Summit"]


# ── One picture ──────────────────────────────────────────────────────────────────────────────────────
def change(person: Person, image: Image, **values: Any) -> Any:
    data = form_data(person.get(change_url(image)), "image_form")
    return person.post(change_url(image), {**data, **values}, follow=True)


def test_the_focal_point_is_saved_and_makes_other_renditions(writer: Person) -> None:
    image = ImageFactory()
    change(writer, image, focal_x="0.25", focal_y="0.9")
    changed = Image.objects.get()
    assert (changed.focal_x, changed.focal_y) == (0.25, 0.9)
    assert changed.version != image.version


@pytest.mark.parametrize("value", ["1.1", "-0.1", "nan", "inf", "left"])
def test_a_focal_point_outside_the_picture_is_refused(value: str, writer: Person) -> None:
    image = ImageFactory()
    assert errors(change(writer, image, focal_x=value))
    assert Image.objects.get().focal_x == 0.5


def test_a_replaced_file_changes_the_picture_everywhere_and_leaves_nothing(
    writer: Person, django_capture_on_commit_callbacks: Any
) -> None:
    image = ImageFactory(focal_x=0.1)
    item = NewsItemFactory(image=image)
    old = Path(image.file.path)
    file = SimpleUploadedFile("new.png", saved(plain((60, 20)), "PNG"))
    with django_capture_on_commit_callbacks(execute=True):
        response = change(writer, image, file=file)
    changed = Image.objects.get()
    assert "replaced wherever the picture is used" in messages(response)
    assert (changed.pk, changed.width, changed.height) == (item.image_id, 60, 20)
    assert changed.version != image.version
    assert preview_url(changed) != preview_url(image)
    assert changed.focal_x == 0.5, "the old point says nothing of the new picture"
    assert not old.exists()
    assert Path(changed.file.path).exists()


def test_another_pictures_file_is_refused_as_a_replacement(writer: Person) -> None:
    content = saved(plain(colour="red"), "JPEG")
    known, image = ImageFactory(file=ContentFile(content, name="a.jpg")), ImageFactory()
    response = change(writer, image, file=SimpleUploadedFile("b.jpg", content))
    assert change_url(known) in errors(response)
    assert Path(image.file.path).exists()


def test_an_alternative_text_cannot_be_taken_away(writer: Person) -> None:
    image = ImageFactory()
    assert errors(change(writer, image, alt_text_en="", alt_text_fr=""))


def test_a_file_that_is_refused_leaves_the_picture_as_it_was(writer: Person) -> None:
    image = ImageFactory()
    response = change(writer, image, file=SimpleUploadedFile("b.jpg", b"rubbish"), caption_en="Typed")
    assert "not a picture" in errors(response)
    assert 'value="Typed"' in response.content.decode()
    assert Image.objects.get().file.name == image.file.name


# ── The small pictures ───────────────────────────────────────────────────────────────────────────────
def test_only_staff_see_the_desks_pictures(visitor: Person, writer: Person) -> None:
    url = preview_url(ImageFactory())
    assert visitor.get(url).status_code == 302
    assert "private" in writer.get(url)["Cache-Control"]
    writer.user.groups.clear()
    writer.user.is_staff = True
    writer.user.save()
    assert writer.get(url).status_code == 403


def test_no_other_sizes_are_made(writer: Person) -> None:
    image = ImageFactory()
    for size in (1, 319, 100_000):
        assert writer.get(f"/admin/library/image/{image.pk}/preview-{size}.jpg").status_code == 404
    Path(image.file.path).unlink()
    assert writer.get(preview_url(image)).status_code == 404


# ── The start page ───────────────────────────────────────────────────────────────────────────────────
def panels(person: Person) -> dict[str, Any]:
    return {panel.key: panel for panel in person.get("/admin/").context["panels"]}


def test_the_start_page_says_nothing_of_pictures_that_are_in_order(writer: Person) -> None:
    ImageFactory(rights_end_on=timezone.localdate() + dt.timedelta(days=40))
    assert {"rights", "undescribed"}.isdisjoint(panels(writer))


@time_machine.travel(NOON, tick=False)
def test_the_start_page_warns_of_rights_30_days_ahead(writer: Person) -> None:
    for days in (-31, -1, 0, 30, 31):
        ImageFactory(title={"en": str(days)}, rights_end_on=TODAY + dt.timedelta(days=days))
    lines = panels(writer)["rights"].lines
    assert [(line.title, str(line.label)) for line in lines] == [("-1", "Ended"), ("0", ""), ("30", "")]
    assert "1 June 2024" in lines[1].note
    page = writer.get("/admin/").content.decode()
    assert lines[0].url in page
    assert f"{list_url(Image)}?rights=soon" in page


def test_the_start_page_lists_what_is_to_be_described(writer: Person) -> None:
    image = undescribed("Undescribed")
    panel = panels(writer)["undescribed"]
    assert [(line.title, line.url) for line in panel.lines] == [("Undescribed", change_url(image))]
    assert panel.url == reverse("admin:library_image_describe")


def test_choosing_by_thumbnail_costs_the_same_queries_at_1_and_24(
    writer: Person, django_assert_num_queries: Any
) -> None:
    url = reverse("admin:library_image_choose")
    ImageFactory()
    writer.get(url)
    with CaptureQueriesContext(connection) as at_one:
        writer.get(url)
    ImageFactory.create_batch(23)
    undescribed("Undescribed")
    with django_assert_num_queries(len(at_one)):
        assert len(writer.get(url).json()["pictures"]) == 24


def test_the_desk_gives_the_picture_in_full_size(writer: Person) -> None:
    image = ImageFactory()
    (link,) = [href for href in hrefs(parse(writer.get(change_url(image)))) if href.endswith("full.jpg")]
    assert writer.get(link)["Content-Disposition"].startswith("attachment")
