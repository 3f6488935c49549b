"""What a person does with images: look, throw away, bring back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from synthlabel.db.repositories.images import ImageFilter
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.identifiers import parse_id
from synthlabel.domain.trash import KEPT_IN_TRASH
from synthlabel.ports import ObjectStorage
from synthlabel.services.generations import parse_cursor
from synthlabel.services.views import ImageView, Page, Views

__all__ = ["GalleryService", "ImageFilter"]


class GalleryService:
    def __init__(self, uow: Callable[[], UnitOfWork], views: Views, storage: ObjectStorage) -> None:
        self._uow = uow
        self._views = views
        self._storage = storage

    async def list_page(
        self, actor: Actor, wanted: ImageFilter | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[ImageView]:
        """Return a page of the person's images, newest first."""
        wanted = wanted or ImageFilter()
        if cursor is not None:
            wanted = replace(wanted, before=parse_cursor(cursor))
        async with self._uow() as work:
            rows = await work.images.list_page(actor.user_id, wanted, limit=limit + 1)
        items = [self._views.image(image, generation) for image, generation in rows[:limit]]
        return Page(items, str(items[-1].id) if len(rows) > limit else None)

    async def count(self, actor: Actor) -> int:
        """Return how many images the person has, without the trash."""
        async with self._uow() as work:
            return await work.images.count(actor.user_id)

    async def get(self, actor: Actor, image_id: str) -> ImageView:
        """Return one of the person's own images, also from the trash. Raises NotFoundError."""
        async with self._uow() as work:
            image, generation = await work.images.get(actor.user_id, parse_id(image_id, what="image"))
        return self._views.image(image, generation)

    async def read(self, actor: Actor, image_id: str) -> bytes:
        """Return the file of one of the person's own images. Raises NotFoundError."""
        async with self._uow() as work:
            image, _ = await work.images.get(actor.user_id, parse_id(image_id, what="image"))
        return await self._storage.get(image.storage_key)

    async def delete(self, actor: Actor, image_id: str) -> None:
        """Move an image to the trash. Raises NotFoundError. Safe to repeat."""
        row_id = parse_id(image_id, what="image")
        async with self._uow() as work:
            await work.images.trash(actor.user_id, row_id, now=datetime.now(UTC))
            await work.notify(actor.user_id, "image", row_id)
            await work.commit()

    async def restore(self, actor: Actor, image_id: str) -> None:
        """Bring an image back that went to the trash within the last 30 days. Raises NotFoundError. Safe to repeat."""
        row_id = parse_id(image_id, what="image")
        async with self._uow() as work:
            await work.images.restore(actor.user_id, row_id, trashed_after=datetime.now(UTC) - KEPT_IN_TRASH)
            await work.notify(actor.user_id, "image", row_id)
            await work.commit()
