"""Share links: making and ending them, and what somebody sees who holds one."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from synthlabel.db.repositories.shares import ShareFacts
from synthlabel.db.tables import Generation, Image, Share
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.identifiers import parse_id
from synthlabel.domain.share import DEFAULT_DAYS, MAX_DAYS, MAX_IMAGES, MAX_TITLE_CHARS, clean_title, lifetime_of
from synthlabel.errors import FieldError, InvalidInputError, NotFoundError
from synthlabel.ports import ObjectStorage, PictureMarks
from synthlabel.services.copies import Copies, extension_of
from synthlabel.services.generations import parse_cursor
from synthlabel.services.idempotency import earlier_answer, remember
from synthlabel.services.share_links import ShareLinks
from synthlabel.services.views import Page, Views

__all__ = [
    "DEFAULT_DAYS",
    "MAX_DAYS",
    "MAX_IMAGES",
    "MAX_TITLE_CHARS",
    "FileSize",
    "ShareService",
    "ShareView",
    "SharedFile",
    "SharedImage",
    "SharedView",
]

THUMBNAIL_PX = 640
"""The longer side that a thumbnail on the page of a link has at least, if there is one so large."""


class FileSize(StrEnum):
    THUMB = "thumb"
    FULL = "full"
    DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class ShareView:
    """A link as its owner sees it. ``count`` and ``cover_url`` speak of the images that it shows now."""

    id: UUID
    url: str
    title: str
    shows_recipe: bool
    count: int
    cover_url: str | None
    views: int
    last_viewed_at: datetime | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Recipe:
    prompt: str
    negative_prompt: str
    model_name: str
    seed: int
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SharedImage:
    position: int
    width_px: int
    height_px: int
    thumbhash: str
    url: str
    thumbnail_url: str
    download_url: str
    recipe: Recipe | None


@dataclass(frozen=True, slots=True)
class SharedView:
    """What somebody sees who holds a link."""

    title: str
    expires_at: datetime
    images: Sequence[SharedImage]


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that may be sent now; another one has another ``etag``. ``read`` raises NotFoundError, StorageError."""

    content_type: str
    etag: str
    filename: str | None
    read: Callable[[], Awaitable[bytes]]


