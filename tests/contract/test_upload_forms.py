"""What the upload forms of both stores promise: a browser sends one file of one type, up to a size, for a while."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import httpx
import pytest

from synthlabel.adapters.storage.bucket_cors import admit
from synthlabel.adapters.storage.local import LocalStorage
from synthlabel.adapters.storage.s3 import S3Storage
from synthlabel.api.app import create_api
from synthlabel.bootstrap import build
from synthlabel.errors import NotFoundError, StorageError
from synthlabel.ports import ObjectStorage, UploadForm
from tests.api.live import serve
from tests.factories import SECRET, free_port, make_settings
from tests.seaweed import ACCESS_KEY, REGION, SECRET_KEY, Bucket, s3_bucket

KEY = "users/0193/uploads/0194/incoming"
OTHER_KEY = "users/0193/uploads/0195/incoming"
DATA = bytes(range(256)) * 40
HOUR = timedelta(hours=1)
PAGE = "http://localhost:3000"


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with s3_bucket() as made:
        yield made


def s3_storage(bucket: Bucket) -> S3Storage:
    return S3Storage(
        bucket.name,
        endpoint_url=bucket.endpoint_url,
        region=REGION,
        access_key_id=ACCESS_KEY,
        secret_access_key=SECRET_KEY,
        session_token=None,
    )


@pytest.fixture(params=["local", "s3"])
async def storage(request: pytest.FixtureRequest, bucket: Bucket, tmp_path: Path) -> AsyncIterator[ObjectStorage]:
    if request.param == "s3":
        built = s3_storage(bucket)
        for key in (KEY, OTHER_KEY):
            await built.delete(key)
        yield built
        return
    # Local storage whose addresses are answered by the real API
    running = build(make_settings("postgresql://localhost/none", tmp_path))
    async with serve(create_api(lambda: running.services)) as base_url:
        yield LocalStorage(tmp_path / "objects", base_url=base_url, secret=SECRET)
    await running.close()


def form_for(storage: ObjectStorage, *, max_bytes: int = len(DATA), lifetime: timedelta = HOUR) -> UploadForm:
    return storage.upload_form(KEY, content_type="image/png", max_bytes=max_bytes, lifetime=lifetime)


async def send(
    form: UploadForm, data: bytes = DATA, *, fields: dict[str, str] | None = None, content_type: str | None = None
) -> httpx.Response:
    """Send a file as the page does."""
    async with httpx.AsyncClient(trust_env=False) as http:
        if form.method == "PUT":
            headers = {**form.headers, **({"Content-Type": content_type} if content_type else {})}
            return await http.put(form.url, content=data, headers=headers)
        typed = {"Content-Type": content_type} if content_type else {}
        parts = {**form.fields, **typed, **(fields or {})}
        return await http.post(form.url, data=parts, files={"file": ("fox.png", data)})


async def is_absent(storage: ObjectStorage, key: str = KEY) -> bool:
    try:
        await storage.size(key)
    except NotFoundError:
        return True
    return False


async def test_a_form_stores_the_file(storage: ObjectStorage) -> None:
    answer = await send(form_for(storage))
    assert answer.status_code == 204
    assert await storage.get(KEY) == DATA
    assert await storage.size(KEY) == len(DATA)


async def test_a_file_that_is_too_large_is_refused(storage: ObjectStorage) -> None:
    answer = await send(form_for(storage, max_bytes=len(DATA) - 1))
    assert 400 <= answer.status_code < 500
    assert await is_absent(storage)


async def test_an_empty_file_is_refused(storage: ObjectStorage) -> None:
    answer = await send(form_for(storage), b"")
    assert 400 <= answer.status_code < 500
    assert await is_absent(storage)


async def test_a_file_of_another_type_is_refused(storage: ObjectStorage) -> None:
    answer = await send(form_for(storage), content_type="text/html")
    assert 400 <= answer.status_code < 500
    assert await is_absent(storage)


async def test_an_expired_form_is_refused(storage: ObjectStorage) -> None:
    answer = await send(form_for(storage, lifetime=timedelta(seconds=-60)))
    assert 400 <= answer.status_code < 500
    assert await is_absent(storage)


async def test_a_form_stores_under_no_other_key(storage: ObjectStorage) -> None:
    form = form_for(storage)
    moved = UploadForm(form.method, form.url.replace("0194", "0195"), form.fields, form.headers)
    answer = await send(moved, fields={"key": OTHER_KEY})
    assert 400 <= answer.status_code < 500
    assert await is_absent(storage)
    assert await is_absent(storage, OTHER_KEY)


async def test_a_form_with_another_signature_is_refused(storage: ObjectStorage) -> None:
    form = form_for(storage)
    url = str(httpx.URL(form.url).copy_merge_params({"signature": "0" * 64})) if form.method == "PUT" else form.url
    forged = UploadForm(form.method, url, form.fields, form.headers)
    answer = await send(forged, fields={"x-amz-signature": "0" * 64})
    assert 400 <= answer.status_code < 500
    assert await is_absent(storage)


async def test_a_form_for_a_key_that_could_leave_its_place_is_not_made(storage: ObjectStorage) -> None:
    with pytest.raises(StorageError):
        storage.upload_form("../secret", content_type="image/png", max_bytes=1, lifetime=HOUR)


async def test_a_file_of_unknown_length_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    async def five_megabytes() -> AsyncIterator[bytes]:
        for _ in range(80):
            yield bytes(65_536)

    running = build(make_settings("postgresql://localhost/none", tmp_path))
    async with serve(create_api(lambda: running.services)) as base_url:
        storage = LocalStorage(tmp_path / "objects", base_url=base_url, secret=SECRET)
        form = form_for(storage, max_bytes=1_500_000)
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.put(form.url, content=five_megabytes(), headers=dict(form.headers))
    await running.close()
    assert answer.status_code == 422
    assert [path for path in (tmp_path / "objects").rglob("*") if path.is_file()] == []


async def test_a_bucket_lets_our_pages_send_files_once_they_are_admitted(bucket: Bucket) -> None:
    storage = s3_storage(bucket)
    assert not await storage.admits_pages([PAGE])
    for _ in range(2):  # safe to repeat
        await storage.admit_pages([PAGE])
    assert await storage.admits_pages([PAGE])
    preflight = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.options(form_for(storage).url, headers=preflight)
    assert answer.headers["access-control-allow-origin"] in (PAGE, "*")


async def test_rules_that_a_bucket_has_already_stay(bucket: Bucket) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=bucket.endpoint_url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )
    theirs = {"AllowedOrigins": ["https://other.example"], "AllowedMethods": ["GET"], "AllowedHeaders": ["*"]}
    client.put_bucket_cors(Bucket=bucket.name, CORSConfiguration={"CORSRules": [theirs]})
    for _ in range(2):
        await asyncio.to_thread(admit, client, bucket.name, [PAGE])
    rules = client.get_bucket_cors(Bucket=bucket.name)["CORSRules"]
    assert [rule["AllowedOrigins"] for rule in rules] == [["https://other.example"], [PAGE]]


async def test_a_bucket_that_cannot_be_asked_is_reported() -> None:
    with pytest.raises(StorageError) as refused:
        await s3_storage(Bucket(f"http://127.0.0.1:{free_port()}", "pictures")).admit_pages([PAGE])
    assert refused.value.code == "bucket_cors"
