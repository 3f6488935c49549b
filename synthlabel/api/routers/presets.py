"""Presets: filled-in forms under a name."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from synthlabel.api.answers import Everything, Time
from synthlabel.api.bodies import Body
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.api.routers.generations import IdempotencyKey
from synthlabel.services.presets import PresetView

router = APIRouter(prefix="/presets", tags=["presets"])

Data = Annotated[dict[str, Any], Field(description="A form as the Studio keeps it; 64 KB of JSON at most.")]


class Preset(BaseModel):
    id: str
    name: str
    data: Data
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, view: PresetView) -> Self:
        return cls(
            id=str(view.id),
            name=view.name,
            data=dict(view.data),
            created_at=view.created_at,
            updated_at=view.updated_at,
        )


class NewPreset(Body):
    name: Annotated[str, Field(description="1 to 80 characters, unlike one's others.")]
    data: Data


class PresetChange(Body):
    """What is left out stays as it is."""

    name: str | None = None
    data: Data | None = None


@router.get("")
async def list_presets(actor: CurrentActor, services: CurrentServices) -> Everything[Preset]:
    """All of one's own presets, in the order of their names."""
    return Everything(items=[Preset.of(view) for view in await services.presets.list_all(actor)])


@router.post("", status_code=201, responses=problems(409))
async def create_preset(
    body: NewPreset,
    response: Response,
    actor: CurrentActor,
    services: CurrentServices,
    idempotency_key: IdempotencyKey = None,
) -> Preset:
    """Keep a form under a name."""
    view = await services.presets.create(actor, body.name, body.data, idempotency_key=idempotency_key)
    response.headers["Location"] = f"/api/v1/presets/{view.id}"
    return Preset.of(view)


@router.get("/{preset_id}", responses=problems(404))
async def get_preset(preset_id: str, actor: CurrentActor, services: CurrentServices) -> Preset:
    """One of one's own presets."""
    return Preset.of(await services.presets.get(actor, preset_id))


@router.patch("/{preset_id}", responses=problems(404, 409))
async def update_preset(preset_id: str, body: PresetChange, actor: CurrentActor, services: CurrentServices) -> Preset:
    """Rename a preset, or replace what is in it. Safe to repeat."""
    return Preset.of(await services.presets.update(actor, preset_id, name=body.name, data=body.data))


@router.delete("/{preset_id}", status_code=204, responses=problems(404))
async def delete_preset(preset_id: str, actor: CurrentActor, services: CurrentServices) -> None:
    """Delete a preset for good."""
    await services.presets.delete(actor, preset_id)
