"""What screens and API show of a generation and an image: plain values, without anything internal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from synthlabel.db.repositories.marks import ImageFacts
from synthlabel.db.repositories.sources import Shown
from synthlabel.db.tables import Account, Generation, GenerationSource, Image, Upload
from synthlabel.domain.catalog import Catalog, Task
from synthlabel.domain.generation import TERMINAL, GenerationStatus
from synthlabel.domain.pace import Outlook
from synthlabel.domain.trash import KEPT_IN_TRASH
from synthlabel.errors import FieldError, NotFoundError
from synthlabel.ports import ObjectStorage

LOG_LINES_SHOWN = 20
THUMBNAIL_PX = 320
"""The longer side that the thumbnail in a grid has at least, if there is one so large."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AccountView:
    id: UUID
    email: str
    name: str
    role: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ImageView:
    """An image. The addresses are signed and expire: they are made anew each time a view is."""

    id: UUID
    generation_id: UUID
    index: int
    prompt: str
    negative_prompt: str
    model: str
    model_name: str
    params: Mapping[str, Any]
    seed: int
    width_px: int
    height_px: int
    size_bytes: int
    sha256: str
    content_type: str
    thumbhash: str
    filtered: bool
    task: str
    loras: Sequence[Mapping[str, Any]]
    """``{"id", "name", "weight"}`` as they were when it was asked for."""
    template: str | None
    owner_id: UUID
    owner_name: str
    is_mine: bool
    rating: int | None
    """The viewer's own, 1 to 5."""
    rating_mean: float | None
    rating_count: int
    favorite: bool
    """Of the viewer."""
    tags: Sequence[str]
    price_micros: int
    """This image's share of what its generation cost."""
    created_at: datetime
    trashed_at: datetime | None
    purge_at: datetime | None
    """When it is deleted for good, if it stays in the trash."""
    url: str
    download_url: str
    thumbnails: Mapping[int, str]
    """Addresses of WebP thumbnails by their longer side in pixels, ascending."""


@dataclass(frozen=True, slots=True)
class OwnerView:
    id: UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class GenerationError:
    code: str
    message: str
    retryable: bool
    fields: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class GenerationSourceView:
    """An image that went into a generation. Without a thumbnail it is gone, or not for the viewer's eyes any more."""

    position: int
    image_id: UUID | None
    upload_id: UUID | None
    width_px: int
    height_px: int
    thumbnail_url: str | None
    thumbhash: str | None


