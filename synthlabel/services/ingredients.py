"""Looking up what a request names: source images and LoRAs. Hostile ids end here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from synthlabel.db.tables import GenerationSource, Image, Upload
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.catalog import SourceSize
from synthlabel.domain.generation import GenerationSpec, Ingredients, LoraWeights
from synthlabel.errors import FieldError, InvalidInputError

SOURCES = "source_image_ids"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found for a request: the rows of its sources, without their generation, and its LoRAs."""

    sources: Sequence[Mapping[str, Any]] = ()
    loras: tuple[LoraWeights, ...] = ()

    @property
    def ingredients(self) -> Ingredients:
        sizes = tuple(SourceSize(source["width_px"], source["height_px"]) for source in self.sources)
        return Ingredients(sizes, self.loras)

    def source_rows(self, generation_id: UUID) -> Sequence[GenerationSource]:
        return [
            GenerationSource(generation_id=generation_id, position=position, **source)
            for position, source in enumerate(self.sources)
        ]


async def gather(work: UnitOfWork, actor: Actor, spec: GenerationSpec) -> Gathered:
    """Look up the images that the person sees or has uploaded, and their LoRAs.

    Raises InvalidInputError for what is not there, is in the trash, or is somebody else's.
    """
    return Gathered(await _sources(work, actor, spec.sources), await _loras(work, actor, spec))


async def _sources(work: UnitOfWork, actor: Actor, ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    wanted = [_id(text, SOURCES, "There is no such image.") for text in ids]
    if not wanted:
        return ()
    await work.sources.hold(wanted)
    images = {
        image.id: _of_image(image)
        for image, _ in await work.images.list_visible(actor.user_id, wanted)
        if image.trashed_at is None and not image.filtered
    }
    missing = [row_id for row_id in wanted if row_id not in images]
    uploads = {row.id: _of_upload(row) for row in await work.uploads.list_ready(actor.user_id, missing)}
    found = {**images, **uploads}
    for number, row_id in enumerate(wanted, 1):
        if row_id not in found:
            raise InvalidInputError(FieldError(SOURCES, f"Source image {number} is not there, or it is in the trash."))
    return [found[row_id] for row_id in wanted]


async def _loras(work: UnitOfWork, actor: Actor, spec: GenerationSpec) -> tuple[LoraWeights, ...]:
    if not spec.loras:
        return ()
    wanted = {choice.model_id: _id(choice.model_id, "loras", "There is no such LoRA.") for choice in spec.loras}
    if len(wanted) < len(spec.loras):
        raise InvalidInputError(FieldError("loras", "Use each LoRA once."))
    rows = {row.id: row for row in await work.loras.list_usable(actor.user_id, wanted.values())}
    if any(row_id not in rows for row_id in wanted.values()):
        raise InvalidInputError(FieldError("loras", "There is no such LoRA."))
    return tuple(
        LoraWeights(
            id=str(row.id),
            name=row.name,
            family=row.family,
            trigger_word=row.trigger_word,
            url=row.url,
            weight=choice.weight,
        )
        for choice in spec.loras
        for row in (rows[wanted[choice.model_id]],)
    )


def _of_image(image: Image) -> Mapping[str, Any]:
    return {
        "image_id": image.id,
        "storage_key": image.storage_key,
        "content_type": image.content_type,
        "width_px": image.width_px,
        "height_px": image.height_px,
    }


def _of_upload(upload: Upload) -> Mapping[str, Any]:
    return {
        "upload_id": upload.id,
        "storage_key": upload.storage_key,
        "content_type": upload.content_type,
        "width_px": upload.width_px,
        "height_px": upload.height_px,
    }


def _id(text: str, field: str, message: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInputError(FieldError(field, message)) from None
