"""Objects in any S3-compatible bucket, read by browsers through presigned addresses.

obstore moves the bytes and signs: it needs a third of boto3's CPU time per object and signs fifty times as fast.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

import boto3
import obstore
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from obstore.exceptions import BaseError
from obstore.store import S3Store

from synthlabel.adapters.storage.bucket_cors import admit, not_admitted
from synthlabel.adapters.storage.keys import URL_LIFETIME_S, attachment, checked
from synthlabel.errors import NotFoundError, StorageError
from synthlabel.ports import UploadForm

REMEMBERED_ADDRESSES = 20_000
_PROBE = "check/"


class S3Storage:
    """Implements ``ports.ObjectStorage``."""

    def __init__(
        self,
        bucket: str,
        *,
        endpoint_url: str | None,
        region: str,
        access_key_id: str | None,
        secret_access_key: str | None,
        session_token: str | None,
    ) -> None:
        credentials = {
            "access_key_id": access_key_id,
            "secret_access_key": secret_access_key,
            "session_token": session_token,
            "endpoint": endpoint_url,
        }
        given: dict[str, Any] = {name: value for name, value in credentials.items() if value is not None}
        self._bucket = bucket
        self._signer: Any = boto3.client(
            "s3",
            region_name=region,
            endpoint_url=endpoint_url,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            aws_session_token=session_token,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path" if endpoint_url else "virtual"}),
        )
        self._signed: Callable[[str, str | None, int], str] = lru_cache(REMEMBERED_ADDRESSES)(self._sign)
        plain_http = endpoint_url is not None and endpoint_url.startswith("http://")
        self._store = S3Store(
            bucket,
            region=region,
            virtual_hosted_style_request=endpoint_url is None,
            client_options={"allow_http": plain_http, "timeout": "60s", "connect_timeout": "10s"},
            retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=60)},
            **given,
        )

    async def put(self, key: str, data: bytes, *, content_type: str) -> None:
        attributes = {"Content-Type": content_type, "Cache-Control": "private, max-age=31536000, immutable"}
        try:
            await obstore.put_async(self._store, checked(key), data, attributes=attributes)
        except BaseError as error:
            raise _unavailable(error) from error

    async def get(self, key: str) -> bytes:
        try:
            result = await obstore.get_async(self._store, checked(key))
            return bytes(await result.bytes_async())
        except FileNotFoundError:
            raise NotFoundError("There is no such file.") from None
        except BaseError as error:
            raise _unavailable(error) from error

    async def size(self, key: str) -> int:
        try:
            return (await obstore.head_async(self._store, checked(key)))["size"]
        except FileNotFoundError:
            raise NotFoundError("There is no such file.") from None
        except BaseError as error:
            raise _unavailable(error) from error

    async def delete(self, key: str) -> None:
        try:
            await obstore.delete_async(self._store, checked(key))
        except FileNotFoundError:
            return
        except BaseError as error:
            raise _unavailable(error) from error

    async def check(self) -> None:
        try:
            await obstore.list_with_delimiter_async(self._store, _PROBE)
        except (FileNotFoundError, BaseError) as error:
            raise _unavailable(error) from error

    async def tidy(self) -> None:
        """Nothing to do: a bucket keeps no halves of objects."""

    def url(self, key: str, *, filename: str | None = None) -> str:
        # The same picture keeps its address for up to an hour, so that the browser's cache works.
        return self._signed(checked(key), filename, int(time.time()) // URL_LIFETIME_S)

    def upload_form(self, key: str, *, content_type: str, max_bytes: int, lifetime: timedelta) -> UploadForm:
        form = self._signer.generate_presigned_post(
            self._bucket,
            checked(key),
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=int(lifetime.total_seconds()),
        )
        return UploadForm("POST", form["url"], form["fields"], {})

    async def admits_pages(self, origins: Sequence[str]) -> bool:
        try:
            return not await asyncio.to_thread(not_admitted, self._signer, self._bucket, origins)
        except (ClientError, BotoCoreError) as error:
            raise _unavailable(error) from error

    async def admit_pages(self, origins: Sequence[str]) -> None:
        try:
            await asyncio.to_thread(admit, self._signer, self._bucket, origins)
        except (ClientError, BotoCoreError) as error:
            pages = ", ".join(origins)
            text = f"The bucket takes no files from pages of {pages}, and this key can't change its CORS rules."
            raise StorageError(text, code="bucket_cors", retryable=False) from error

    def _sign(self, key: str, filename: str | None, _hour: int) -> str:
        """Sign for two hours: remembered for one, an address is good for another one at least."""
        lifetime_s = 2 * URL_LIFETIME_S
        if filename is None:
            return obstore.sign(self._store, "GET", key, timedelta(seconds=lifetime_s))
        # obstore cannot sign the wish for a file name
        parameters = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentDisposition": attachment(filename),
        }
        return self._signer.generate_presigned_url("get_object", Params=parameters, ExpiresIn=lifetime_s)


def _unavailable(error: BaseException) -> StorageError:
    return StorageError(f"The object store can't be used now ({type(error).__name__}).")
