"""/media/pictures/…: what it answers to readers, to impatient ones, and to attackers."""

from __future__ import annotations

import datetime as dt
import io
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.db.models.query import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as Picture

from library import claims, picture_views, renditions
from library.models import Image
from library.pictures import folder_address
from library.recipe import all_of
from library.renditions import folder_of, make_waiting
from tests.conftest import Person
from tests.factories import ImageFactory, jpeg

pytestmark = pytest.mark.django_db
YEAR = 365 * 24 * 3600


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def image() -> Image:
    made: Image = ImageFactory(file=ContentFile(jpeg(900, 600), name="a.jpg"))
    return made


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def files_of(image: Image) -> set[str]:
    try:
        return set(default_storage.listdir(folder_of(image))[1])
    except FileNotFoundError:
        return set()


def at(image: Image, name: str = "photo-320.avif") -> str:
    return folder_address(image) + name


# ── What a reader gets ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "kind", "form"),
    [
        ("photo-320.avif", "image/avif", "AVIF"),
        ("wide-400.webp", "image/webp", "WEBP"),
        ("free-900.jpg", "image/jpeg", "JPEG"),
    ],
)
def test_a_rendition_is_made_for_the_first_who_asks_and_kept_by_browsers_for_ever(
    name: str, kind: str, form: str, image: Image, visitor: Person
) -> None:
    response = visitor.get(at(image, name))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == kind
    assert response.headers["Cache-Control"] == f"public, max-age={YEAR}, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in response.headers
    assert Picture.open(io.BytesIO(body(response))).format == form
    assert files_of(image) == {"base", name}