@dataclass(frozen=True, slots=True)
class GenerationView:
    id: UUID
    status: GenerationStatus
    prompt: str
    negative_prompt: str
    model: str
    model_name: str
    params: Mapping[str, Any]
    seed: int
    width_px: int
    height_px: int
    count: int
    price_micros: int
    price_formula: str
    charged_micros: int | None
    queue_position: int | None
    """Requests ahead, from 0: of the person's own while it waits here, of everybody's once it is at the provider."""
    progress: float | None
    """0 to 1."""
    phase: str | None
    log: Sequence[str]
    cancel_requested: bool
    error: GenerationError | None
    provider_message: str | None
    retry_of: UUID | None
    created_at: datetime
    submitted_at: datetime | None
    finished_at: datetime | None
    # With defaults from here on: answers that are kept for their Idempotency-Key may be of an older version.
    task: Task = Task.GENERATE
    batch_id: UUID | None = None
    """The same for all that were asked for with one press of the button."""
    template: str | None = None
    """What the prompt was made of, if it was."""
    loras: Sequence[Mapping[str, Any]] = ()
    sources: Sequence[GenerationSourceView] = ()
    output_text: str | None = None
    """What a model answered that gives words instead of images."""
    images: Sequence[ImageView] = field(default=())
    outlook: Outlook = field(default=Outlook())
    owner: OwnerView | None = None
    """Whose it is, where that is asked for."""

    @property
    def finished(self) -> bool:
        return self.status in TERMINAL


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list, and the cursor at which the next one starts; None on the last page."""

    items: Sequence[T]
    next_cursor: str | None


class Views:
    """Makes views of rows."""

    def __init__(self, catalog: Catalog, storage: ObjectStorage, *, api_url: str) -> None:
        self._catalog = catalog
        self._storage = storage
        self._api_url = api_url

    def account(self, row: Account) -> AccountView:
        return AccountView(id=row.id, email=row.email, name=row.name, role=row.role, created_at=row.created_at)

    def generation(
        self,
        row: Generation,
        images: Sequence[Image] = (),
        *,
        queue_position: int | None = None,
        outlook: Outlook | None = None,
        facts: Mapping[UUID, ImageFacts] | None = None,
        sources: Sequence[Shown] = (),
    ) -> GenerationView:
        return GenerationView(
            id=row.id,
            task=Task(row.task),
            status=GenerationStatus(row.status),
            prompt=row.prompt,
            negative_prompt=row.negative_prompt,
            model=row.model,
            model_name=self._model_name(row.model),
            params=row.params,
            seed=row.seed,
            width_px=row.width_px,
            height_px=row.height_px,
            count=row.count,
            price_micros=row.price_micros,
            price_formula=row.price_formula,
            charged_micros=row.charged_micros,
            queue_position=row.queue_position if queue_position is None else queue_position,
            progress=row.progress,
            phase=row.phase,
            log=row.log[-LOG_LINES_SHOWN:],
            cancel_requested=row.cancel_requested_at is not None,
            error=_error(row),
            provider_message=row.provider_message,
            retry_of=row.retry_of,
            batch_id=row.batch_id,
            template=row.template,
            loras=row.loras,
            sources=[self._source(*source) for source in sources],
            output_text=row.output_text,
            created_at=row.created_at,
            submitted_at=row.submitted_at,
            finished_at=row.finished_at,
            images=[self.image(image, row, (facts or {}).get(image.id)) for image in images],
            outlook=outlook or Outlook(),
        )

    def image(self, row: Image, generation: Generation, facts: ImageFacts | None = None) -> ImageView:
        """Without facts it is the owner's, who has made nothing of it yet: as it is when it is new."""
        seen = facts or ImageFacts(owner_id=row.account_id, owner_name="", is_mine=True)
        return ImageView(
            id=row.id,
            generation_id=row.generation_id,
            index=row.index,
            prompt=row.prompt or generation.prompt,
            negative_prompt=generation.negative_prompt,
            model=generation.model,
            model_name=self._model_name(generation.model),
            params=generation.params,
            seed=row.seed,
            width_px=row.width_px,
            height_px=row.height_px,
            size_bytes=row.size_bytes,
            sha256=row.sha256,
            content_type=row.content_type,
            thumbhash=row.thumbhash,
            filtered=row.filtered,
            task=generation.task,
            loras=generation.loras,
            template=generation.template,
            owner_id=seen.owner_id,
            owner_name=seen.owner_name,
            is_mine=seen.is_mine,
            rating=seen.rating,
            rating_mean=seen.rating_mean,
            rating_count=seen.rating_count,
            favorite=seen.favorite,
            tags=seen.tags,
            price_micros=_share(generation, row.index),
            created_at=row.created_at,
            trashed_at=row.trashed_at,
            purge_at=None if row.trashed_at is None else row.trashed_at + KEPT_IN_TRASH,
            url=self._storage.url(row.storage_key),
            download_url=f"{self._api_url}/api/v1/images/{row.id}/file",
            thumbnails=self._thumbnails(row),
        )

    def _source(self, row: GenerationSource, shown: Image | Upload | None) -> GenerationSourceView:
        return GenerationSourceView(
            position=row.position,
            image_id=row.image_id if shown is not None else None,
            upload_id=row.upload_id if shown is not None else None,
            width_px=row.width_px,
            height_px=row.height_px,
            thumbnail_url=None if shown is None else self.thumbnail(shown),
            thumbhash=None if shown is None else shown.thumbhash,
        )

    def thumbnail(self, row: Image | Upload) -> str:
        """Return the address of the smallest thumbnail that fills a grid's cell; of the file if there is none."""
        return smallest_filling(self._thumbnails(row)) or self._storage.url(row.storage_key)

    def _thumbnails(self, row: Image | Upload) -> dict[int, str]:
        sizes = sorted(row.thumbnail_keys.items(), key=lambda item: int(item[0]))
        return {int(size): self._storage.url(key) for size, key in sizes}

    def _model_name(self, model_id: str) -> str:
        try:
            return self._catalog.get_model(model_id).name
        except NotFoundError:
            return model_id  # a model that the catalogue has dropped since


def smallest_filling(thumbnails: Mapping[int, str]) -> str | None:
    """Return the smallest thumbnail that is large enough for a grid; the largest if none is, None without any."""
    fitting = [url for size, url in thumbnails.items() if size >= THUMBNAIL_PX]
    return next(iter(fitting or [*thumbnails.values()][-1:]), None)


def _share(generation: Generation, index: int) -> int:
    """Return what one image cost, in micro-dollars. The first one bears the remainder, so that the shares add up."""
    cost = generation.price_micros if generation.charged_micros is None else generation.charged_micros
    share, remainder = divmod(cost, generation.count)
    return share + remainder if index == 0 else share


def _error(row: Generation) -> GenerationError | None:
    if row.error_code is None:
        return None
    return GenerationError(
        code=row.error_code,
        message=row.error_message or "",
        retryable=row.error_retryable,
        fields=tuple(FieldError(item["field"], item["message"]) for item in row.error_fields),
    )
