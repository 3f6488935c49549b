"""Objects as files below the data directory, read by browsers through signed addresses that expire."""

import asyncio
import contextlib
import errno
import hashlib
import hmac
import mimetypes
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

from synthlabel.adapters.storage.keys import URL_LIFETIME_S, checked
from synthlabel.adapters.storage.receiving import check_announced, pieces
from synthlabel.errors import NotFoundError, StorageError
from synthlabel.ports import OpenFile, UploadForm

T = TypeVar("T")

_HALF = ".writing-"
_HALF_IS_ABANDONED_AFTER_S = 24 * 3600
_SIGNED = {"GET": ("expires", "filename"), "PUT": ("expires", "max_bytes", "type")}
"""What a signature covers beyond method and key. None of it may hold a line break but the last."""


class LocalStorage:
    """Implements ``ports.ObjectStorage`` and ``ports.SignedFiles``."""

    def __init__(self, root: Path, *, base_url: str, secret: str) -> None:
        self._root = root.absolute()
        self._base_url = base_url
        self._key = hashlib.sha256(f"files:{secret}".encode()).digest()

    async def put(self, key: str, data: bytes, *, content_type: str) -> None:
        await self._in_thread(lambda: _write(self._path(key), data))

    async def get(self, key: str) -> bytes:
        return await self._in_thread(self._path(key).read_bytes)

    async def size(self, key: str) -> int:
        return await self._in_thread(lambda: self._path(key).stat().st_size)

    async def delete(self, key: str) -> None:
        await self._in_thread(lambda: self._path(key).unlink(missing_ok=True))

    async def check(self) -> None:
        await self._in_thread(lambda: _require_room(self._root))

    async def tidy(self) -> None:
        await self._in_thread(lambda: _remove_halves(self._root))

    def url(self, key: str, *, filename: str | None = None) -> str:
        # Rounded up, so that the same picture keeps its address for a while and the browser's cache works
        expires = (int(time.time()) // URL_LIFETIME_S + 2) * URL_LIFETIME_S
        query = {"expires": str(expires)}
        if filename is not None:
            query["filename"] = filename
        return self._address("GET", key, query)

    def open(self, key: str, query: Mapping[str, str]) -> OpenFile:
        self._require_signature("GET", key, query)
        path = self._path(key)
        if not path.is_file():
            raise _absent()
        content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return OpenFile(path, content_type, query.get("filename"))

    def upload_form(self, key: str, *, content_type: str, max_bytes: int, lifetime: timedelta) -> UploadForm:
        expires = int(time.time() + lifetime.total_seconds())
        query = {"expires": str(expires), "max_bytes": str(max_bytes), "type": content_type}
        return UploadForm("PUT", self._address("PUT", key, query), {}, {"Content-Type": content_type})

    async def admit_pages(self, origins: Sequence[str]) -> None:
        """Nothing to do: the API itself admits our pages."""

    async def admits_pages(self, origins: Sequence[str]) -> bool:
        return True

    async def receive(
        self, key: str, query: Mapping[str, str], headers: Mapping[str, str], body: AsyncIterable[bytes]
    ) -> None:
        self._require_signature("PUT", key, query)
        max_bytes = int(query["max_bytes"])
        check_announced(headers, content_type=query["type"], max_bytes=max_bytes)
        half = await self._in_thread(lambda: _new_half(self._path(key)))
        try:
            async for piece in pieces(body, max_bytes=max_bytes):
                await self._in_thread(lambda piece=piece: _append(half, piece))
            await self._in_thread(lambda: _finish(half, self._path(key)))
        finally:
            half.unlink(missing_ok=True)

    def _address(self, method: str, key: str, query: Mapping[str, str]) -> str:
        signature = self._sign(method, checked(key), query)
        return f"{self._base_url}/api/v1/files/{key}?{urlencode({**query, 'signature': signature})}"

    def _require_signature(self, method: str, key: str, query: Mapping[str, str]) -> None:
        """Raises NotFoundError for an address that is not ours, or no longer good."""
        signed = {name: query[name] for name in _SIGNED[method] if name in query}
        try:
            right = self._sign(method, checked(key), signed)
        except StorageError:
            raise _absent() from None
        expires = signed.get("expires", "")
        ours = hmac.compare_digest(right.encode(), query.get("signature", "").encode())
        if not ours or not expires.isascii() or not expires.isdigit() or int(expires) < time.time():
            raise _absent()

    def _sign(self, method: str, key: str, query: Mapping[str, str]) -> str:
        message = "\n".join((method, key, *(query.get(name, "") for name in _SIGNED[method])))
        return hmac.new(self._key, message.encode(), hashlib.sha256).hexdigest()

    def _path(self, key: str) -> Path:
        return self._root / checked(key)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except FileNotFoundError:
            raise NotFoundError("There is no such file.") from None
        except OSError as error:
            raise StorageError(f"The data directory can't be used ({error.strerror}).") from error


def _write(path: Path, data: bytes) -> None:
    """Write whole or not at all: a reader never meets half a file, also after a crash."""
    half = _new_half(path)
    try:
        _append(half, data)
        _finish(half, path)
    finally:
        half.unlink(missing_ok=True)


def _new_half(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=_HALF)
    os.close(descriptor)
    return Path(name)


def _append(half: Path, data: bytes) -> None:
    with half.open("ab") as file:
        file.write(data)


def _finish(half: Path, path: Path) -> None:
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.replace(path)


def _require_room(folder: Path) -> None:
    """Raises OSError if nothing can be written to a folder, or to the place where it would be made."""
    place = next(path for path in (folder, *folder.parents) if path.exists())
    for fault, is_so in (
        (errno.ENOTDIR, not place.is_dir()),
        (errno.EACCES, not os.access(place, os.W_OK | os.X_OK)),
        (errno.ENOSPC, shutil.disk_usage(place).free == 0),
    ):
        if is_so:
            raise OSError(fault, os.strerror(fault), str(place))


def _remove_halves(root: Path) -> None:
    """Remove what writers that were killed left behind."""
    before = time.time() - _HALF_IS_ABANDONED_AFTER_S
    for path in root.rglob(f"{_HALF}*"):
        with contextlib.suppress(FileNotFoundError):  # just finished, or just removed by somebody else
            if path.stat().st_mtime < before:
                path.unlink()


def _absent() -> NotFoundError:
    return NotFoundError("There is no such file, or its address has expired.")