def test_what_is_there_costs_one_query_and_makes_nothing(
    image: Image, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_waiting()
    monkeypatch.setattr(picture_views, "ensure_rendition", None)
    with CaptureQueriesContext(connection) as captured:
        assert visitor.get(at(image)).status_code == 200
    assert len(captured) == 1


def test_a_browser_that_has_it_is_told_so(image: Image, visitor: Person) -> None:
    etag = visitor.get(at(image)).headers["ETag"]
    for asked in ({"If-None-Match": etag}, {"If-Modified-Since": "Wed, 01 Jan 2025 00:00:00 GMT"}):
        response = visitor.get(at(image), headers=asked)
        assert (response.status_code, response.content) == (304, b"")
        assert "immutable" in response.headers["Cache-Control"]
    assert visitor.get(at(image), headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_part_of_it_can_be_had_and_its_headers_alone(image: Image, visitor: Person) -> None:
    whole = body(visitor.get(at(image)))
    part = visitor.get(at(image), headers={"Range": "bytes=4-9"})
    assert (part.status_code, body(part)) == (206, whole[4:10])
    assert visitor.get(at(image), headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    head = visitor.head(at(image))
    assert head.status_code == 200
    assert head.headers["Content-Length"] == str(len(whole))
    assert visitor.post(at(image)).status_code == 405


def test_an_old_address_leads_to_the_picture_as_it_is_now(image: Image, visitor: Person) -> None:
    old = at(image, "photo-900.webp")
    image.file = ContentFile(jpeg(300, 300), name="b.jpg")
    image.save()
    response = visitor.get(old)
    assert (response.status_code, response.headers["Location"]) == (302, at(image, "photo-300.webp"))
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert visitor.get(response.headers["Location"]).status_code == 200


# ── What nobody gets ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "name",
    [
        "photo-99999.avif", "photo-321.avif", "photo-0.avif", "photo-0320.avif", "photo--320.avif", "photo-960.avif",
        "tall-320.avif", "photo-320.svg", "photo-320.png", "photo-320.avif%00", "photo-320.avif/", "PHOTO-320.AVIF",
        "..%2fphoto-320.avif", "../../../images/a.jpg", "base", "a" * 3000, "%00", "%ff", "photo-320.avif%0a",
        "photo-３２０.avif",
    ],
)  # fmt: skip
def test_what_the_recipe_does_not_have_is_never_made(name: str, image: Image, visitor: Person) -> None:
    response = visitor.get(folder_address(image) + name)
    assert response.status_code == 404
    assert files_of(image) == set()


@pytest.mark.parametrize("path", ["0/{v}", "-1/{v}", "99999999999999999999/{v}", "999999999999999999/{v}", "{pk}/{v}0", "{pk}/", "{pk}/..", "{pk}/ffff", "x/{v}"])  # fmt: skip
def test_other_pictures_and_versions_are_not_there(path: str, image: Image, visitor: Person) -> None:
    address = f"/media/pictures/{path.format(pk=image.pk, v=image.version)}/photo-320.avif"
    assert visitor.get(address).status_code in (301, 404)
    assert files_of(image) == set()


def test_originals_are_not_served(image: Image, visitor: Person) -> None:
    assert default_storage.exists(image.file.name)
    for path in (image.file.name, f"renditions/{image.pk}/{image.version}/base"):
        assert visitor.get(f"/media/{path}").status_code == 404


def test_nobody_fills_the_disk(image: Image, visitor: Person) -> None:
    for width in range(1, 1500, 7):
        for ratio in ("photo", "free"):
            visitor.get(at(image, f"{ratio}-{width}.jpg"))
    possible = {wanted.name for wanted in all_of((900, 600), "a.jpg")}
    assert files_of(image) <= possible | {"base"}


def test_a_file_that_is_lost_is_looked_for_once(image: Image, visitor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    default_storage.delete(image.file.name)
    assert visitor.get(at(image)).status_code == 404
    monkeypatch.setattr(picture_views, "ensure_rendition", None)
    assert visitor.get(at(image, "photo-240.avif")).status_code == 404
    image.refresh_from_db()
    assert "missing" in image.render_failure


# ── Rights ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["photo-320.avif", "full.jpg"])
def test_a_picture_whose_rights_have_ended_is_gone_from_the_next_day_on(
    name: str, image: Image, visitor: Person
) -> None:
    Image.objects.update(rights_end_on=dt.date(2026, 5, 31))
    with time_machine.travel(dt.datetime(2026, 5, 31, 21, 59, tzinfo=dt.UTC), tick=False):  # 23:59 in Brussels
        response = visitor.get(at(image, name))
        assert response.status_code == 200
        assert "max-age=60" in response.headers["Cache-Control"]
        etag = response.headers.get("ETag", "")
    with time_machine.travel(dt.datetime(2026, 5, 31, 22, 0, tzinfo=dt.UTC), tick=False):
        response = visitor.get(at(image, name), headers={"If-None-Match": etag})
        assert response.status_code == 410
        assert response.headers["Cache-Control"] == "no-store"


def test_what_may_be_shown_for_long_is_kept_for_a_year_at_most(image: Image, visitor: Person) -> None:
    Image.objects.update(rights_end_on=timezone.localdate() + dt.timedelta(days=5000))
    assert visitor.get(at(image)).headers["Cache-Control"] == f"public, max-age={YEAR}, immutable"


# ── When something is away or slow ───────────────────────────────────────────────────────────────────────
def test_without_the_database_what_has_been_made_is_still_seen(
    image: Image, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.get(at(image))

    def away(*args: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(QuerySet, "first", away)
    response = visitor.get(at(image))
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert visitor.get(at(image, "photo-240.avif")).status_code == 503


def test_who_would_wait_too_long_is_sent_to_the_end_of_the_queue(
    image: Image, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_views, "WAIT", 0.05)
    claim = claims.claim(f"{folder_of(image)}/photo-320.avif")
    assert claim is not None
    response = visitor.get(at(image))
    for number in (1, 2):
        assert response.headers["Location"] == f"{at(image)}?round={number}"
        assert (response.status_code, response.headers["Cache-Control"]) == (302, "no-store")
        response = visitor.get(response.headers["Location"])
    claim.release()
    response = visitor.get(response.headers["Location"])
    assert response.headers["Content-Type"] == "image/avif"
    assert response.headers["Cache-Control"].endswith("immutable")


def test_who_has_waited_for_all_rounds_is_given_the_picture_that_is_there(
    image: Image, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_views, "WAIT", 0.05)
    claims.claim(f"{folder_of(image)}/photo-320.avif")
    nothing = visitor.get(at(image), follow=True)
    assert nothing.redirect_chain[-1] == (f"{at(image)}?round=8", 302)
    assert (nothing.status_code, nothing.headers["Retry-After"]) == (503, "2")
    assert nothing.headers["Cache-Control"] == "no-store"
    visitor.get(at(image, "photo-240.avif"))
    response = visitor.get(f"{at(image)}?round=8")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Content-Disposition" not in response.headers
    assert Picture.open(io.BytesIO(body(response))).size == (900, 600)


@pytest.mark.django_db(transaction=True)
def test_a_process_makes_one_at_a_time_and_keeps_threads_for_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    image = ImageFactory(file=ContentFile(jpeg(900, 600), name="a.jpg"))
    at_once: list[int] = []
    busy = threading.Lock()
    go_on = threading.Event()

    def slow(*args: Any, **options: Any) -> None:
        assert busy.acquire(blocking=False), "two at once"
        at_once.append(1)
        go_on.wait(30)
        busy.release()
        really(*args, **options)

    def ask(width: int) -> None:
        statuses.append(Client().get(at(image, f"photo-{width}.jpg")).status_code)
        connection.close()

    really = picture_views.ensure_rendition
    monkeypatch.setattr(picture_views, "ensure_rendition", slow)
    monkeypatch.setattr(picture_views, "WAIT", 30)
    monkeypatch.setattr(picture_views, "WAIT_FOR_A_PLACE", 0.1)
    statuses: list[int] = []
    threads = [threading.Thread(target=ask, args=(width,)) for width in (160, 240, 320, 480, 640)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 20
    while len(statuses) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert statuses == [302, 302], "three are in hand or waiting, the others are answered at once"
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(at_once) == 3
    assert sorted(statuses) == [200, 200, 200, 302, 302]


def test_renditions_of_a_picture_that_is_deleted_are_not_served(image: Image, visitor: Person) -> None:
    address = at(image)
    visitor.get(address)
    image.delete()
    assert visitor.get(address).status_code == 404


def test_the_worker_and_a_request_make_the_same(image: Image, visitor: Person) -> None:
    on_demand = body(visitor.get(at(image, "wide-400.jpg")))
    for name in files_of(image) - {"base"}:
        default_storage.delete(f"{folder_of(image)}/{name}")
    renditions.make_all(image)
    made = Picture.open(io.BytesIO(body(visitor.get(at(image, "wide-400.jpg")))))
    assert made.size == Picture.open(io.BytesIO(on_demand)).size
