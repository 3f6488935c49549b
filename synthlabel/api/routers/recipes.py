"""Reading how a picture was made out of its file."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.domain.imported_recipes import Source
from synthlabel.domain.restoration import Restoration
from synthlabel.services.recipes import MAX_FILE_BYTES

router = APIRouter(prefix="/recipes", tags=["recipes"])

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/png", "image/jpeg", "image/webp", "application/octet-stream")
        },
    }
}


class FoundLora(BaseModel):
    id: str
    name: str
    weight: float


class Settings(BaseModel):
    """Settings for `POST /generations`, as far as they can be restored."""

    prompt: str | None
    negative_prompt: str | None
    model: str | None
    seed: int | None
    width: int | None
    height: int | None
    params: dict[str, Any]
    loras: list[FoundLora]


class RestoredSetting(BaseModel):
    field: Annotated[str, Field(description="A dotted path, such as `params.guidance_scale`.")]
    label: str
    value: str


class LostSetting(BaseModel):
    field: Annotated[str, Field(description="Empty if there is no such setting here.")]
    label: str
    value: str
    reason: str


class FoundRecipe(BaseModel):
    source: Annotated[Source, Field(description="Which tool has written it; `none` if there is no recipe in the file.")]
    recipe: Settings
    restored: list[RestoredSetting]
    not_restored: list[LostSetting]

    @classmethod
    def of(cls, found: Restoration) -> Self:
        recipe = Settings(
            prompt=found.prompt,
            negative_prompt=found.negative_prompt,
            model=found.model,
            seed=found.seed,
            width=found.width_px,
            height=found.height_px,
            params=dict(found.params),
            loras=[FoundLora(id=str(lora.id), name=lora.name, weight=lora.weight) for lora in found.loras],
        )
        return cls(
            source=found.source,
            recipe=recipe,
            restored=[RestoredSetting.model_validate(item, from_attributes=True) for item in found.restored],
            not_restored=[LostSetting.model_validate(item, from_attributes=True) for item in found.not_restored],
        )


@router.post("", responses=problems(413), max_body_size=MAX_FILE_BYTES, openapi_extra=_BODY)
async def read_recipe(
    request: Request,
    actor: CurrentActor,
    services: CurrentServices,
    model: Annotated[str | None, Query(description="The model to restore for, if the file's own is not here.")] = None,
) -> FoundRecipe:
    """Say which settings can be restored from a picture's file, and which can't and why. The file is not kept.

    The body is the file itself, of at most 40 MB: one of ours, or one made by AUTOMATIC1111's web UI, ComfyUI or
    InvokeAI.
    """
    return FoundRecipe.of(await services.recipes.read(actor, await request.body(), current_model=model))
