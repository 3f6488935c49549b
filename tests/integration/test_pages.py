"""The server of the exported pages behaves as the router in the browser expects."""

import gzip
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from synthlabel.launcher.pages import Pages

FILES = {
    "index.html": "the studio",
    "gallery.html": "the gallery",
    "models/index.html": "the models",
    "__spa-fallback.html": "the fallback",
    "assets/app-1a2b.js": "let app",
    "assets/reflex-env-1a2b.js": "let address",
}


@pytest.fixture
def browser(tmp_path: Path) -> AsyncClient:
    built = tmp_path / "client"
    for name, text in FILES.items():
        path = built / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(f"{text}, small".encode()))
    (built / "plain.txt").write_text("no twin")
    (tmp_path / "secret.txt").write_text("secret")
    return AsyncClient(
        transport=ASGITransport(Pages(built)), base_url="http://pages", headers={"Accept-Encoding": "identity"}
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "the studio"),
        ("/gallery", "the gallery"),
        ("/gallery/", "the gallery"),
        ("/models", "the models"),
        ("/models/", "the models"),
        ("/models/0199/edit", "the fallback"),
        ("/plain.txt", "no twin"),
        ("/%00", "the fallback"),
        ("/" + "long" * 100, "the fallback"),
    ],
)
async def test_a_path_gives_its_page_or_the_fallback(browser: AsyncClient, path: str, text: str) -> None:
    reply = await browser.get(path)

    assert (reply.status_code, reply.text) == (200, text)


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//etc/passwd"])
async def test_nothing_outside_the_directory_is_served(browser: AsyncClient, path: str) -> None:
    assert "secret" not in (await browser.get(path)).text
    assert "root:" not in (await browser.get(path)).text


async def test_a_missing_asset_is_not_answered_with_a_page(browser: AsyncClient) -> None:
    assert (await browser.get("/assets/old-9f.js")).status_code == 404


async def test_pages_answer_reading_alone(browser: AsyncClient) -> None:
    assert (await browser.head("/gallery")).status_code == 200
    assert (await browser.post("/gallery")).status_code == 405


async def test_browsers_that_accept_gzip_get_the_twin_with_the_right_type(browser: AsyncClient) -> None:
    reply = await browser.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip, br"})

    assert reply.text == "let app, small"
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.headers["vary"] == "Accept-Encoding"


async def test_a_file_without_twin_is_sent_as_it_is(browser: AsyncClient) -> None:
    reply = await browser.get("/plain.txt", headers={"Accept-Encoding": "gzip"})

    assert reply.text == "no twin"
    assert "content-encoding" not in reply.headers


async def test_only_names_that_follow_their_content_are_cached_for_long(browser: AsyncClient) -> None:
    assert "immutable" in (await browser.get("/assets/app-1a2b.js")).headers["cache-control"]
    for path in ("/", "/gallery", "/models/0199", "/assets/reflex-env-1a2b.js"):
        assert (await browser.get(path)).headers["cache-control"] == "no-cache"


async def test_an_unchanged_page_is_not_sent_again(browser: AsyncClient) -> None:
    tag = (await browser.get("/gallery")).headers["etag"]

    assert (await browser.get("/gallery", headers={"If-None-Match": tag})).status_code == 304


@pytest.mark.parametrize("path", ["/", "/anything", "/assets/missing.js"])
async def test_every_answer_forbids_framing_sniffing_and_referrers(browser: AsyncClient, path: str) -> None:
    headers = (await browser.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"] == "frame-ancestors 'none'"