class ShareService:
    def __init__(
        self,
        uow: Callable[[], UnitOfWork],
        views: Views,
        storage: ObjectStorage,
        copies: Copies,
        marks: PictureMarks,
        links: ShareLinks,
    ) -> None:
        self._uow = uow
        self._views = views
        self._storage = storage
        self._copies = copies
        self._marks = marks
        self._links = links

    # --- for the owner ----------------------------------------------------------------------------------------------

    async def create(
        self,
        actor: Actor,
        image_ids: Sequence[str],
        *,
        title: str = "",
        days: int = DEFAULT_DAYS,
        shows_recipe: bool = False,
        idempotency_key: str | None = None,
    ) -> ShareView:
        """Make a link to own images, in this order. Safe to repeat with the same ``idempotency_key``.

        Raises InvalidInputError; NotFoundError if one of the images is not there, or somebody else's.
        """
        chosen = _chosen(image_ids)
        now = datetime.now(UTC)
        row = Share(
            account_id=actor.user_id,
            title=clean_title(title),
            shows_recipe=shows_recipe,
            created_at=now,
            expires_at=now + lifetime_of(days),
        )
        fingerprint = f"share {days} {shows_recipe} {row.title} {','.join(map(str, chosen))}"
        async with self._uow() as work:
            earlier = await earlier_answer(work, actor, fingerprint, idempotency_key)
            if earlier is not None:
                return self._view(await work.shares.get(actor.user_id, UUID(earlier["id"])))
            if await work.shares.count_own(actor.user_id, chosen) != len(chosen):
                raise NotFoundError("There is no such image.")
            await work.shares.add(row, chosen)
            await remember(work, actor, fingerprint, idempotency_key, {"id": str(row.id)})
            facts = await work.shares.get(actor.user_id, row.id)
            await work.commit()
        return self._view(facts)

    async def list_page(self, actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[ShareView]:
        """Return a page of one's own links, newest first, also of those that work no longer."""
        before = None if cursor is None else parse_cursor(cursor)
        async with self._uow() as work:
            found = await work.shares.list_page(actor.user_id, before=before, limit=limit + 1)
        items = [self._view(facts) for facts in found[:limit]]
        return Page(items, str(items[-1].id) if len(found) > limit else None)

    async def revoke(self, actor: Actor, share_id: str) -> None:
        """End one's own link at once and for good. Raises NotFoundError. Safe to repeat."""
        async with self._uow() as work:
            await work.shares.revoke(actor.user_id, parse_id(share_id, what="link"), now=datetime.now(UTC))
            await work.commit()

    def _view(self, facts: ShareFacts) -> ShareView:
        row = facts.share
        return ShareView(
            id=row.id,
            url=self._links.page(row.id),
            title=row.title,
            shows_recipe=row.shows_recipe,
            count=facts.count,
            cover_url=None if facts.cover is None else self._views.thumbnail(facts.cover),
            views=row.views,
            last_viewed_at=row.last_viewed_at,
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
        )

    # --- for whoever holds the link ---------------------------------------------------------------------------------

    async def look(self, token: str) -> SharedView:
        """Return what a link shows now, and count that somebody looked.

        Raises NotFoundError, the same for a link that never was, has expired or was revoked.
        """
        share_id = self._share_id(token)
        now = datetime.now(UTC)
        async with self._uow() as work:
            share = await work.shares.find_open(share_id, now=now)
            if share is None:
                raise _nothing()
            rows = await work.shares.list_images(share_id)
            await work.shares.count_view(share_id, now=now)
            await work.commit()
        images = [self._shared(token, *row, shows_recipe=share.shows_recipe) for row in rows]
        return SharedView(share.title, share.expires_at, images)

    async def find_file(self, token: str, position: str, size: FileSize) -> SharedFile:
        """Return which file a link shows at a position, from 0. Raises NotFoundError as ``look`` does."""
        share_id = self._share_id(token)
        # Longer numbers are no positions, and no numbers of the database's either.
        if not position.isascii() or not position.isdigit() or len(position) > len(str(MAX_IMAGES)):
            raise _nothing()
        async with self._uow() as work:
            found = await work.shares.find_image(share_id, int(position), now=datetime.now(UTC))
        if found is None:
            raise _nothing()
        return self._file(*found, position=int(position), size=size)

    def _share_id(self, token: str) -> UUID:
        share_id = self._links.read(token)
        if share_id is None:
            raise _nothing()
        return share_id

    def _file(self, share: Share, image: Image, generation: Generation, *, position: int, size: FileSize) -> SharedFile:
        thumbnail_key = _thumbnail_key(image) if size == FileSize.THUMB else None
        if thumbnail_key is not None:
            return SharedFile("image/webp", _etag("thumbnail", image), None, lambda: self._storage.get(thumbnail_key))
        filename = f"synthlabel-{position + 1}.{extension_of(image)}" if size == FileSize.DOWNLOAD else None
        if not share.shows_recipe:
            return SharedFile(image.content_type, _etag("bare", image), filename, lambda: self._bare(image))
        if filename is None:
            return SharedFile(image.content_type, _etag("plain", image), None, lambda: self._copies.plain(image))
        return SharedFile(image.content_type, _etag("marked", image), filename, lambda: self._marked(image, generation))

    async def _bare(self, image: Image) -> bytes:
        """Return the file without what is written beside the pixels."""
        return self._marks.strip(await self._copies.plain(image))

    async def _marked(self, image: Image, generation: Generation) -> bytes:
        async with self._uow() as work:
            has_sources = bool(await work.downloads.made_from_sources([generation.id]))
        return await self._copies.marked(image, generation, has_sources=has_sources)

    def _shared(
        self, token: str, position: int, image: Image, generation: Generation, *, shows_recipe: bool
    ) -> SharedImage:
        return SharedImage(
            position=position,
            width_px=image.width_px,
            height_px=image.height_px,
            thumbhash=image.thumbhash,
            url=self._links.file(token, position, size=FileSize.FULL),
            thumbnail_url=self._links.file(token, position, size=FileSize.THUMB),
            download_url=self._links.file(token, position, size=FileSize.DOWNLOAD),
            recipe=self._recipe(image, generation) if shows_recipe else None,
        )

    def _recipe(self, image: Image, generation: Generation) -> Recipe:
        view = self._views.image(image, generation)
        return Recipe(view.prompt, view.negative_prompt, view.model_name, view.seed, view.params)


def _chosen(image_ids: Sequence[str]) -> list[UUID]:
    chosen = list(dict.fromkeys(parse_id(image_id, what="image") for image_id in image_ids))
    if not 1 <= len(chosen) <= MAX_IMAGES:
        raise InvalidInputError(FieldError("image_ids", f"Choose 1 to {MAX_IMAGES} images."))
    return chosen


def _etag(form: str, image: Image) -> str:
    return hashlib.sha256(f"{form} {image.sha256}".encode()).hexdigest()[:32]


def _thumbnail_key(image: Image) -> str | None:
    """Return the smallest thumbnail that is large enough; the largest if none is, None without any."""
    sizes = sorted(image.thumbnail_keys.items(), key=lambda item: int(item[0]))
    fitting = [key for side, key in sizes if int(side) >= THUMBNAIL_PX] or [key for _, key in sizes[-1:]]
    return fitting[0] if fitting else None


def _nothing() -> NotFoundError:
    return NotFoundError("This link does not work, or no longer.")
