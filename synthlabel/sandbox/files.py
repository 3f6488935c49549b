"""Files of the sandbox's CDN: bytes on disk, and for each a small JSON file that says what they are."""

import json
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import md5
from pathlib import Path

import anyio

_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}(\.[A-Za-z0-9]{1,12})?")
_PART = re.compile(r"[0-9]{1,5}")
_ABANDONED_AFTER_S = 86_400


class TooLargeError(Exception):
    """The body is longer than an upload may be."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """``expires_at`` in UNIX seconds; ``fault`` and ``fault_value`` say how fetching goes wrong."""

    content_type: str
    file_name: str
    expires_at: float
    fault: str = ""
    fault_value: str = ""


class FileStore:
    """Blocking, except for what receives a body. Saving under the same key again replaces the file."""

    def __init__(self, root: Path, *, limit_bytes: int, upload_limit_bytes: int = 5 << 30) -> None:
        self._files = root / "files"
        self._facts = root / "facts"
        self._drafts = root / "drafts"
        self._parts = root / "parts"
        self._limit_bytes = limit_bytes
        self._upload_limit_bytes = upload_limit_bytes
        self._make_folders()

    @staticmethod
    def new_key(file_name: str) -> str:
        """An unguessable key that keeps the name's extension."""
        extension = re.sub(r"[^A-Za-z0-9]", "", Path(file_name).suffix)[:12]
        return secrets.token_urlsafe(16) + (f".{extension}" if extension else "")

    def save(self, key: str, data: bytes, facts: FileFacts) -> None:
        with self._draft() as draft:
            draft.write_bytes(data)
            self._publish(draft, key, facts)

    async def receive(self, key: str, body: AsyncIterable[bytes], facts: FileFacts) -> None:
        """Save a request's body. Raises TooLargeError."""
        with self._draft() as draft:
            await self._write(body, draft)
            self._publish(draft, key, facts)

    def find(self, key: str) -> tuple[Path, FileFacts] | None:
        """The file, or None if it never was, was deleted, or has expired."""
        if _KEY.fullmatch(key) is None:
            return None
        try:
            facts = FileFacts(**json.loads((self._facts / key).read_text("utf-8")))
        except FileNotFoundError:
            return None
        path = self._files / key
        return (path, facts) if facts.expires_at > time.time() and path.exists() else None

    def delete(self, key: str) -> None:
        """Safe to repeat."""
        if _KEY.fullmatch(key) is not None:
            (self._files / key).unlink(missing_ok=True)
            (self._facts / key).unlink(missing_ok=True)

    def clear(self) -> None:
        for folder in (self._files, self._facts, self._drafts, self._parts):
            shutil.rmtree(folder, ignore_errors=True)
        self._make_folders()

    def begin_parts(self) -> str:
        """Open a multipart upload and return its id."""
        upload_id = secrets.token_urlsafe(16)
        (self._parts / upload_id).mkdir()
        return upload_id

    async def receive_part(self, upload_id: str, number: str, body: AsyncIterable[bytes]) -> str | None:
        """Save one part, return its ETag; None for an unknown upload. Safe to repeat. Raises TooLargeError."""
        folder = self._parts / upload_id
        if not (_KEY.fullmatch(upload_id) and _PART.fullmatch(number) and folder.is_dir()):
            return None
        with self._draft() as draft:
            etag = await self._write(body, draft)
            draft.replace(folder / str(int(number)))
        return etag

    def join_parts(self, key: str, upload_id: str, numbers: list[int], facts: FileFacts) -> None:
        """Make one file of the parts in the order of their numbers. Raises FileNotFoundError if one is missing."""
        if _KEY.fullmatch(upload_id) is None:
            raise FileNotFoundError(upload_id)
        folder = self._parts / upload_id
        with self._draft() as draft:
            with draft.open("wb") as whole:
                for number in sorted(numbers):
                    with (folder / str(number)).open("rb") as part:
                        shutil.copyfileobj(part, whole)
            self._publish(draft, key, facts)
        shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> None:
        """Delete what has expired, what was abandoned, and the oldest files beyond the size limit."""
        for path in self._files.iterdir():
            if self.find(path.name) is None:
                self.delete(path.name)
        kept = sorted((path.stat().st_mtime, path.stat().st_size, path.name) for path in self._files.iterdir())
        surplus = sum(size for _, size, _ in kept) - self._limit_bytes
        for _, size, key in kept:
            if surplus <= 0:
                break
            self.delete(key)
            surplus -= size
        for path in (*self._drafts.iterdir(), *self._parts.iterdir()):
            if path.stat().st_mtime < time.time() - _ABANDONED_AFTER_S:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _make_folders(self) -> None:
        for folder in (self._files, self._facts, self._drafts, self._parts):
            folder.mkdir(parents=True, exist_ok=True)

    async def _write(self, body: AsyncIterable[bytes], target: Path) -> str:
        digest, size = md5(usedforsecurity=False), 0
        async with await anyio.open_file(target, "wb") as file:
            async for chunk in body:
                size += len(chunk)
                if size > self._upload_limit_bytes:
                    raise TooLargeError
                digest.update(chunk)
                await file.write(chunk)
        return digest.hexdigest()

    @contextmanager
    def _draft(self) -> Generator[Path]:
        draft = self._drafts / secrets.token_hex(8)
        try:
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def _publish(self, draft: Path, key: str, facts: FileFacts) -> None:
        if _KEY.fullmatch(key) is None:
            raise ValueError(f"not a file key: {key!r}")
        description = self._drafts / secrets.token_hex(8)
        description.write_text(json.dumps(asdict(facts)), "utf-8")
        description.replace(self._facts / key)
        draft.replace(self._files / key)
