"""Galleries: what the column holds, drafts and histories of it, the form, the page, and where an image is used."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override

from library.galleries import MOST_PICTURES, GalleryField, galleries_with, pictures_of
from library.gallery_forms import GalleryFormField, GalleryWidget
from library.models import Image
from news.models import NewsItem
from publishing import workflow
from publishing.diff import differences
from tests.admin_forms import add_url, change_url, errors, publish, send
from tests.conftest import Person
from tests.factories import IMPORTER, ImageFactory, NewsItemFactory, translated
from tests.html import elements, form_data, hrefs, one, parse, text, texts

pytestmark = pytest.mark.django_db

Entry = dict[str, Any]


def entry(image: Image, **caption: str) -> Entry:
    return {"image": image.pk, "caption": caption}


def gallery_item(count: int = 3, **values: Any) -> NewsItem:
    gallery = [entry(ImageFactory(), en=f"Caption {place}") for place in range(1, count + 1)]
    item: NewsItem = NewsItemFactory(**{"kind": "photo-gallery", "gallery": gallery, **values})
    return item


def draft(item: NewsItem, gallery: list[Entry]) -> None:
    item.gallery = gallery
    workflow.save_draft(item, by=IMPORTER)


# ── The column ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "rubbish", ["x", 1, None, {}, [1], ["x"], [{}], [{"image": "1"}], [{"image": True}], [{"image": 1, "caption": "x"}]]
)
def test_what_is_no_gallery_is_refused(rubbish: Any) -> None:
    with pytest.raises(ValidationError, match="list of pictures"):
        GalleryField().to_python(rubbish)


def test_equal_galleries_are_stored_alike() -> None:
    given = [{"image": 1, "caption": {"en": "A", "fr": ""}, "more": 1}, {"image": 2}]
    assert GalleryField().to_python(given) == [{"image": 1, "caption": {"en": "A"}}, {"image": 2, "caption": {}}]


def test_pictures_exist_and_stand_there_once() -> None:
    one_image, other = ImageFactory(), ImageFactory()
    for gallery, said in (
        ([entry(one_image), entry(other), entry(one_image)], "Picture 3 stands in the gallery twice"),
        ([entry(one_image), {"image": 10**15, "caption": {}}], "Picture 2 is not in the library"),
        ([{"image": -1, "caption": {}}], "Picture 1 is not in the library"),
        ([{"image": number, "caption": {}} for number in range(MOST_PICTURES + 1)], "at most 200"),
    ):
        with pytest.raises(ValidationError, match=said):
            NewsItemFactory(kind="photo-gallery", gallery=gallery)


def test_a_draft_of_a_gallery_is_not_public_before_it_is_approved(visitor: Person) -> None:
    item = gallery_item(2)
    first, second = item.gallery
    draft(item, [{**second, "caption": {"en": "New words"}}, first])
    assert "New words" not in text(parse(visitor.get(item.get_absolute_url())))
    assert NewsItem.objects.get().gallery == [first, second]
    workflow.approve(item, by=IMPORTER)
    page = parse(visitor.get(item.get_absolute_url()))
    assert texts(page, "figcaption", cls="gallery__caption") == ["New words © Chancery", "Caption 1 © Chancery"]


def test_translations_show_the_originals_gallery_with_their_own_words(visitor: Person) -> None:
    image = ImageFactory(caption={"fr": "Légende de l’image"})
    item = gallery_item(gallery=[entry(ImageFactory(), en="A caption", fr="Une légende"), entry(image)])
    french = translated(item)
    page = parse(visitor.get(french.get_absolute_url()))
    words = [part.partition(" ©")[0] for part in texts(page, "figcaption", cls="gallery__caption")]
    assert words == ["Une légende", "Légende de l’image"]


def test_the_history_tells_of_order_and_captions_in_words() -> None:
    item = gallery_item(gallery=[entry(ImageFactory(title={"en": "Sea"}), en="Old")])
    old = item.revisions.first().content
    draft(item, [entry(ImageFactory(title={"en": "Desert"}), fr="Neuf"), {**item.gallery[0]}])
    new = item.revisions.order_by("-number").first().content
    (difference,) = differences(item, old, new)
    assert difference.label == "Gallery"
    added = "".join(part for kind, part in difference.parts if kind == "added")
    assert "Desert" in added
    assert "Français: Neuf" in added
    assert "Sea" in "".join(part for kind, part in difference.parts if kind == "kept")


def test_the_history_of_a_deleted_picture_can_still_be_read() -> None:
    field = NewsItem._meta.get_field("gallery")
    assert "(deleted)" in field.readable([{"image": 10**9, "caption": {}}])


# ── What readers see ─────────────────────────────────────────────────────────────────────────────────────
def test_a_picture_past_its_rights_is_left_out_and_the_others_are_counted_anew() -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    gone, today = ImageFactory(rights_end_on=yesterday), ImageFactory(rights_end_on=timezone.localdate())
    shown = pictures_of([entry(gone), entry(today), entry(ImageFactory())])
    assert [(picture.number, picture.image.pk == today.pk) for picture in shown] == [(1, True), (2, False)]


def test_an_empty_caption_stands_for_the_pictures_own() -> None:
    image = ImageFactory(caption={"en": "Own", "fr": "Le sien"})
    with override("fr"):
        assert [picture.caption for picture in pictures_of([entry(image)])] == ["Le sien"]
    assert [picture.caption for picture in pictures_of([entry(image, en="For here")])] == ["For here"]


def test_a_page_of_pictures_works_without_a_script(visitor: Person) -> None:
    item = gallery_item(3)
    page = parse(visitor.get(item.get_absolute_url()))
    links = list(elements(page, "a", cls="gallery__link"))
    assert len(links) == 3
    assert [link.get("href") for link in links] == [picture.full_size_url for picture in pictures_of(item.gallery)]
    assert f"{item.get_absolute_url()}gallery.zip" in hrefs(page)
    assert one(page, "dialog").get("open") is None


def test_a_story_may_have_a_gallery_after_its_words(visitor: Person) -> None:
    page = parse(visitor.get(gallery_item(2, kind="news").get_absolute_url()))
    assert len(list(elements(one(page, "div", cls="item__extra"), "a", cls="gallery__link"))) == 2


# ── The form ─────────────────────────────────────────────────────────────────────────────────────────────
def typed(*rows: tuple[str, str, str, str]) -> QueryDict:
    data = QueryDict(mutable=True)
    for image, place, english, french in rows:
        data.appendlist("gallery_image", image)
        data.appendlist("gallery_place", place)
        data.appendlist("gallery_caption_en", english)
        data.appendlist("gallery_caption_fr", french)
        data.appendlist("gallery_caption_uk", "")
        data.appendlist("gallery_caption_ar", "")
    return data


def read(*rows: tuple[str, str, str, str]) -> list[Entry]:
    return GalleryFormField().to_python(GalleryWidget().value_from_datadict(typed(*rows), {}, "gallery"))


def test_rows_are_read_in_the_order_of_their_places() -> None:
    assert read(("7", "2", "A\0", ""), ("", "3", "lost", ""), (" 8 ", "1", " B\r\nC ", "D"), ("9", "", "", "")) == [
        {"image": 9, "caption": {}},
        {"image": 8, "caption": {"en": "B\nC", "fr": "D"}},
        {"image": 7, "caption": {"en": "A"}},
    ]


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "٣", "9" * 40, "<script>", "1 2"])
def test_what_is_no_number_is_named(number: str) -> None:
    with pytest.raises(ValidationError, match="Picture 2: enter its number"):
        read(("1", "1", "", ""), (number, "2", "", ""))


@pytest.mark.parametrize("data", ["", "gallery_image=1", "gallery_image=1&gallery_place=1", "gallery_place=1"])
def test_a_form_that_was_cut_off_is_no_failure(data: str) -> None:
    assert GalleryWidget().value_from_datadict(QueryDict(data), {}, "gallery") == []


def test_a_writer_makes_a_gallery_and_an_unchanged_form_changes_nothing(editor: Person) -> None:
    images = [ImageFactory() for _number in range(2)]
    rows = {
        "gallery_image": [str(images[1].pk), str(images[0].pk)],
        "gallery_place": ["2", "1"],
        "gallery_caption_en": ["Second", ""],
        "gallery_caption_fr": ["", "Premier"],
    }
    words = {"kind": "photo-gallery", "title": "In pictures", "slug": "in-pictures", "date": "2024-01-23"}
    publish(editor, add_url(NewsItem), NewsItem, **words, **rows)
    item = NewsItem.objects.get()
    assert item.gallery == [entry(images[0], fr="Premier"), entry(images[1], en="Second")]
    assert item.live_from is not None
    send(editor, change_url(item), NewsItem, "_save")
    assert item.revisions.count() == 1


def test_a_gallery_without_pictures_is_refused_and_nothing_typed_is_lost(writer: Person) -> None:
    response = send(writer, add_url(NewsItem), NewsItem, "_save", kind="photo-gallery", title="Typed title", slug="x")
    assert "needs pictures" in errors(response)
    assert 'value="Typed title"' in response.content.decode()


def test_what_was_typed_wrong_is_shown_again(writer: Person) -> None:
    rows = {
        "gallery_image": ["12x"],
        "gallery_place": ["1"],
        "gallery_caption_en": ["<b>Typed</b>"],
        "gallery_caption_fr": [""],
    }
    response = send(writer, add_url(NewsItem), NewsItem, "_save", kind="photo-gallery", title="T", slug="t", **rows)
    assert "enter its number" in errors(response)
    data = form_data(response, "newsitem_form")
    assert "12x" in data["gallery_image"]
    assert "<b>Typed</b>" in [words.strip() for words in data["gallery_caption_en"]]


def test_two_editors_of_one_gallery_are_asked_to_choose(writer: Person) -> None:
    item = gallery_item(2)
    data = form_data(writer.get(change_url(item)), "newsitem_form")
    draft(item, item.gallery[:1])
    mine = {**data, "gallery_caption_en": ["Mine", *data["gallery_caption_en"][1:]], "_save": "1"}
    response = writer.post(change_url(item), mine, follow=True)
    conflicts = response.context["adminform"].form.conflicts
    assert [conflict.name for conflict in conflicts] == ["gallery"]
    assert "Mine" in form_data(response, "newsitem_form")["gallery_caption_en"]


def test_a_translations_gallery_is_read_and_not_changed(writer: Person) -> None:
    item = gallery_item(gallery=[entry(ImageFactory(title={"en": "Sea"}), en="<i>Waves</i>")])
    response = writer.get(change_url(translated(item)))
    page = parse(response)
    assert not list(elements(page, "input", name="gallery_image"))
    shown = text(one(page, "div", cls="field-gallery_shown"))
    assert "Sea" in shown
    assert "<i>Waves</i>" in shown


def test_a_form_with_many_pictures_costs_no_query_each(writer: Person, django_assert_max_num_queries: Any) -> None:
    few, many = gallery_item(1), gallery_item(30)
    writer.get(change_url(few))
    with django_assert_max_num_queries(200) as first:
        writer.get(change_url(few))
    with django_assert_max_num_queries(len(first)):
        assert len(form_data(writer.get(change_url(many)), "newsitem_form")["gallery_image"]) == 33


# ── Choosing from the library ────────────────────────────────────────────────────────────────────────────
CHOOSE = "/admin/library/image/choose/"


def test_pictures_are_found_by_every_word_a_page_at_a_time(writer: Person) -> None:
    for number in range(25):
        ImageFactory(title={"en": f"A frigate at sea {number}"})
    ImageFactory(title={"en": "A frigate in port"}, caption={"en": "<b>Own</b>"})
    found = writer.get(CHOOSE, {"q": "SEA frig"}).json()
    assert (len(found["pictures"]), found["more"]) == (24, True)
    rest = writer.get(CHOOSE, {"q": "SEA frig", "page": "1"}).json()
    assert (len(rest["pictures"]), rest["more"]) == (1, False)
    (port,) = writer.get(CHOOSE, {"q": "port"}).json()["pictures"]
    assert (port["title"], port["captions"]) == ("A frigate in port", {"en": "<b>Own</b>"})


@pytest.mark.parametrize("query", ["q=%00", "page=-1", "page=99999999999", "page=x", "q=%FF", "q=" + "a+" * 500])
def test_no_question_is_answered_with_a_failure(query: str, writer: Person) -> None:
    assert writer.get(f"{CHOOSE}?{query}").status_code == 200


def test_only_staff_of_the_library_choose(visitor: Person) -> None:
    assert visitor.get(CHOOSE).status_code == 302


# ── Where an image is used ───────────────────────────────────────────────────────────────────────────────
def test_an_image_is_found_in_galleries_that_are_public_and_in_drafts() -> None:
    image, other = ImageFactory(), ImageFactory()
    public = gallery_item(title="Public", gallery=[entry(other), entry(image, en='"image": 1, "caption":')])
    changed = gallery_item(title="Changed", gallery=[entry(other)])
    draft(changed, [entry(other), entry(image)])
    NewsItemFactory(title="Elsewhere", image=image)
    mentions = list(galleries_with(image))
    assert [(mention.title, mention.field) for mention in mentions] == [("Changed", "gallery"), ("Public", "gallery")]
    assert mentions[1].url == change_url(public)


def test_a_key_is_not_taken_for_the_beginning_of_another() -> None:
    image = ImageFactory(pk=4711)
    gallery_item(gallery=[entry(image)])
    assert not list(galleries_with(Image(pk=471)))
    assert list(galleries_with(image))
