"""Images over HTTP, and their files in local storage."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.installation import RECIPE, Installation, Person, png

IMAGES = "/api/v1/images"


async def test_an_image_carries_its_recipe_facts_and_addresses(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    body = (await installation.client.get(f"{IMAGES}/{image.id}", headers=ada.cookies)).json()
    assert body["generation_id"] == str(image.generation_id)
    assert (body["prompt"], body["model"], body["seed"]) == (RECIPE["prompt"], RECIPE["model"], 7)
    assert (body["width"], body["height"], body["size_bytes"]) == (8, 8, len(png()))
    assert (body["rating"], body["rating_mean"], body["favorite"]) == (None, None, False)
    assert body["thumbnail_url"] == body["url"]
    assert body["created_at"].endswith("Z")


async def test_a_deleted_image_goes_to_the_trash_and_comes_back(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    for _ in range(2):
        assert (await installation.client.delete(f"{IMAGES}/{image.id}", headers=ada.cookies)).status_code == 204
    listed = await installation.client.get(IMAGES, headers=ada.cookies)
    trash = await installation.client.get(IMAGES, params={"trashed": "true"}, headers=ada.cookies)
    restored = await installation.client.post(f"{IMAGES}/{image.id}/restore", headers=ada.cookies)
    back = await installation.client.get(IMAGES, headers=ada.cookies)
    assert listed.json()["items"] == []
    assert [item["id"] for item in trash.json()["items"]] == [str(image.id)]
    assert (restored.status_code, restored.json()["trashed_at"]) == (200, None)
    assert [item["id"] for item in back.json()["items"]] == [str(image.id)]


async def test_images_can_be_narrowed_to_model_and_time(installation: Installation, ada: Person) -> None:
    await installation.add_image(ada)
    hour = timedelta(hours=1)
    now = datetime.now(UTC)
    queries = [
        ({"model": RECIPE["model"]}, 1),
        ({"model": "flux-dev"}, 0),
        ({"created_after": (now - hour).isoformat()}, 1),
        ({"created_after": (now + hour).isoformat()}, 0),
        ({"created_before": (now - hour).isoformat()}, 0),
    ]
    for query, count in queries:
        answer = await installation.client.get(IMAGES, params=query, headers=ada.cookies)
        assert len(answer.json()["items"]) == count, query


async def test_a_signed_address_gives_the_file_to_whoever_holds_it(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    body = (await installation.client.get(f"{IMAGES}/{image.id}", headers=ada.cookies)).json()
    file = await installation.client.get(body["url"])
    assert (file.status_code, file.content) == (200, png())
    assert file.headers["content-type"] == "image/png"
    assert file.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert file.headers["cross-origin-resource-policy"] == "same-site"
    assert "content-disposition" not in file.headers


async def test_the_download_address_names_the_file(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    body = (await installation.client.get(f"{IMAGES}/{image.id}", headers=ada.cookies)).json()
    file = await installation.client.get(body["download_url"], headers=ada.cookies)
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''synthlabel-flux-schnell-7-0.png"


@pytest.mark.parametrize(
    "change",
    [
        ("signature=", "signature=0"),
        ("expires=", "expires=9"),
        ("/0.png", "/1.png"),
        ("/files/users/", "/files/users/%2e%2e/users/"),
        ("/files/", "/files/%2Fetc/passwd%00"),
        ("?expires", "?filename=x.html&expires"),
    ],
)
async def test_a_changed_address_gives_nothing(
    installation: Installation, ada: Person, change: tuple[str, str]
) -> None:
    image = await installation.add_image(ada)
    body = (await installation.client.get(f"{IMAGES}/{image.id}", headers=ada.cookies)).json()
    answer = await installation.client.get(body["url"].replace(*change))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
