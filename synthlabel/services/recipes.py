"""Reading how a picture was made out of its file."""

import asyncio
from collections.abc import Callable

from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.catalog import Catalog
from synthlabel.domain.imported_recipes import read_recipe
from synthlabel.domain.restoration import KnownLora, Restoration, restore
from synthlabel.ports import PictureMarks

MAX_FILE_BYTES = 40 * 1024 * 1024


class RecipeReader:
    def __init__(self, uow: Callable[[], UnitOfWork], catalog: Catalog, marks: PictureMarks) -> None:
        self._uow = uow
        self._catalog = catalog
        self._marks = marks

    async def read(self, actor: Actor, data: bytes, *, current_model: str | None = None) -> Restoration:
        """Return which settings a picture's file restores and which it can't, and why. The file is not kept.

        ``current_model`` is the model of the form, for files whose own model is not in the catalogue. Raises
        InvalidInputError if it is no PNG, JPEG or WebP picture.
        """
        found = await asyncio.to_thread(lambda: read_recipe(self._marks.texts(data)))
        library = await self._library(actor) if found.loras else ()
        return restore(found, self._catalog, current_model=current_model, library=library)

    async def _library(self, actor: Actor) -> list[KnownLora]:
        async with self._uow() as work:
            rows = await work.loras.list_own(actor.user_id)
        return [KnownLora(row.id, row.name, row.family) for row in rows]
