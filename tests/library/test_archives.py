"""All pictures of a gallery as one ZIP."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Opened

from library.archives import PIECE, archive_of
from library.galleries import Picture
from publishing import workflow
from tests.conftest import Person
from tests.factories import IMPORTER, ImageFactory, NewsItemFactory, jpeg, translated

pytestmark = pytest.mark.django_db


def gallery_item(*images: Any, **values: Any) -> Any:
    gallery = [{"image": image.pk, "caption": {"en": "A caption", "fr": "Une légende"}} for image in images]
    return NewsItemFactory(kind="photo-gallery", slug="in-pictures", gallery=gallery, **values)


def download(visitor: Person, item: Any) -> zipfile.ZipFile:
    response = visitor.get(f"{item.get_absolute_url()}gallery.zip")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{item.slug}.zip"'
    assert response.streaming
    opened = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert opened.testzip() is None
    return opened


def test_it_holds_the_pictures_in_order_and_what_must_be_printed_with_them(visitor: Person) -> None:
    images = [
        ImageFactory(
            title={"en": "The sea at dawn"},
            credit={"en": "Ann\nExample"},
            licence="CC BY 4.0",
            copyright_holder="Agency",
        ),
        ImageFactory(title={"en": "!!!"}, file=ContentFile(jpeg(20, 20, "PNG"), name="b.PNG"), credit={}),
    ]
    item = gallery_item(*images, title="Two pictures")
    archive = download(visitor, item)
    assert archive.namelist() == ["01-the-sea-at-dawn.jpg", "02-picture.jpg", "captions.txt"]
    assert {entry.compress_type for entry in archive.infolist()[:2]} == {zipfile.ZIP_STORED}
    inside = Opened.open(io.BytesIO(archive.read("01-the-sea-at-dawn.jpg")))
    assert (inside.size, inside.getexif()[0x013B]) == ((12, 8), "Ann\nExample")
    assert archive.read("captions.txt").decode("utf-8-sig") == (
        "Two pictures\n\n"
        "01-the-sea-at-dawn.jpg\nTitle: The sea at dawn\nCaption: A caption\nCredit: Ann Example\n"
        "Copyright: Agency\nLicence: CC BY 4.0\n\n"
        "02-picture.jpg\nTitle: !!!\nCaption: A caption\n"
    )


def test_its_words_are_in_the_language_of_the_page(visitor: Person) -> None:
    french = translated(gallery_item(ImageFactory(caption={"en": "At sea", "fr": "En mer"})))
    archive = download(visitor, french)
    assert "Une légende" in archive.read("captions.txt").decode("utf-8-sig")
    assert b"En mer" in archive.read(archive.namelist()[0])


def test_only_what_is_live_can_be_downloaded(visitor: Person) -> None:
    item = gallery_item(ImageFactory())
    workflow.withdraw(item, by=IMPORTER)
    address = f"{item.get_absolute_url()}gallery.zip"
    assert visitor.get(address).status_code == 404
    secret = NewsItemFactory(kind="photo-gallery", draft=True, gallery=[{"image": ImageFactory().pk, "caption": {}}])
    assert visitor.get(f"{secret.get_absolute_url()}gallery.zip").status_code == 404
    assert visitor.get("/en/news/2024/02/30/x/gallery.zip").status_code == 404


def test_a_picture_past_its_rights_is_in_no_archive(visitor: Person) -> None:
    ended = ImageFactory(title={"en": "Ended"}, rights_end_on=timezone.localdate() - dt.timedelta(days=1))
    archive = download(visitor, gallery_item(ended, ImageFactory(title={"en": "Lasting"})))
    assert archive.namelist() == ["01-lasting.jpg", "captions.txt"]
    only = NewsItemFactory(kind="photo-gallery", gallery=[{"image": ended.pk, "caption": {}}])
    assert visitor.get(f"{only.get_absolute_url()}gallery.zip").status_code == 404


def test_an_item_without_pictures_has_no_archive(visitor: Person) -> None:
    assert visitor.get(f"{NewsItemFactory().get_absolute_url()}gallery.zip").status_code == 404


def test_a_lost_file_is_left_out(visitor: Person) -> None:
    lost = ImageFactory(title={"en": "Lost"})
    lost.file.storage.delete(lost.file.name)
    archive = download(visitor, gallery_item(lost, ImageFactory(title={"en": "There"})))
    assert archive.namelist() == ["02-there.jpg", "captions.txt"]
    assert "Lost" not in archive.read("captions.txt").decode("utf-8-sig")


def test_a_name_leads_nowhere_when_it_is_unpacked(visitor: Person) -> None:
    archive = download(visitor, gallery_item(ImageFactory(title={"en": "../../etc/passwd\u202egpj.exe"})))
    assert archive.namelist()[0] == "01-etcpasswdgpjexe.jpg"


def test_it_is_sent_piece_by_piece() -> None:
    """Never more in memory than a piece of one file and the table of contents."""
    noise = io.BytesIO()
    Opened.effect_noise((3000, 2000), 90).save(noise, "JPEG", quality=95)
    image = ImageFactory(file=ContentFile(noise.getvalue(), name="large.jpg"))
    pieces = [len(piece) for piece in archive_of([Picture(1, image, "")], title="T")]
    assert len(pieces) > 5
    assert max(pieces) < PIECE + 1000
