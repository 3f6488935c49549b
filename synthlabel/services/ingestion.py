"""Bringing images home: download, check by decoding, hash, thumbnail, store under fixed keys; only then is it done.

Everything here is safe to repeat: objects are written under deterministic keys, rows are inserted once.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from typing import Any
from uuid import UUID

from synthlabel.db.tables import Generation, Image
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.catalog import Catalog, Task
from synthlabel.domain.generation import MAX_SEED, GenerationStatus, advance
from synthlabel.domain.sizes import USUAL_RESULT_BYTES, max_result_bytes
from synthlabel.domain.text import storable_text
from synthlabel.errors import (
    DatabaseUnavailableError,
    InvalidInputError,
    NotFoundError,
    ProviderRefusedError,
    ProviderUnavailableError,
    StorageError,
)
from synthlabel.logs import get_logger
from synthlabel.ports import (
    ImageProvider,
    ObjectStorage,
    Output,
    OutputImage,
    PictureFacts,
    PictureInspector,
    Submission,
)
from synthlabel.services.outcome import DISPATCH, finish

MAX_TEXT_CHARS = 10_000
TRIES = 5
"""How often a fault of our own while taking an image in is met before the generation fails."""

log = get_logger(__name__)


class Ingestion:
    def __init__(
        self,
        uow: Callable[[], UnitOfWork],
        catalog: Catalog,
        provider: ImageProvider,
        storage: ObjectStorage,
        inspector: PictureInspector,
    ) -> None:
        self._uow = uow
        self._catalog = catalog
        self._provider = provider
        self._storage = storage
        self._inspector = inspector
        self._large = asyncio.Lock()

    async def begin(self, row: Generation, output: Output) -> None:
        """Note that the provider has made the images, then bring them home. Safe to repeat."""
        await self._note_output(row.id, output)
        await self._ingest(row, output)

    async def resume(self, row: Generation) -> None:
        """Go on with what was begun, here or in a process that died. Safe to repeat."""
        await self._ingest(row, await self._output(row))

    async def _note_output(self, generation_id: UUID, output: Output) -> None:
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is None or row.status not in (GenerationStatus.SUBMITTED, GenerationStatus.RUNNING):
                return
            row.status = advance(GenerationStatus(row.status), GenerationStatus.INGESTING)
            row.queue_position = None
            row.phase, row.progress = "saving", 1.0
            row.misses = 0
            row.output = _stored(output)
            await work.flush()
            await work.notify(row.account_id, "generation", row.id)
            await work.enqueue(DISPATCH)  # its place at the provider is free
            await work.commit()

    async def _ingest(self, row: Generation, output: Output) -> None:
        try:
            if not _is_answered_in_words(row, output):
                await self._store_all(row, output.images, seed=_first_seed(row, output))
        except ProviderRefusedError as error:
            if error.code == "output_gone" and not row.output_renewed:
                await self._renew_output(row, output, error)
                return
            await self._end(row.id, output, error)
        except InvalidInputError as error:
            refused = ProviderRefusedError(
                "The provider sent a file that is not a proper image.", code="bad_output", detail=str(error)
            )
            await self._end(row.id, output, refused)
        except (ProviderUnavailableError, StorageError, DatabaseUnavailableError):
            raise
        except Exception as error:
            log.exception("an image can't be taken in", generation_id=str(row.id))
            if row.misses < TRIES:
                raise StorageError("An image can't be saved now; trying again.") from error
            refused = ProviderRefusedError("An image can't be read.", code="bad_output", detail=type(error).__name__)
            await self._end(row.id, output, refused)
        else:
            await self._end(row.id, output, None)

    async def _renew_output(self, row: Generation, expired: Output, gone: ProviderRefusedError) -> None:
        """The addresses have expired: ask for the result once more, which may bring new ones."""
        try:
            output = await self._provider.output(submission_of(row))
        except ProviderRefusedError:
            await self._end(row.id, expired, gone)
            return
        async with self._uow() as work:
            locked = await work.generations.lock(row.id)
            if locked is None or locked.status != GenerationStatus.INGESTING:
                return
            locked.output_renewed = True
            locked.output = _stored(output)
            await work.commit()
        row.output_renewed = True
        await self._ingest(row, output)

    async def _store_all(self, row: Generation, images: Sequence[OutputImage], *, seed: int) -> None:
        if not images:
            raise ProviderRefusedError("The provider sent no image.", code="no_output", retryable=True)
        async with self._uow() as work:
            stored = await work.images.list_of_generations([row.id])
        done = {image.index for image in stored.get(row.id, ())}
        missing = [(index, image) for index, image in enumerate(images) if index not in done]
        results = await asyncio.gather(
            *(self._store(row, index, image, seed=(seed + index) % (MAX_SEED + 1)) for index, image in missing),
            return_exceptions=True,
        )
        _raise_first([result for result in results if result is not None])

    async def _store(self, row: Generation, index: int, image: OutputImage, *, seed: int) -> None:
        max_bytes = max_result_bytes(row.width_px, row.height_px)
        # A very large one takes hundreds of megabytes of memory: one at a time
        async with self._large if max_bytes > USUAL_RESULT_BYTES else nullcontext():
            await self._take_in(row, index, image, seed=seed, max_bytes=max_bytes)

    async def _take_in(self, row: Generation, index: int, image: OutputImage, *, seed: int, max_bytes: int) -> None:
        data = await self._provider.download(image.url, max_bytes=max_bytes)
        facts = await self._inspector.inspect(data)
        prefix = f"users/{row.account_id}/generations/{row.id}/{index}"
        key = f"{prefix}.{facts.extension}"
        thumbnail_keys = {str(size): f"{prefix}.{size}.webp" for size in facts.thumbnails}
        await self._storage.put(key, data, content_type=facts.content_type)
        for size, thumbnail in facts.thumbnails.items():
            await self._storage.put(thumbnail_keys[str(size)], thumbnail, content_type="image/webp")
        picture = _image_row(row, index, facts, key=key, seed=seed, size_bytes=len(data), filtered=image.filtered)
        picture.thumbnail_keys = thumbnail_keys
        async with self._uow() as work:
            await work.images.add_new(picture)
            await work.notify(row.account_id, "image", picture.id)
            await work.commit()

    async def _end(self, generation_id: UUID, output: Output, error: ProviderRefusedError | None) -> None:
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is None or row.status != GenerationStatus.INGESTING:
                return
            target = GenerationStatus.DONE if error is None else GenerationStatus.FAILED
            if error is None and output.text is not None:
                row.output_text = storable_text(output.text).strip()[:MAX_TEXT_CHARS]
            charged = self.charge(row, output.billable_units, default_micros=row.price_micros)
            await finish(work, row, target, charged_micros=charged, note="made by the provider", error=error)
            await work.commit()

    def charge(self, row: Generation, billable_units: float | None, *, default_micros: int) -> int:
        """Return what the provider bills in micro-dollars; the default where it does not say."""
        if billable_units is None:
            return default_micros
        try:
            model = self._catalog.get_model(row.model)
        except NotFoundError:
            return row.price_micros
        return model.charge_micros(billable_units, count=row.count, params=row.params)

    async def _output(self, row: Generation) -> Output:
        if row.output is not None:
            return Output(
                images=tuple(OutputImage(**image) for image in row.output["images"]),
                seed=row.output["seed"],
                billable_units=row.output["billable_units"],
                raw={},
                text=row.output.get("text"),
            )
        return await self._provider.output(submission_of(row))


def submission_of(row: Generation) -> Submission:
    """Return what the provider needs to know to find a stored request."""
    return Submission(
        endpoint=row.endpoint,
        request_id=row.request_id or "",
        status_url=row.status_url or "",
        response_url=row.response_url or "",
        cancel_url=row.cancel_url or "",
    )


def _stored(output: Output) -> dict[str, Any]:
    return {
        "images": [asdict(image) for image in output.images],
        "seed": output.seed,
        "billable_units": output.billable_units,
        "text": None if output.text is None else storable_text(output.text)[:MAX_TEXT_CHARS],
    }


def _is_answered_in_words(row: Generation, output: Output) -> bool:
    """True if a description has arrived. Raises ProviderRefusedError if it was asked for and is empty."""
    if row.task != Task.DESCRIBE:
        return False
    if not (output.text or "").strip():
        raise ProviderRefusedError("The provider sent no description.", code="no_output", retryable=True)
    return True


def _first_seed(row: Generation, output: Output) -> int:
    return row.seed if output.seed is None else output.seed


def _image_row(
    row: Generation, index: int, facts: PictureFacts, *, key: str, seed: int, size_bytes: int, filtered: bool
) -> Image:
    return Image(
        account_id=row.account_id,
        generation_id=row.id,
        prompt=row.prompt,
        model=row.model,
        task=row.task,
        index=index,
        storage_key=key,
        content_type=facts.content_type,
        width_px=facts.width_px,
        height_px=facts.height_px,
        size_bytes=size_bytes,
        sha256=facts.sha256,
        thumbhash=facts.thumbhash,
        seed=seed,
        filtered=filtered,
    )


def _raise_first(errors: Sequence[BaseException]) -> None:
    """Raise what may pass by waiting before what will not: the rest of the images may still come."""
    for error in sorted(errors, key=lambda error: isinstance(error, ProviderRefusedError | InvalidInputError)):
        raise error
