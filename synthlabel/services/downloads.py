"""Taking images out: one file with its recipe, or a zip of many that is made while it is sent."""

import asyncio
import json
import tempfile
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any
from uuid import UUID

from pydantic import TypeAdapter
from zipstream import ZIP_STORED, ZipStream

from synthlabel.db.repositories.marks import ImageFacts
from synthlabel.db.tables import Download, Generation, Image
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.curation import Selection
from synthlabel.domain.file_names import Names, check_template, fill, words_of
from synthlabel.domain.identifiers import parse_id
from synthlabel.errors import FieldError, InvalidInputError, NotFoundError
from synthlabel.services.copies import Copies, extension_of, file_name
from synthlabel.services.idempotency import once

MAX_IMAGES = 10_000
LIFETIME = timedelta(hours=6)
READ_AT_ONCE = 100
"""Rows of the database; of files only ``AHEAD`` are in memory."""
AHEAD = 3
IN_MEMORY_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ZipOptions:
    """What a zip holds besides images. ``name`` is a template for their names, see ``domain.file_names``."""

    captions: bool = False
    metadata: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class DownloadView:
    """A zip that can be fetched until it expires. ``size_bytes`` is about what it will have."""

    id: UUID
    count: int
    size_bytes: int
    expires_at: datetime


_VIEW = TypeAdapter(DownloadView)


@dataclass(frozen=True, slots=True)
class Copy:
    """A file on its way out."""

    data: bytes
    content_type: str
    filename: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """One image of a zip, under the name that it gets there."""

    path: str
    image: Image
    generation: Generation
    facts: ImageFacts
    has_sources: bool

    @property
    def filename(self) -> str:
        return f"{self.path}.{extension_of(self.image)}"


class DownloadService:
    def __init__(self, uow: Callable[[], UnitOfWork], copies: Copies) -> None:
        self._uow = uow
        self._copies = copies

    async def copy(self, actor: Actor, image_id: str, *, plain: bool = False) -> Copy:
        """Return the file of an image that the person sees, with its recipe unless it is to be ``plain``.

        Raises NotFoundError.
        """
        async with self._uow() as work:
            image, generation = await work.images.get(actor.user_id, parse_id(image_id, what="image"))
            has_sources = bool(await work.downloads.made_from_sources([generation.id]))
        if plain:
            data = await self._copies.plain(image)
        else:
            data = await self._copies.marked(image, generation, has_sources=has_sources)
        return Copy(data, image.content_type, file_name(image, generation))

    async def begin(
        self, actor: Actor, selection: Selection, options: ZipOptions, *, idempotency_key: str | None = None
    ) -> DownloadView:
        """Note a selection for a zip that a browser fetches by its address.

        Safe to repeat with the same ``idempotency_key``. Raises NotFoundError if the person does not see all of the
        chosen images, InvalidInputError, ConflictError if they are not as many as was expected.
        """
        check_template(options.name)
        what = ("download", repr(selection), asdict(options))
        async with self._uow() as work:
            view = await once(
                work, actor, idempotency_key, what, lambda: _begin(work, actor, selection, options), answers=_VIEW
            )
            await work.commit()
        return view

    async def fetch(self, actor: Actor, download_id: str) -> AsyncGenerator[bytes, None]:
        """Return the zip of a download. Raises NotFoundError. Safe to repeat until it expires."""
        async with self._uow() as work:
            row = await work.downloads.get(actor.user_id, parse_id(download_id, what="download"), now=datetime.now(UTC))
        image_ids = [UUID(image_id) for image_id in row.image_ids]
        return self._zip(actor, image_ids, ZipOptions(**row.options))

    async def zip(self, actor: Actor, selection: Selection, options: ZipOptions) -> AsyncGenerator[bytes, None]:
        """Return a zip of a selection at once. Raises as ``begin``."""
        check_template(options.name)
        async with self._uow() as work:
            image_ids = await _chosen(work, actor, selection)
        return self._zip(actor, image_ids, options)

    async def tidy(self) -> None:
        """Forget expired downloads. Safe to repeat."""
        async with self._uow() as work:
            await work.downloads.delete_expired(before=datetime.now(UTC))
            await work.commit()

    async def _zip(self, actor: Actor, image_ids: Sequence[UUID], options: ZipOptions) -> AsyncGenerator[bytes, None]:
        """Yield a zip piece by piece. Memory holds a few files at a time, however many there are.

        Images that have vanished meanwhile, and files that are not there, are listed in ``missing.txt``. Raises
        StorageError in the midst of it if the store fails: better no zip than one that lacks images silently.
        """
        archive = ZipStream(compress_type=ZIP_STORED)
        missing: list[str] = []
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as metadata:
            async with aclosing(self._files(self._entries(actor, image_ids, options, missing))) as files:
                async for entry, data in files:
                    if data is None:
                        missing.append(entry.filename)
                        continue
                    for name, content in _contents(entry, data, options):
                        archive.add(content, name)
                        for piece in archive.file():
                            yield piece
                    if options.metadata:
                        metadata.write(_metadata_line(entry))
            for name, content in _appendix(metadata, missing):
                archive.add(content, name)
                for piece in archive.file():
                    yield piece
        for piece in archive.footer():
            yield piece

    async def _entries(
        self, actor: Actor, image_ids: Sequence[UUID], options: ZipOptions, missing: list[str]
    ) -> AsyncGenerator[_Entry, None]:
        """Yield the images in order, each under a name of its own. Those that can't be seen any more are missing."""
        names = Names({"missing": 1, "metadata": 1})
        template = check_template(options.name)
        digits = len(str(len(image_ids)))
        for start in range(0, len(image_ids), READ_AT_ONCE):
            wanted = image_ids[start : start + READ_AT_ONCE]
            async with self._uow() as work:
                rows = {row[0].id: row for row in await work.images.list_visible(actor.user_id, wanted)}
                facts = await work.marks.facts(actor.user_id, list(rows))
                edited = await work.downloads.made_from_sources([row[1].id for row in rows.values()])
            for number, image_id in enumerate(wanted, start=start + 1):
                if image_id not in rows:
                    missing.append(str(image_id))
                    continue
                image, generation = rows[image_id]
                path = fill(template, _name_facts(image, generation, facts[image_id], f"{number:0{digits}}"))
                yield _Entry(names.take(path), image, generation, facts[image_id], generation.id in edited)

    async def _files(self, entries: AsyncGenerator[_Entry, None]) -> AsyncGenerator[tuple[_Entry, bytes | None], None]:
        """Yield entries with their files, None for one that is not there; the next ones are read meanwhile."""
        reading: deque[tuple[_Entry, asyncio.Task[bytes | None]]] = deque()
        try:
            async with aclosing(entries):
                async for entry in entries:
                    reading.append((entry, asyncio.create_task(self._file(entry))))
                    if len(reading) == AHEAD:
                        first, file = reading.popleft()
                        yield first, await file
                while reading:
                    first, file = reading.popleft()
                    yield first, await file
        finally:
            for _, file in reading:
                file.cancel()
            await asyncio.gather(*(file for _, file in reading), return_exceptions=True)

    async def _file(self, entry: _Entry) -> bytes | None:
        try:
            return await self._copies.marked(entry.image, entry.generation, has_sources=entry.has_sources)
        except NotFoundError:
            return None


