"""What clients get. Money is a decimal string in US dollars, times are RFC 3339 in UTC, sizes are pixels."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, Field

from synthlabel.domain.catalog import Catalog, CatalogModel, FieldType, FieldValue, PriceUnit, Quote, Task
from synthlabel.domain.generation import GenerationStatus
from synthlabel.domain.money import usd_string
from synthlabel.domain.pace import Trend
from synthlabel.services.accounts import AccessToken
from synthlabel.services.gallery import Found
from synthlabel.services.views import (
    AccountView,
    GenerationError,
    GenerationSourceView,
    GenerationView,
    ImageView,
    OwnerView,
    Page,
    smallest_filling,
)

Time = Annotated[datetime, AfterValidator(lambda value: value.astimezone(UTC))]
T = TypeVar("T")
Usd = Annotated[str, Field(pattern=r"^\d+(\.\d+)?$", examples=["0.012"])]


class Everything(BaseModel, Generic[T]):
    """A list that is short enough to be sent as one page."""

    items: list[T]
    next_cursor: None = None


class User(BaseModel):
    id: str
    email: str
    name: str
    role: str
    created_at: Time

    @classmethod
    def of(cls, view: AccountView) -> Self:
        return cls(id=str(view.id), email=view.email, name=view.name, role=view.role, created_at=view.created_at)


class Token(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: Annotated[int, Field(description="In seconds.")]

    @classmethod
    def of(cls, token: AccessToken) -> Self:
        return cls(access_token=token.token, expires_in=token.expires_in_s)


# --- the catalogue --------------------------------------------------------------------------------------------------


class Input(BaseModel):
    """One input of a model, for `params`."""

    name: str
    label: str
    type: FieldType
    default: FieldValue | None
    minimum: float | None
    maximum: float | None
    step: float | None
    options: list[str]
    help: str


class ModelPrice(BaseModel):
    unit: PriceUnit
    unit_usd: Usd
    formula: str
    as_of: str
    source: str


class Size(BaseModel):
    label: str
    width: int
    height: int


class ModelSize(BaseModel):
    """`pixels` takes any size within the limits, `ratio` the nearest of the listed ones, `source` that of its image."""

    kind: Literal["pixels", "ratio", "source"]
    default: Size
    ratios: list[Size]
    min_side: int
    max_side: int
    multiple: int
    max_pixels: int | None


class ImageInput(BaseModel):
    """How many source images it takes, and the inputs that it has only with them."""

    min: int
    max: int
    has_strength: bool
    keeps_size: Annotated[bool, Field(description="Whether the result has the source's size.")]
    fields: list[Input]


class LoraLimits(BaseModel):
    family: Annotated[str, Field(description="Only LoRAs made for it fit.")]
    max_count: int
    min_weight: float
    max_weight: float


class Model(BaseModel):
    id: str
    task: Task
    name: str
    description: str
    licence: str
    provider: str
    endpoint: Annotated[str, Field(description="The provider's own name for it.")]
    size: ModelSize
    max_images: Annotated[int, Field(description="The largest `count`.")]
    max_prompt_chars: int
    negative_prompt: Annotated[bool, Field(description="Whether it takes one.")]
    loras: Annotated[LoraLimits | None, Field(description="Null if it takes none.")]
    family: Annotated[str | None, Field(description="Of the LoRAs that fit.")]
    image_input: Annotated[ImageInput | None, Field(description="Null if it takes no source images.")]
    fields: list[Input]
    price: ModelPrice

    @classmethod
    def of(cls, model: CatalogModel) -> Self:
        return cls(
            id=model.id,
            task=model.task,
            name=model.name,
            description=model.description,
            licence=model.licence,
            provider=model.provider,
            endpoint=model.endpoint,
            size=_model_size(model),
            max_images=model.max_images,
            max_prompt_chars=model.max_prompt_chars,
            negative_prompt=model.negative_prompt,
            loras=_lora_limits(model),
            family=None if model.loras is None else model.loras.family,
            image_input=_image_input(model),
            fields=[Input.model_validate(item, from_attributes=True) for item in model.fields],
            price=ModelPrice(
                unit=model.price.unit,
                unit_usd=f"{model.price.usd:f}",
                formula=model.price.formula,
                as_of=model.price.as_of,
                source=model.price.source,
            ),
        )


class Trainer(BaseModel):
    id: str
    name: str


class ModelCatalog(BaseModel):
    models: list[Model]
    tools: Annotated[list[Model], Field(description="What is done to an image: `POST /images/{id}/tools/{task}`.")]
    trainers: list[Trainer]

    @classmethod
    def of(cls, catalog: Catalog) -> Self:
        return cls(
            models=[Model.of(model) for model in catalog.models],
            tools=[Model.of(tool) for tool in catalog.tools],
            trainers=[],
        )


def _model_size(model: CatalogModel) -> ModelSize:
    rule = model.size
    ratios = [Size(label=ratio.label, width=ratio.width_px, height=ratio.height_px) for ratio in rule.ratios]
    return ModelSize(
        kind=rule.kind,
        default=next(size for size in ratios if size.label == rule.default.label),
        ratios=ratios,
        min_side=rule.min_side_px,
        max_side=rule.max_side_px,
        multiple=rule.multiple_px,
        max_pixels=rule.max_pixels,
    )


def _image_input(model: CatalogModel) -> ImageInput | None:
    rule = model.image_input
    if rule is None:
        return None
    return ImageInput(
        min=int(rule.required),
        max=rule.max_images,
        has_strength=rule.strength is not None,
        keeps_size=rule.size == "source" and rule.scale_field is None,
        fields=[Input.model_validate(item, from_attributes=True) for item in rule.fields],
    )


def _lora_limits(model: CatalogModel) -> LoraLimits | None:
    return None if model.loras is None else LoraLimits.model_validate(model.loras, from_attributes=True)


# --- images and generations -----------------------------------------------------------------------------------------


class Owner(BaseModel):
    id: str
    name: str


class Image(BaseModel):
    """An image. Its addresses are signed and expire: read it again for new ones."""

    id: str
    generation_id: str
    index: int
    prompt: str
    negative_prompt: str
    model: str
    model_name: str
    params: dict[str, Any]
    seed: int
    width: int
    height: int
    size_bytes: int
    sha256: str
    content_type: str
    thumbhash: str
    filtered: Annotated[bool, Field(description="True if the provider blanked it.")]
    price_usd: Annotated[Usd, Field(description="Its share of what the generation cost.")]
    task: str
    loras: list[dict[str, Any]]
    template: Annotated[str | None, Field(description="What the prompt was made of, with its alternatives.")]
    owner: Owner
    is_mine: bool
    rating: Annotated[int | None, Field(description="Your own, 1 to 5.")]
    rating_mean: float | None
    rating_count: int
    favorite: Annotated[bool, Field(description="Whether it is one of yours.")]
    tags: list[str]
    url: str
    download_url: str
    thumbnail_url: str
    thumbnails: Annotated[dict[str, str], Field(description="By the longer side in pixels.")]
    created_at: Time
    trashed_at: Time | None
    purge_at: Annotated[Time | None, Field(description="When it is deleted for good, if it stays in the trash.")]

    @classmethod
    def of(cls, view: ImageView) -> Self:
        return cls(
            id=str(view.id),
            generation_id=str(view.generation_id),
            index=view.index,
            prompt=view.prompt,
            negative_prompt=view.negative_prompt,
            model=view.model,
            model_name=view.model_name,
            params=dict(view.params),
            seed=view.seed,
            width=view.width_px,
            height=view.height_px,
            size_bytes=view.size_bytes,
            sha256=view.sha256,
            content_type=view.content_type,
            thumbhash=view.thumbhash,
            filtered=view.filtered,
            price_usd=usd_string(view.price_micros),
            task=view.task,
            loras=[dict(lora) for lora in view.loras],
            template=view.template,
            owner=Owner(id=str(view.owner_id), name=view.owner_name),
            is_mine=view.is_mine,
            rating=view.rating,
            rating_mean=view.rating_mean,
            rating_count=view.rating_count,
            favorite=view.favorite,
            tags=list(view.tags),
            url=view.url,
            download_url=view.download_url,
            thumbnail_url=smallest_filling(view.thumbnails) or view.url,
            thumbnails={str(size): url for size, url in view.thumbnails.items()},
            created_at=view.created_at,
            trashed_at=view.trashed_at,
            purge_at=view.purge_at,
        )


class ImagePage(BaseModel):
    items: list[Image]
    next_cursor: str | None
    as_of: Annotated[Time, Field(description="When this was read: bounds a selection by the same filter.")]

    @classmethod
    def of(cls, page: Found) -> Self:
        items = [Image.of(view) for view in page.items]
        return cls(items=items, next_cursor=page.next_cursor, as_of=page.as_of)


class FailedField(BaseModel):
    field: str
    message: str


class Failure(BaseModel):
    """Why a generation failed or is unconfirmed."""

    code: str
    message: str
    retryable: bool
    fields: list[FailedField]

    @classmethod
    def of(cls, error: GenerationError) -> Self:
        fields = [FailedField(field=item.field, message=item.message) for item in error.fields]
        return cls(code=error.code, message=error.message, retryable=error.retryable, fields=fields)


class Requester(BaseModel):
    id: str
    name: str
    email: str

    @classmethod
    def of(cls, view: OwnerView) -> Self:
        return cls(id=str(view.id), name=view.name, email=view.email)


class GenerationSource(BaseModel):
    """An image that went into it. Nulls: it is gone, or not for your eyes any more."""

    position: int
    image_id: str | None
    upload_id: str | None
    width: int
    height: int
    thumbnail_url: str | None
    thumbhash: str | None

    @classmethod
    def of(cls, view: GenerationSourceView) -> Self:
        return cls(
            position=view.position,
            image_id=None if view.image_id is None else str(view.image_id),
            upload_id=None if view.upload_id is None else str(view.upload_id),
            width=view.width_px,
            height=view.height_px,
            thumbnail_url=view.thumbnail_url,
            thumbhash=view.thumbhash,
        )


class Generation(BaseModel):
    id: str
    task: Task
    status: GenerationStatus
    prompt: str
    negative_prompt: str
    model: str
    model_name: str
    params: dict[str, Any]
    seed: int
    width: int
    height: int
    count: int
    queue_position: Annotated[int | None, Field(description="Requests ahead, from 0.")]
    progress: Annotated[float | None, Field(description="0 to 1.")]
    phase: str | None
    log: list[str]
    cancel_requested: bool
    price_usd: Annotated[Usd, Field(description="What was set aside for it.")]
    price_formula: str
    charged_usd: Annotated[Usd | None, Field(description="What it cost in the end.")]
    error: Failure | None
    provider_message: str | None
    retry_of: str | None
    batch_id: Annotated[str | None, Field(description="The same for all that one press asked for.")]
    template: Annotated[str | None, Field(description="What the prompt was made of, if it was.")]
    loras: list[dict[str, Any]]
    sources: list[GenerationSource]
    output_text: Annotated[str | None, Field(description="What a model answered that gives words.")]
    owner: Annotated[Requester | None, Field(description="Whose it is, in an administrator's lists.")]
    expected_start_at: Annotated[Time | None, Field(description="Judged by the model's latest requests.")]
    expected_done_at: Time | None
    queue_trend: Annotated[Trend | None, Field(description="How the provider's line has changed since it joined.")]
    slow: Annotated[bool, Field(description="Whether it takes longer than usual.")]
    given_up_at: Annotated[
        Time | None, Field(description="When it is ended as failed; what had begun to run counts as spent.")
    ]
    images: list[Image]
    created_at: Time
    submitted_at: Time | None
    finished_at: Time | None

    @classmethod
    def of(cls, view: GenerationView) -> Self:
        return cls(
            id=str(view.id),
            task=view.task,
            status=view.status,
            prompt=view.prompt,
            negative_prompt=view.negative_prompt,
            model=view.model,
            model_name=view.model_name,
            params=dict(view.params),
            seed=view.seed,
            width=view.width_px,
            height=view.height_px,
            count=view.count,
            queue_position=view.queue_position,
            progress=view.progress,
            phase=view.phase,
            log=list(view.log),
            cancel_requested=view.cancel_requested,
            price_usd=usd_string(view.price_micros),
            price_formula=view.price_formula,
            charged_usd=None if view.charged_micros is None else usd_string(view.charged_micros),
            error=None if view.error is None else Failure.of(view.error),
            provider_message=view.provider_message,
            retry_of=None if view.retry_of is None else str(view.retry_of),
            batch_id=None if view.batch_id is None else str(view.batch_id),
            template=view.template,
            loras=[dict(lora) for lora in view.loras],
            sources=[GenerationSource.of(source) for source in view.sources],
            output_text=view.output_text,
            owner=None if view.owner is None else Requester.of(view.owner),
            expected_start_at=view.outlook.expected_start_at,
            expected_done_at=view.outlook.expected_done_at,
            queue_trend=view.outlook.queue_trend,
            slow=view.outlook.slow,
            given_up_at=view.outlook.given_up_at,
            images=[Image.of(image) for image in view.images],
            created_at=view.created_at,
            submitted_at=view.submitted_at,
            finished_at=view.finished_at,
        )


class GenerationPage(BaseModel):
    items: list[Generation]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page[GenerationView]) -> Self:
        return cls(items=[Generation.of(view) for view in page.items], next_cursor=page.next_cursor)


class Estimate(BaseModel):
    price_usd: Usd
    formula: str
    priced_at: Annotated[str, Field(description="The date of the price.")]

    @classmethod
    def of(cls, quote: Quote) -> Self:
        return cls(price_usd=quote.usd, formula=quote.formula, priced_at=quote.priced_at)
