"""What both stores promise: files below the data directory, and a bucket of a real S3 server."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from synthlabel.adapters.storage import local, s3
from synthlabel.adapters.storage.local import LocalStorage
from synthlabel.adapters.storage.s3 import S3Storage
from synthlabel.api.app import create_api
from synthlabel.bootstrap import build
from synthlabel.errors import NotFoundError, StorageError
from synthlabel.ports import ObjectStorage
from tests.api.live import serve
from tests.factories import SECRET, free_port, make_settings
from tests.seaweed import ACCESS_KEY, REGION, SECRET_KEY, Bucket, s3_bucket

KEY = "users/0193/generations/0194/0.png"
DATA = bytes(range(256)) * 40
BAD_KEYS = [
    "",
    "/etc/passwd",
    "../secret",
    "a/../../secret",
    "a//b",
    "a/",
    "./a",
    ".hidden",
    "a/.hidden",
    "a\x00b",
    "a b",
    "a\\b",
    "a\nb",
    "ä",
    "a?b",
    "a%2e%2e/b",
    "x" * 501,
]


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    with s3_bucket() as made:
        yield made


@pytest.fixture
async def local_storage(tmp_path: Path) -> AsyncIterator[LocalStorage]:
    """Local storage whose addresses are answered by the real API."""
    settings = make_settings("postgresql://localhost/none", tmp_path)
    built = build(settings)
    app: FastAPI = create_api(lambda: built.services)
    async with serve(app) as base_url:
        yield LocalStorage(tmp_path / "objects", base_url=base_url, secret=SECRET)
    await built.close()


def s3_storage(bucket: Bucket, *, secret: str = SECRET_KEY) -> S3Storage:
    return S3Storage(
        bucket.name,
        endpoint_url=bucket.endpoint_url,
        region=REGION,
        access_key_id=ACCESS_KEY,
        secret_access_key=secret,
        session_token=None,
    )


@pytest.fixture(params=["local", "s3"])
async def storage(request: pytest.FixtureRequest, bucket: Bucket, local_storage: LocalStorage) -> ObjectStorage:
    if request.param == "local":
        return local_storage
    built = s3_storage(bucket)
    await built.delete(KEY)
    return built


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def read(url: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.get(url)


async def test_what_is_put_can_be_got(storage: ObjectStorage) -> None:
    await storage.put(KEY, DATA, content_type="image/png")
    assert await storage.get(KEY) == DATA


async def test_an_empty_object_is_an_object(storage: ObjectStorage) -> None:
    await storage.put(KEY, b"", content_type="text/plain")
    assert await storage.get(KEY) == b""


async def test_putting_again_replaces_the_object(storage: ObjectStorage) -> None:
    for data in (b"first", DATA, DATA):
        await storage.put(KEY, data, content_type="image/png")
        assert await storage.get(KEY) == data


async def test_what_is_absent_is_not_found(storage: ObjectStorage) -> None:
    with pytest.raises(NotFoundError):
        await storage.get("users/nobody/0.png")


async def test_deleting_is_safe_to_repeat(storage: ObjectStorage) -> None:
    await storage.put(KEY, DATA, content_type="image/png")
    for _ in range(2):
        await storage.delete(KEY)
    with pytest.raises(NotFoundError):
        await storage.get(KEY)


@pytest.mark.parametrize("key", BAD_KEYS, ids=ascii)
async def test_a_key_that_could_leave_its_place_is_refused_everywhere(storage: ObjectStorage, key: str) -> None:
    for use in (storage.get(key), storage.delete(key), storage.put(key, b"x", content_type="text/plain")):
        with pytest.raises(StorageError) as refused:
            await use
        assert refused.value.code == "bad_key"
    with pytest.raises(StorageError):
        storage.url(key)


async def test_a_healthy_store_passes_its_check(storage: ObjectStorage) -> None:
    await storage.check()


async def test_an_address_can_be_read_without_credentials(storage: ObjectStorage) -> None:
    await storage.put(KEY, DATA, content_type="image/png")
    answer = await read(storage.url(KEY))
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["content-type"] == "image/png"


async def test_a_file_name_makes_an_address_a_download(storage: ObjectStorage) -> None:
    await storage.put(KEY, DATA, content_type="image/png")
    answer = await read(storage.url(KEY, filename='fox & "höhle".png'))
    assert answer.content == DATA
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment")
    assert unquote(disposition.rpartition("''")[2]) == 'fox & "höhle".png'


async def test_an_address_without_its_query_is_refused(storage: ObjectStorage) -> None:
    await storage.put(KEY, DATA, content_type="image/png")
    answer = await read(storage.url(KEY).partition("?")[0])
    assert answer.status_code in (403, 404)
    assert DATA not in answer.content


@pytest.mark.parametrize("part", range(8))
async def test_an_altered_address_is_refused(storage: ObjectStorage, part: int) -> None:
    await storage.put(KEY, DATA, content_type="image/png")
    await storage.put(KEY.replace("0.png", "1.png"), DATA, content_type="image/png")
    parts = urlsplit(storage.url(KEY))
    query = parse_qsl(parts.query)
    if part < len(query):
        name, value = query[part]
        query[part] = (name, f"1{value}" if value[0] != "1" else f"2{value[1:]}")
        parts = parts._replace(query=urlencode(query))
    else:
        parts = parts._replace(path=parts.path.replace("0.png", "1.png"))
    answer = await read(parts.geturl())
    assert answer.status_code in (400, 403, 404)
    assert answer.content != DATA


async def test_the_name_of_a_download_cannot_be_altered(storage: ObjectStorage) -> None:
    await storage.put(KEY, DATA, content_type="image/png")
    answer = await read(storage.url(KEY, filename="fox.png").replace("fox.png", "fox.exe"))
    assert answer.status_code in (400, 403, 404)


async def test_a_read_only_data_directory_is_reported(tmp_path: Path) -> None:
    (tmp_path / "objects").write_text("a file where a directory should be")
    storage = LocalStorage(tmp_path / "objects", base_url="http://localhost", secret=SECRET)
    with pytest.raises(StorageError):
        await storage.check()
    with pytest.raises(StorageError):
        await storage.put(KEY, DATA, content_type="image/png")


async def test_a_local_put_leaves_nothing_but_the_object(local_storage: LocalStorage, tmp_path: Path) -> None:
    for _ in range(3):
        await local_storage.put(KEY, DATA, content_type="image/png")
    assert [path.name for path in (tmp_path / "objects").rglob("*") if path.is_file()] == ["0.png"]


async def test_a_local_address_works_for_an_hour_and_then_no_more(
    local_storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await local_storage.put(KEY, DATA, content_type="image/png")
    made_at = time.time()
    query = {name: values[0] for name, values in parse_qs(urlsplit(local_storage.url(KEY)).query).items()}
    monkeypatch.setattr(local.time, "time", lambda: made_at + local.URL_LIFETIME_S - 1)
    assert local_storage.open(KEY, query).path.read_bytes() == DATA
    monkeypatch.setattr(local.time, "time", lambda: made_at + 2 * local.URL_LIFETIME_S + 1)
    with pytest.raises(NotFoundError):
        local_storage.open(KEY, query)


async def test_a_local_address_of_another_installation_is_refused(local_storage: LocalStorage, tmp_path: Path) -> None:
    await local_storage.put(KEY, DATA, content_type="image/png")
    other = LocalStorage(tmp_path / "objects", base_url="http://localhost", secret="another secret of another place")
    with pytest.raises(NotFoundError):
        local_storage.open(KEY, dict(parse_qsl(urlsplit(other.url(KEY)).query)))


@pytest.mark.parametrize("query", [{}, {"expires": "9999999999"}, {"expires": "²", "signature": "ä"}])
async def test_an_unsigned_local_address_is_refused(local_storage: LocalStorage, query: dict[str, str]) -> None:
    await local_storage.put(KEY, DATA, content_type="image/png")
    with pytest.raises(NotFoundError):
        local_storage.open(KEY, query)


async def test_a_wrong_secret_is_reported_as_a_store_that_cannot_be_used(bucket: Bucket) -> None:
    storage = s3_storage(bucket, secret="wrong")
    for use in (storage.check(), storage.get(KEY), storage.delete(KEY)):
        with pytest.raises(StorageError):
            await use


async def test_an_s3_address_expires(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "URL_LIFETIME_S", 1)
    storage = s3_storage(bucket)
    await storage.put(KEY, DATA, content_type="image/png")
    for filename in (None, "fox.png"):
        url = storage.url(KEY, filename=filename)
        assert (await read(url)).status_code == 200
        while (answer := await read(url)).status_code == 200:
            assert answer.content == DATA
        assert answer.status_code == 403


async def test_an_address_stays_the_same_for_a_while(storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    hour = int(time.time()) // 3600
    monkeypatch.setattr(time, "time", lambda: hour * 3600 + 1.0)
    first = storage.url(KEY), storage.url(KEY, filename="fox.png")
    monkeypatch.setattr(time, "time", lambda: hour * 3600 + 3599.0)
    assert (storage.url(KEY), storage.url(KEY, filename="fox.png")) == first


async def test_a_bucket_that_does_not_exist_fails_the_check(bucket: Bucket) -> None:
    with pytest.raises(StorageError):
        await s3_storage(Bucket(bucket.endpoint_url, "no-such-bucket")).check()


async def test_the_check_leaves_nothing_behind(tmp_path: Path) -> None:
    await LocalStorage(tmp_path / "objects", base_url="http://localhost", secret=SECRET).check()
    assert names_in(tmp_path) == []


async def test_a_store_that_is_away_is_reported() -> None:
    storage = s3_storage(Bucket(f"http://127.0.0.1:{free_port()}", "pictures"))
    with pytest.raises(StorageError):
        await storage.get(KEY)
