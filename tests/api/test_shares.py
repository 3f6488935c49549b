"""Share links: a stranger sees what the owner has chosen, and nothing else, until it ends."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from synthlabel.db.tables import Account, Image, Share
from synthlabel.services.share_links import ShareLinks
from tests.api.installation import Installation, Person, png

SHARES = "/api/v1/shares"
SECRET_WORDS = "adas canary"
LINKS = ShareLinks("a secret of somebody else's, as long", page_url="", api_url="")


async def share(installation: Installation, person: Person, *images: Image, **options: Any) -> dict[str, Any]:
    body = {"image_ids": [str(image.id) for image in images], **options}
    answer = await installation.client.post(SHARES, json=body, headers=person.cookies)
    assert answer.status_code == 201, answer.text
    return answer.json()


def address(made: dict[str, Any]) -> str:
    return f"/api/v1/shared/{made['url'].rpartition('/')[2]}"


async def with_recipe_in_file(installation: Installation, image: Image) -> bytes:
    """Store the picture with the words that a provider writes into it."""
    words = PngInfo()
    words.add_text("parameters", SECRET_WORDS)
    words.add_itxt("prompt", SECRET_WORDS)
    buffer = io.BytesIO()
    with Picture.open(io.BytesIO(png())) as picture:
        picture.save(buffer, "PNG", pnginfo=words)
    hidden = buffer.getvalue() + SECRET_WORDS.encode()
    await installation.services.storage.put(image.storage_key, hidden, content_type="image/png")
    return hidden


def recipe_in_file(data: bytes) -> dict[str, Any]:
    with Picture.open(io.BytesIO(data)) as picture:
        return json.loads(picture.info["synthlabel"])


async def execute(installation: Installation, statement: Any) -> None:
    async with installation.uow() as work:
        await work._session.execute(statement)
        await work.commit()


async def test_a_stranger_sees_the_images_in_their_order_and_neither_prompt_nor_owner(
    installation: Installation, ada: Person
) -> None:
    first, second = [await installation.add_image(ada, prompt=SECRET_WORDS) for _ in range(2)]
    made = await share(installation, ada, second, first, title="  For   the client ")
    answer = await installation.client.get(address(made))
    body = answer.json()
    assert (body["title"], body["expires_at"]) == ("For the client", made["expires_at"])
    assert [image["position"] for image in body["images"]] == [0, 1]
    assert set(body["images"][0]) == {
        "position", "width", "height", "thumbhash", "url", "thumbnail_url", "download_url",
    }  # fmt: skip
    for secret in (SECRET_WORDS, ada.email, str(ada.id), str(first.id), "lighthouse"):
        assert secret not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]


async def test_every_address_leads_through_the_api_and_gives_the_picture(
    installation: Installation, ada: Person
) -> None:
    made = await share(installation, ada, await installation.add_image(ada))
    [image] = (await installation.client.get(address(made))).json()["images"]
    for name in ("url", "thumbnail_url", "download_url"):
        assert image[name].startswith(f"{installation.settings.api_url}{address(made)}/0?size=")
        answer = await installation.client.get(image[name])
        with Picture.open(io.BytesIO(answer.content)) as picture:
            assert picture.getpixel((3, 3)) == (200, 40, 30)
        assert answer.headers["cache-control"] == "private, no-cache"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert ("attachment" in answer.headers.get("content-disposition", "")) == (name == "download_url")


async def test_a_link_that_hides_the_recipe_sends_files_without_any_words(
    installation: Installation, ada: Person
) -> None:
    image = await installation.add_image(ada, prompt=SECRET_WORDS)
    hidden = await with_recipe_in_file(installation, image)
    assert SECRET_WORDS.encode() in hidden
    made = await share(installation, ada, image)
    for size in ("full", "download"):
        sent = (await installation.client.get(f"{address(made)}/0?size={size}")).content
        assert SECRET_WORDS.encode() not in sent
        with Picture.open(io.BytesIO(sent)) as clean, Picture.open(io.BytesIO(hidden)) as stored:
            assert clean.tobytes() == stored.tobytes()
            assert clean.info == {}


async def test_a_link_that_shows_the_recipe_tells_it(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada, prompt=SECRET_WORDS)
    hidden = await with_recipe_in_file(installation, image)
    made = await share(installation, ada, image, shows_recipe=True)
    [shown] = (await installation.client.get(address(made))).json()["images"]
    assert (shown["prompt"], shown["seed"], shown["model_name"]) == (SECRET_WORDS, 7, "FLUX.1 schnell")
    assert (await installation.client.get(f"{address(made)}/0?size=full")).content == hidden
    kept = (await installation.client.get(f"{address(made)}/0?size=download")).content
    assert SECRET_WORDS in recipe_in_file(kept)["prompt"]


async def test_a_browser_that_has_a_picture_already_is_asked_again_and_not_sent_it_twice(
    installation: Installation, ada: Person
) -> None:
    made = await share(installation, ada, await installation.add_image(ada))
    first = await installation.client.get(f"{address(made)}/0")
    known = {"If-None-Match": first.headers["etag"]}
    again = await installation.client.get(f"{address(made)}/0", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    await installation.client.delete(f"{SHARES}/{made['id']}", headers=ada.cookies)
    assert (await installation.client.get(f"{address(made)}/0", headers=known)).status_code == 404


async def nothing_there(installation: Installation, where: str) -> set[str]:
    answers = [await installation.client.get(path) for path in (where, f"{where}/0", f"{where}/0?size=thumb")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    return {answer.json()["detail"] for answer in answers}


async def test_wrong_revoked_expired_and_orphaned_links_give_the_same_answer(
    installation: Installation, ada: Person, bob: Person
) -> None:
    image = await installation.add_image(ada)
    revoked, expired = [await share(installation, ada, image) for _ in range(2)]
    orphaned = await share(installation, bob, await installation.add_image(bob))
    for _ in range(2):
        path = f"{SHARES}/{revoked['id']}"
        assert (await installation.client.delete(path, headers=ada.cookies)).status_code == 204
    past = datetime.now(UTC) - timedelta(seconds=1)
    await execute(installation, sa.update(Share).where(Share.id == UUID(expired["id"])).values(expires_at=past))
    await execute(installation, sa.update(Account).where(Account.id == bob.id).values(deactivated_at=past))
    forged = LINKS.token(UUID(revoked["id"]))
    addresses = [address(made) for made in (revoked, expired, orphaned)]
    strange = [f"/api/v1/shared/{token}" for token in (forged, "x", revoked["id"], "%00", "a" * 3000)]
    answers = [await nothing_there(installation, where) for where in (*addresses, *strange)]
    assert answers == [{"This link does not work, or no longer."}] * len(answers)


@pytest.mark.parametrize("position", ["1", "-1", "x", "9" * 40, "٠", "0.0", "%00"])
async def test_a_position_that_the_link_does_not_have_is_not_found(
    installation: Installation, ada: Person, position: str
) -> None:
    made = await share(installation, ada, await installation.add_image(ada))
    assert (await installation.client.get(f"{address(made)}/{position}")).status_code == 404


async def test_a_trashed_image_vanishes_and_comes_back_with_its_position(
    installation: Installation, ada: Person
) -> None:
    images = [await installation.add_image(ada) for _ in range(2)]
    made = await share(installation, ada, *images)
    await installation.services.gallery.delete(ada.actor, str(images[0].id))
    shown = (await installation.client.get(address(made))).json()["images"]
    assert [image["position"] for image in shown] == [1]
    assert (await installation.client.get(f"{address(made)}/0")).status_code == 404
    assert (await installation.client.get(f"{address(made)}/1")).status_code == 200
    [listed] = (await installation.client.get(SHARES, headers=ada.cookies)).json()["items"]
    assert listed["count"] == 1
    await installation.services.gallery.restore(ada.actor, str(images[0].id))
    assert len((await installation.client.get(address(made))).json()["images"]) == 2


async def test_only_own_images_can_be_shared(installation: Installation, ada: Person, bob: Person) -> None:
    image = await installation.add_image(ada)
    board = await installation.client.post(
        "/api/v1/boards", json={"name": "Everybody", "visibility": "team"}, headers=ada.cookies
    )
    action = {
        "id": "0190163d-8694-739b-aea5-966c26f8ad91",
        "kind": "add_to_board",
        "selection": {"ids": [str(image.id)]},
        "value": {"board_id": board.json()["id"]},
    }
    await installation.client.post("/api/v1/images/actions", json=action, headers=ada.cookies)
    seen = await installation.client.get(f"/api/v1/images/{image.id}", headers=bob.cookies)
    assert seen.status_code == 200
    own = await installation.add_image(bob)
    for ids in ([image.id], [own.id, image.id], ["x"]):
        body = {"image_ids": [str(image_id) for image_id in ids]}
        answer = await installation.client.post(SHARES, json=body, headers=bob.cookies)
        assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such image.")
    assert (await installation.client.get(SHARES, headers=bob.cookies)).json()["items"] == []


async def test_somebody_elses_link_can_neither_be_listed_nor_revoked(
    installation: Installation, ada: Person, bob: Person
) -> None:
    made = await share(installation, ada, await installation.add_image(ada))
    assert (await installation.client.get(SHARES, headers=bob.cookies)).json()["items"] == []
    assert (await installation.client.delete(f"{SHARES}/{made['id']}", headers=bob.cookies)).status_code == 404
    assert (await installation.client.get(address(made))).status_code == 200


async def test_the_owner_finds_the_link_again_with_its_views_page_by_page(
    installation: Installation, ada: Person
) -> None:
    image = await installation.add_image(ada)
    first = await share(installation, ada, image, title="First", expires_in_days=30)
    second = await share(installation, ada, image)
    for _ in range(3):
        await installation.client.get(address(first))
    await installation.client.get(f"{address(first)}/0")
    page = (await installation.client.get(SHARES, params={"limit": 1}, headers=ada.cookies)).json()
    assert [item["id"] for item in page["items"]] == [second["id"]]
    query = {"limit": 1, "cursor": page["next_cursor"]}
    rest = (await installation.client.get(SHARES, params=query, headers=ada.cookies)).json()
    [found] = rest["items"]
    assert (found["url"], found["title"], found["views"], rest["next_cursor"]) == (first["url"], "First", 3, None)
    lasts = datetime.fromisoformat(found["expires_at"]) - datetime.fromisoformat(found["created_at"])
    assert lasts == timedelta(days=30)


async def test_the_same_key_makes_one_link(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    headers = {**ada.cookies, "Idempotency-Key": "once"}
    body = {"image_ids": [str(image.id)], "title": "Once"}
    answers = [await installation.client.post(SHARES, json=body, headers=headers) for _ in range(2)]
    other = await installation.client.post(SHARES, json={**body, "title": "Twice"}, headers=headers)
    assert [answer.json()["url"] for answer in answers] == [answers[0].json()["url"]] * 2
    assert other.status_code == 409
    assert len((await installation.client.get(SHARES, headers=ada.cookies)).json()["items"]) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"image_ids": []}, "image_ids"),
        ({"image_ids": ["x"] * 501}, "image_ids"),
        ({"title": "x" * 121}, "title"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": 366}, "expires_in_days"),
        ({"password": "x"}, "password"),
    ],
)
async def test_what_a_link_cannot_be_is_refused_by_field(
    installation: Installation, ada: Person, change: dict[str, Any], field: str
) -> None:
    image = await installation.add_image(ada)
    body = {"image_ids": [str(image.id)], **change}
    answer = await installation.client.post(SHARES, json=body, headers=ada.cookies)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
