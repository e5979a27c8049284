"""Many pictures at once: each is answered for, none is stored twice, and all are described on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from library.models import Image, Tag
from tests.admin_forms import add_url, change_url, errors, messages
from tests.conftest import Person
from tests.factories import ImageFactory
from tests.html import form_data
from tests.library.hostile import bomb, plain, saved
from tests.library.test_embedded import iptc

pytestmark = pytest.mark.django_db

UPLOAD, DESCRIBE = "/admin/library/image/upload/", "/admin/library/image/describe/"


def picture(colour: str = "steelblue", name: str = "a-frigate.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, saved(plain(colour=colour), "JPEG"))


def sent(person: Person, file: SimpleUploadedFile) -> dict[str, Any]:
    response = person.post(UPLOAD, {"files": file}, headers={"Accept": "application/json"})
    assert response.status_code == 200
    return dict(response.json())


def test_a_picture_is_stored_and_its_form_named(writer: Person) -> None:
    answer = sent(writer, picture())
    image = Image.objects.get()
    assert answer["state"] == "stored"
    assert answer["url"] == change_url(image)
    assert writer.get(answer["thumbnail"])["Content-Type"] == "image/jpeg"
    assert str(image.title) == "A frigate"
    assert image.lacks_alt_text


def test_its_words_are_proposed_by_the_file_in_the_first_language(writer: Person) -> None:
    file = SimpleUploadedFile("IMG_1.jpg", iptc(n105=b"Ministers", n120=b"They arrive.", n80=b"Ana", n116=b"Chancery"))
    sent(writer, file)
    image = Image.objects.get()
    assert (image.title, image.caption, image.credit) == ({"en": "Ministers"}, {"en": "They arrive."}, {"en": "Ana"})
    assert image.copyright_holder == "Chancery"


def test_a_picture_without_any_name_gets_one(writer: Person) -> None:
    sent(writer, picture(name="IMG_1234.jpg"))
    assert str(Image.objects.get().title) == "Picture"


def test_the_same_file_is_not_stored_twice_and_the_first_is_named(writer: Person) -> None:
    first = sent(writer, picture())
    again = sent(writer, picture(name="copy.jpg"))
    assert again["state"] == "known"
    assert again["url"] == first["url"]
    assert Image.objects.count() == 1
    assert len(list(Path(live_settings.MEDIA_ROOT).rglob("copy*.jpg"))) == 0


@pytest.mark.parametrize(("content", "said"), [(b"rubbish", "not a picture"), (b"", "empty"), (bomb(), "too many")])
def test_what_cannot_be_taken_is_answered_with_a_sentence(content: bytes, said: str, writer: Person) -> None:
    answer = sent(writer, SimpleUploadedFile("a.png", content))
    assert answer["state"] == "refused"
    assert said in answer["message"]
    assert not Image.objects.exists()


def test_the_sentence_is_in_the_editors_language(writer: Person) -> None:
    file = SimpleUploadedFile("a.gif", b"GIF89a")
    headers = {"Accept": "application/json", "Accept-Language": "fr"}
    answer = writer.post(UPLOAD, {"files": file}, headers=headers).json()
    assert "extension" in answer["message"]
    assert "not allowed" not in answer["message"]


def test_without_scripts_all_are_sent_together_and_led_to_their_descriptions(writer: Person) -> None:
    known = ImageFactory(file=picture("red"))
    files = [
        picture("green", "one.jpg"),
        picture("blue", "two.jpg"),
        picture("red", "three.jpg"),
        SimpleUploadedFile("bad.jpg", b"?"),
    ]
    response = writer.post(UPLOAD, {"files": files}, follow=True)
    said = messages(response)
    new = Image.objects.exclude(pk=known.pk).order_by("pk")
    assert response.redirect_chain[-1][0] == f"{DESCRIBE}?ids={','.join(str(image.pk) for image in new)}"
    assert "2 pictures are stored" in said
    assert "“bad.jpg”: This file is not a picture" in said
    assert change_url(known) in said


def test_sending_nothing_says_so(writer: Person) -> None:
    assert "Choose at least one file" in messages(writer.post(UPLOAD, follow=True))


@pytest.mark.parametrize("url", [UPLOAD, DESCRIBE + "?ids=1"])
def test_only_who_may_write_images_comes_here(url: str, visitor: Person, writer: Person) -> None:
    assert visitor.get(url).status_code == 302
    writer.user.groups.clear()
    writer.user.is_staff = True
    writer.user.save()
    assert writer.get(url).status_code == 403
    assert writer.post(url).status_code == 403


def test_a_forged_upload_is_refused() -> None:
    person = Person(enforce_csrf_checks=True)
    assert person.post(UPLOAD, {"files": picture()}).status_code in (302, 403)
    assert not Image.objects.exists()


# ── Describing ───────────────────────────────────────────────────────────────────────────────────────
def undescribed(count: int) -> list[Image]:
    images = [ImageFactory(credit={}) for _ in range(count)]
    for image in images:
        image.alt_text = {}
        image.save()
    return images


def describe(person: Person, images: list[Image], **values: Any) -> Any:
    url = f"{DESCRIBE}?ids={','.join(str(image.pk) for image in images)}"
    return person.post(url, {**form_data(person.get(url), "describe_form"), **values}, follow=True)


def test_all_are_described_on_one_page(writer: Person) -> None:
    one, two = undescribed(2)
    words = {f"image-{one.pk}-alt_text_en": "A ship.", f"image-{two.pk}-alt_text_fr": "Un désert."}
    response = describe(writer, [one, two], **words)
    one, two = Image.objects.order_by("pk")
    assert (one.alt_text, two.alt_text) == ({"en": "A ship."}, {"fr": "Un désert."})
    assert not one.lacks_alt_text
    assert "2 pictures are saved" in messages(response)


def test_what_is_not_described_yet_is_kept_and_asked_for_again(writer: Person) -> None:
    one, two = undescribed(2)
    response = describe(
        writer, [one, two], **{f"image-{one.pk}-alt_text_en": "A ship.", f"image-{two.pk}-caption_en": "Sand"}
    )
    assert response.redirect_chain[-1][0] == f"{DESCRIBE}?ids={two.pk}"
    assert "1 picture still lacks" in messages(response)
    assert Image.objects.get(pk=two.pk).caption == {"en": "Sand"}


def test_what_all_have_in_common_is_typed_once(writer: Person) -> None:
    one, two = undescribed(2)
    two.credit = {"en": "Somebody"}
    two.save()
    old = Tag.objects.create(name="Summit")
    response = describe(
        writer,
        [one, two],
        **{
            "shared-credit_en": "Chancery", "shared-licence": "CC BY 4.0", "shared-rights_end_on": "2030-01-31",
            "shared-tags": [str(old.pk), "new:Vilnius", "new:summit"],
        },
    )  # fmt: skip
    assert response.status_code == 200
    one, two = Image.objects.order_by("pk")
    assert (one.credit, two.credit) == ({"en": "Chancery"}, {"en": "Somebody"})
    assert (one.licence, two.licence) == ("CC BY 4.0", "CC BY 4.0")
    assert str(one.rights_end_on) == "2030-01-31"
    assert {tag.name for tag in two.tags.all()} == {"Summit", "Vilnius"}
    assert Tag.objects.count() == 2


def test_a_wrong_value_loses_nothing_that_was_typed(writer: Person) -> None:
    (one,) = undescribed(1)
    typed = {
        f"image-{one.pk}-alt_text_en": "A ship.",
        f"image-{one.pk}-title_en": "",
        "shared-rights_end_on": "never",
        "shared-tags": ["new:Baltic"],
    }
    response = describe(writer, [one], **typed)
    page = response.content.decode()
    assert 'value="A ship."' in page
    assert 'value="new:Baltic" selected' in page
    assert "errorlist" in page
    assert Image.objects.get().alt_text == {}
    assert not Image.objects.get().tags.exists()


def test_a_picture_that_was_deleted_meanwhile_is_left_out(writer: Person) -> None:
    one, two = undescribed(2)
    url = f"{DESCRIBE}?ids={one.pk},{two.pk}"
    data = form_data(writer.get(url), "describe_form")
    one.delete()
    writer.post(url, {**data, f"image-{one.pk}-alt_text_en": "Gone", f"image-{two.pk}-alt_text_en": "There"})
    assert Image.objects.get().alt_text == {"en": "There"}


@pytest.mark.parametrize("ids", ["", "x", "1;2", "9" * 30, "-1", "0", ",,"])
def test_an_address_without_pictures_says_so(ids: str, writer: Person) -> None:
    response = writer.get(DESCRIBE, {"ids": ids})
    assert response.status_code == 200
    assert b"no such picture" in response.content


def test_without_an_address_those_that_wait_are_described(writer: Person) -> None:
    ImageFactory()
    (one,) = undescribed(1)
    assert writer.get(DESCRIBE)["Location"] == f"{DESCRIBE}?ids={one.pk}"
    one.delete()
    assert writer.get(DESCRIBE)["Location"] == reverse("admin:library_image_changelist")


def test_describing_costs_the_same_queries_for_1_and_30(writer: Person, django_assert_max_num_queries: Any) -> None:
    def url(count: int) -> str:
        return f"{DESCRIBE}?ids={','.join(str(image.pk) for image in undescribed(count))}"

    one, thirty = url(1), url(30)
    writer.get(one)
    with django_assert_max_num_queries(10) as at_one:
        writer.get(one)
    with django_assert_max_num_queries(len(at_one)):
        writer.get(thirty)


# ── The form of one picture ──────────────────────────────────────────────────────────────────────────
def add(person: Person, file: SimpleUploadedFile, **values: Any) -> Any:
    data = form_data(person.get(add_url(Image)), "image_form")
    return person.post(add_url(Image), {**data, "alt_text_en": "A ship.", "file": file, **values}, follow=True)


def test_what_is_left_empty_is_taken_from_the_file(writer: Person) -> None:
    add(writer, SimpleUploadedFile("IMG_1.jpg", iptc(n105=b"Ministers", n80=b"Ana")), credit_en="Me")
    image = Image.objects.get()
    assert (image.title, image.credit) == ({"en": "Ministers"}, {"en": "Me"})


def test_a_file_without_a_title_is_asked_for_one(writer: Person) -> None:
    response = add(writer, picture(name="IMG_1234.jpg"))
    assert "Give the picture a title" in errors(response)
    assert 'value="A ship."' in response.content.decode()


def test_the_same_file_is_refused_with_a_link_and_nothing_typed_is_lost(writer: Person) -> None:
    known = ImageFactory(file=picture(), title={"en": "<b>A frigate</b>"})
    response = add(writer, picture(), title_en="Typed")
    page = response.content.decode()
    assert f'<a href="{change_url(known)}">&lt;b&gt;A frigate&lt;/b&gt;</a>' in page
    assert 'value="Typed"' in page
    assert Image.objects.count() == 1


def test_tags_are_chosen_or_made_on_the_fly(writer: Person) -> None:
    old = Tag.objects.create(name="Summit")
    add(writer, picture(), tags=[str(old.pk), "new: Baltic \u202e sea ", "new:", "77777", "new:SUMMIT"])
    assert sorted(tag.name for tag in Image.objects.get().tags.all()) == ["Baltic sea", "Summit"]


def test_tags_without_end_are_refused(writer: Person) -> None:
    response = add(writer, picture(), tags=[f"new:{number}" for number in range(31)])
    assert "At most 30 tags" in errors(response)
    assert not Tag.objects.exists()