async def _begin(work: UnitOfWork, actor: Actor, selection: Selection, options: ZipOptions) -> DownloadView:
    image_ids = await _chosen(work, actor, selection)
    row = Download(
        account_id=actor.user_id,
        image_ids=[str(image_id) for image_id in image_ids],
        options=asdict(options),
        expires_at=datetime.now(UTC) + LIFETIME,
    )
    work.downloads.add(row)
    return DownloadView(row.id, len(image_ids), await work.downloads.size_of(image_ids), row.expires_at)


async def _chosen(work: UnitOfWork, actor: Actor, selection: Selection) -> Sequence[UUID]:
    """Return what to take out: ids in the order that was given, what a filter finds newest first."""
    if selection.wanted is None:
        chosen: Sequence[UUID] = selection.ids or ()
        if await work.downloads.count_visible(actor.user_id, chosen) < len(chosen):
            raise NotFoundError("There is no such image.")
    else:
        left_out = frozenset(selection.excluded)
        limit = MAX_IMAGES + len(left_out) + 1
        found = await work.images.list_ids(actor.user_id, selection.wanted, limit=limit)
        chosen = [image_id for image_id in found if image_id not in left_out]
    selection.check_count(len(chosen))
    if not chosen:
        raise InvalidInputError(FieldError("ids", "Choose at least one image."))
    if len(chosen) > MAX_IMAGES:
        raise InvalidInputError(FieldError("ids", f"A zip holds at most {MAX_IMAGES:,} images. Take them in parts."))
    return chosen


def _contents(entry: _Entry, data: bytes, options: ZipOptions) -> Iterator[tuple[str, bytes]]:
    yield entry.filename, data
    if options.captions:
        yield f"{entry.path}.txt", entry.generation.prompt.encode()


def _appendix(metadata: IO[bytes], missing: Sequence[str]) -> Iterator[tuple[str, Any]]:
    if metadata.tell():
        metadata.seek(0)
        yield "metadata.jsonl", metadata
    if missing:
        text = "These images were not there when the zip was made:\n" + "".join(f"{name}\n" for name in missing)
        yield "missing.txt", text.encode()


def _name_facts(image: Image, generation: Generation, facts: ImageFacts, index: str) -> dict[str, object]:
    return {
        "model": generation.model,
        "seed": image.seed,
        "index": index,
        "date": f"{image.created_at:%Y-%m-%d}",
        "time": f"{image.created_at:%H%M%S}",
        "width": image.width_px,
        "height": image.height_px,
        "rating": facts.rating or "unrated",
        "id": image.id,
        "prompt": words_of(generation.prompt),
    }


def _metadata_line(entry: _Entry) -> bytes:
    """Return a line as the ``imagefolder`` form of common data set tools has it, with ``file_name`` first."""
    image, generation, facts = entry.image, entry.generation, entry.facts
    line = {
        "file_name": entry.filename,
        "text": generation.prompt,
        "id": str(image.id),
        "negative_prompt": generation.negative_prompt,
        "model": generation.model,
        "seed": image.seed,
        "width": image.width_px,
        "height": image.height_px,
        "params": generation.params,
        "loras": generation.loras,
        "rating": facts.rating,
        "favorite": facts.favorite,
        "tags": list(facts.tags),
        "created_at": image.created_at.isoformat(),
    }
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"
