"""What clients send. Unknown fields and parameters are refused by name, never ignored."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat

from synthlabel.domain.catalog import Task
from synthlabel.domain.gallery_query import MAX_MODEL_CHARS, MAX_SIDE_PX, MAX_STORED_SEED
from synthlabel.domain.generation import GenerationSpec, LoraChoice
from synthlabel.domain.money import MICROS_PER_USD
from synthlabel.services.gallery import ImageFilter, Scope

MAX_LORAS = 20
MAX_SOURCES = 20


def _without_nul(text: str) -> str:
    return text.replace("\x00", "")


def plain_params(value: object) -> object:
    """Drop what the database cannot hold. The service says what is wrong with the rest."""
    if not isinstance(value, dict):
        return value
    return {_storable(name): _storable(item) for name, item in value.items()}


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, int) and abs(value) > 2**63:
        return float("inf")  # beyond every range, and beyond what arithmetic on floats survives
    if isinstance(value, list | dict):
        return []  # as wrong as whatever is in it, which may be nested too deep to be looked at
    return value


WholeNumber = Annotated[int, Field(strict=True)]
Text = Annotated[str, AfterValidator(_without_nul)]
Words = Annotated[str, Field(max_length=1000), AfterValidator(_without_nul)]
Rating = Annotated[int, Field(ge=1, le=5)]
Limit = Annotated[int, Field(ge=1, le=200, description="How many items a page has at most.")]
Cursor = Annotated[str | None, Field(description="The `next_cursor` of the page before.")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PricedBody(Body):
    """Asks for what costs money."""

    max_price_usd: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9]{1,7}(\.[0-9]{1,6})?$",
            description="What it may cost at most, all together. If it costs more, nothing is requested, and the "
            "answer is 409 with the code `price_changed` and the price of now in its detail.",
            examples=["0.012"],
        ),
    ] = None

    @property
    def max_price_micros(self) -> int | None:
        return None if self.max_price_usd is None else int(Decimal(self.max_price_usd) * MICROS_PER_USD)


class Registration(Body):
    email: Annotated[str, Field(examples=["ada@example.com"])]
    password: Annotated[str, Field(description="8 to 128 characters.")]
    name: str


class Credentials(Body):
    email: Annotated[str, Field(examples=["ada@example.com"])]
    password: str


class Renaming(Body):
    name: str


class Lora(Body):
    model_id: str
    weight: FiniteFloat = 1.0


class GenerationRequest(PricedBody):
    """What to make. Fields that are left out take the model's defaults."""

    prompt: str
    model: Annotated[str, Field(description="A model's id from `GET /catalog`.")]
    width: Annotated[WholeNumber | None, Field(description="In pixels.")] = None
    height: Annotated[WholeNumber | None, Field(description="In pixels.")] = None
    count: Annotated[WholeNumber, Field(description="How many images.")] = 1
    seed: Annotated[WholeNumber | None, Field(description="0 to 2147483647; drawn at random if left out.")] = None
    negative_prompt: str = ""
    params: Annotated[
        dict[str, Any], BeforeValidator(plain_params), Field(description="The model's own inputs, by name.")
    ] = {}
    loras: Annotated[list[Lora], Field(max_length=MAX_LORAS, description="Ids of `GET /loras`.")] = []
    source_image_ids: Annotated[
        list[str], Field(max_length=MAX_SOURCES, description="Images or uploads, for models that take any.")
    ] = []
    source_image_id: Annotated[str | None, Field(description="The same for a single one.")] = None

    def spec(self) -> GenerationSpec:
        return GenerationSpec(
            prompt=self.prompt,
            model=self.model,
            width_px=self.width,
            height_px=self.height,
            count=self.count,
            seed=self.seed,
            negative_prompt=self.negative_prompt,
            params=self.params,
            loras=tuple(LoraChoice(item.model_id, item.weight) for item in self.loras),
            sources=tuple(self.source_image_ids or ([self.source_image_id] if self.source_image_id else [])),
        )


class ImageFields(Body):
    """Which images: all that is named must hold."""

    scope: Annotated[Scope, Field(description="Your own, those that others show to the team, or both.")] = Scope.MINE
    q: Annotated[Words, Field(description='Words or their beginnings, and "phrases as they stand".')] = ""
    model: Annotated[
        list[Annotated[Words, Field(max_length=MAX_MODEL_CHARS)]],
        Field(max_length=50, description="Of one of these models; may be repeated."),
    ] = []
    tag: Annotated[list[Words], Field(max_length=50, description="With all of these tags; may be repeated.")] = []
    rating: Annotated[Rating | None, Field(description="Exactly so many stars of yours.")] = None
    rating_gte: Annotated[Rating | None, Field(description="So many stars of yours or more.")] = None
    unrated: Annotated[bool, Field(description="Only those to which you gave no stars.")] = False
    favorite: Annotated[bool, Field(description="Only your favourites.")] = False
    board: Annotated[UUID | None, Field(description="On this board.")] = None
    seed: Annotated[int | None, Field(ge=0, le=MAX_STORED_SEED, description="Made with this seed.")] = None
    by: Annotated[Words | None, Field(description="The owner's id or email, or how their name begins.")] = None
    width: Annotated[int | None, Field(ge=0, le=MAX_SIDE_PX, description="In pixels.")] = None
    height: Annotated[int | None, Field(ge=0, le=MAX_SIDE_PX, description="In pixels.")] = None
    task: Annotated[Task | None, Field(description="How they were made.")] = None
    created_after: AwareDatetime | None = None
    created_before: AwareDatetime | None = None
    trashed: Annotated[bool, Field(description="The images in the trash instead of the others.")] = False

    def filter(self) -> ImageFilter:
        return ImageFilter(
            scope=self.scope,
            q=self.q,
            models=tuple(dict.fromkeys(self.model)),
            tags=tuple(dict.fromkeys(" ".join(tag.split()).lower() for tag in self.tag)),
            rating=self.rating,
            rating_gte=self.rating_gte,
            unrated=self.unrated,
            favorite=self.favorite,
            board=self.board,
            seed=self.seed,
            by=self.by,
            width_px=self.width,
            height_px=self.height,
            task=self.task,
            created_after=self.created_after,
            created_before=self.created_before,
            trashed=self.trashed,
        )


class ImageQuery(ImageFields):
    limit: Limit = 50
    cursor: Cursor = None
