"""What clients send. Unknown fields and parameters are refused by name, never ignored."""

from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat

from synthlabel.domain.generation import GenerationSpec, GenerationStatus, LoraChoice
from synthlabel.services.gallery import ImageFilter

MAX_LORAS = 20


def _without_nul(text: str) -> str:
    return text.replace("\x00", "")


def _plain_params(value: object) -> object:
    """Drop what the database cannot hold. The service says what is wrong with the rest."""
    if not isinstance(value, dict):
        return value
    return {_storable(name): _storable(item) for name, item in value.items()}


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, int) and abs(value) > 2**63:
        return float("inf")  # beyond every range, and beyond what arithmetic on floats survives
    return value


WholeNumber = Annotated[int, Field(strict=True)]
Text = Annotated[str, AfterValidator(_without_nul)]
Limit = Annotated[int, Field(ge=1, le=200, description="How many items a page has at most.")]
Cursor = Annotated[str | None, Field(description="The `next_cursor` of the page before.")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


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


class GenerationRequest(Body):
    """What to make. Fields that are left out take the model's defaults."""

    prompt: str
    model: Annotated[str, Field(description="A model's id from `GET /catalog`.")]
    width: Annotated[WholeNumber | None, Field(description="In pixels.")] = None
    height: Annotated[WholeNumber | None, Field(description="In pixels.")] = None
    count: Annotated[WholeNumber, Field(description="How many images.")] = 1
    seed: Annotated[WholeNumber | None, Field(description="0 to 2147483647; drawn at random if left out.")] = None
    negative_prompt: str = ""
    params: Annotated[
        dict[str, Any], BeforeValidator(_plain_params), Field(description="The model's own inputs, by name.")
    ] = {}
    loras: Annotated[list[Lora], Field(max_length=MAX_LORAS)] = []
    source_image_id: str | None = None

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
            source_image_id=self.source_image_id,
        )


class GenerationQuery(Body):
    status: Annotated[list[GenerationStatus], Field(description="Only these; may be repeated.")] = []
    limit: Limit = 50
    cursor: Cursor = None


class ImageQuery(Body):
    model: Annotated[Text | None, Field(description="Only images of this model.")] = None
    created_after: AwareDatetime | None = None
    created_before: AwareDatetime | None = None
    trashed: Annotated[bool, Field(description="The images in the trash instead of the others.")] = False
    limit: Limit = 50
    cursor: Cursor = None

    def filter(self) -> ImageFilter:
        return ImageFilter(
            model=self.model,
            created_after=self.created_after,
            created_before=self.created_before,
            trashed=self.trashed,
        )
