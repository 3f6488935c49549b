"""What a person finds in the gallery: pages, anchors, counts; and throwing one image away, and bringing it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, cast
from uuid import UUID

from synthlabel.db.repositories.facets import Facet
from synthlabel.db.repositories.images import Anchors
from synthlabel.db.tables import Generation, Image, Upload
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.gallery_query import CHUNK, ImageFilter, Scope
from synthlabel.domain.identifiers import parse_id
from synthlabel.domain.trash import KEPT_IN_TRASH
from synthlabel.ports import ObjectStorage
from synthlabel.services.generations import parse_cursor
from synthlabel.services.views import ImageView, Page, Views

__all__ = [
    "CHUNK",
    "Anchors",
    "Facet",
    "Found",
    "GalleryService",
    "ImageFilter",
    "Lineage",
    "Scope",
    "SmallView",
    "Source",
    "Use",
]

USES_LISTED = 200


@dataclass(frozen=True, slots=True)
class Found(Page[ImageView]):
    """A page of the gallery. ``as_of``: what comes later was not there yet when it was read, see ``ImageFilter``."""

    as_of: datetime


@dataclass(frozen=True, slots=True)
class SmallView:
    """A picture as small as a link to it: of the gallery, or an upload."""

    id: UUID
    thumbnail_url: str
    thumbhash: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Source:
    """What went into an image: one of the gallery, or an upload."""

    kind: Literal["image", "upload"]
    picture: SmallView


@dataclass(frozen=True, slots=True)
class Use:
    """A generation that an image went into."""

    generation_id: UUID
    task: str
    images: Sequence[SmallView]


@dataclass(frozen=True, slots=True)
class Lineage:
    """What an image was made from, in the order in which it was given; and what was made from it, newest first."""

    sources: Sequence[Source]
    uses: Sequence[Use]


class GalleryService:
    def __init__(self, uow: Callable[[], UnitOfWork], views: Views, storage: ObjectStorage) -> None:
        self._uow = uow
        self._views = views
        self._storage = storage

    async def list_page(
        self, actor: Actor, wanted: ImageFilter | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Found:
        """Return a page of what a filter finds among the images that the person sees, newest first."""
        wanted, now = wanted or ImageFilter(), datetime.now(UTC)
        if cursor is not None:
            wanted = replace(wanted, before=parse_cursor(cursor))
        async with self._uow() as work:
            rows = await work.images.list_page(actor.user_id, wanted, limit=limit + 1)
            facts = await work.marks.facts(actor.user_id, [image.id for image, _ in rows[:limit]])
        items = [self._views.image(image, generation, facts[image.id]) for image, generation in rows[:limit]]
        # The clock of the worker that stored an image may be ahead of this one
        as_of = max([now, *(view.trashed_at or view.created_at for view in items)])
        return Found(items, str(items[-1].id) if len(rows) > limit else None, as_of)

    async def anchors(self, actor: Actor, wanted: ImageFilter) -> Anchors:
        """Return how many images a filter finds, and the cursors at which its chunks begin."""
        async with self._uow() as work:
            return await work.images.anchors(actor.user_id, wanted)

    async def facets(self, actor: Actor, wanted: ImageFilter) -> Sequence[Facet]:
        """Return with which models, tags, ratings and boards a filter could be narrowed, and to how many images."""
        async with self._uow() as work:
            return await work.facets.count(actor.user_id, wanted)

    async def count(self, actor: Actor) -> int:
        """Return how many images the person has, without the trash."""
        async with self._uow() as work:
            return await work.images.count(actor.user_id)

    async def get(self, actor: Actor, image_id: str) -> ImageView:
        """Return an image that the person sees, of their own also from the trash. Raises NotFoundError."""
        async with self._uow() as work:
            image, generation = await work.images.get(actor.user_id, parse_id(image_id, what="image"))
            facts = await work.marks.facts(actor.user_id, [image.id])
        return self._views.image(image, generation, facts[image.id])

    async def read(self, actor: Actor, image_id: str) -> bytes:
        """Return the file of an image that the person sees. Raises NotFoundError."""
        async with self._uow() as work:
            image, _ = await work.images.get(actor.user_id, parse_id(image_id, what="image"))
        return await self._storage.get(image.storage_key)

    async def lineage(self, actor: Actor, image_id: str) -> Lineage:
        """Return what an image was made from and what was made from it, as far as the person sees it.

        Raises NotFoundError.
        """
        async with self._uow() as work:
            image, _ = await work.images.get(actor.user_id, parse_id(image_id, what="image"))
            sources = await work.images.list_sources(actor.user_id, image.generation_id)
            uses = await work.images.list_uses(actor.user_id, image.id, limit=USES_LISTED)
        return Lineage([self._source(*row) for row in sources], self._uses(uses))

    async def delete(self, actor: Actor, image_id: str) -> None:
        """Move an own image to the trash. Raises NotFoundError. Safe to repeat."""
        row_id = parse_id(image_id, what="image")
        async with self._uow() as work:
            await work.images.trash(actor.user_id, row_id, now=datetime.now(UTC))
            await _tell(work, actor, row_id)
            await work.commit()

    async def restore(self, actor: Actor, image_id: str) -> None:
        """Bring an image back that went to the trash within the last 30 days. Raises NotFoundError. Safe to repeat."""
        row_id = parse_id(image_id, what="image")
        async with self._uow() as work:
            await work.images.restore(actor.user_id, row_id, trashed_after=datetime.now(UTC) - KEPT_IN_TRASH)
            await _tell(work, actor, row_id)
            await work.commit()

    def _source(self, image: Image | None, upload: Upload | None) -> Source:
        if image is not None:
            return Source("image", self._small(image))
        return Source("upload", self._small(cast("Upload", upload)))

    def _uses(self, rows: Sequence[tuple[Generation, Image | None]]) -> Sequence[Use]:
        tasks: dict[UUID, str] = {}
        images: dict[UUID, list[SmallView]] = {}
        for generation, image in rows:
            tasks[generation.id] = generation.task
            images.setdefault(generation.id, []).extend([] if image is None else [self._small(image)])
        return [Use(row_id, task, images[row_id]) for row_id, task in tasks.items()]

    def _small(self, row: Image | Upload) -> SmallView:
        return SmallView(
            id=row.id,
            thumbnail_url=self._views.thumbnail(row),
            thumbhash=row.thumbhash or "",
            width_px=row.width_px or 0,
            height_px=row.height_px or 0,
        )


async def _tell(work: UnitOfWork, actor: Actor, image_id: UUID) -> None:
    await work.notify(actor.user_id, "image", image_id)
    if await work.boards.any_shown([image_id]):
        await work.notify(None, "image", None)
