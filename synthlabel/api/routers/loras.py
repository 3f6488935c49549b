"""One's own LoRAs: weights that change a model, by the address from which the provider loads them."""

from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from synthlabel.api.answers import Everything, Time
from synthlabel.api.bodies import Body
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.api.routers.generations import IdempotencyKey
from synthlabel.services.loras import LoraView

router = APIRouter(prefix="/loras", tags=["loras"])


class NewLora(Body):
    name: str
    url: Annotated[str, Field(description="Begins with https:// and can be reached by the provider.")]
    family: Annotated[str, Field(description="Which models take it: `loras.family` in `GET /catalog`.")]
    trigger_word: str = ""


class LoraChange(Body):
    name: str | None = None
    url: str | None = None
    family: str | None = None
    trigger_word: str | None = None


class Lora(BaseModel):
    id: str
    name: str
    family: str
    trigger_word: str
    url: str
    created_at: Time

    @classmethod
    def of(cls, view: LoraView) -> Self:
        return cls(
            id=str(view.id),
            name=view.name,
            family=view.family,
            trigger_word=view.trigger_word,
            url=view.url,
            created_at=view.created_at,
        )


@router.get("")
async def list_loras(actor: CurrentActor, services: CurrentServices) -> Everything[Lora]:
    """One's own, newest first."""
    return Everything(items=[Lora.of(view) for view in await services.loras.list_own(actor)])


@router.post("", status_code=201, responses=problems(409))
async def add_lora(
    body: NewLora, actor: CurrentActor, services: CurrentServices, idempotency_key: IdempotencyKey = None
) -> Lora:
    """Make weights known. Nothing is fetched now: the provider loads them when they are used."""
    view = await services.loras.add(
        actor,
        name=body.name,
        url=body.url,
        family=body.family,
        trigger_word=body.trigger_word,
        idempotency_key=idempotency_key,
    )
    return Lora.of(view)


@router.patch("/{lora_id}", responses=problems(404))
async def change_lora(lora_id: str, body: LoraChange, actor: CurrentActor, services: CurrentServices) -> Lora:
    """Change what is given. What was made before stays as it was."""
    view = await services.loras.change(
        actor, lora_id, name=body.name, url=body.url, family=body.family, trigger_word=body.trigger_word
    )
    return Lora.of(view)


@router.delete("/{lora_id}", status_code=204, responses=problems(404))
async def delete_lora(lora_id: str, actor: CurrentActor, services: CurrentServices) -> None:
    """Take it out of the list. Safe to repeat."""
    await services.loras.delete(actor, lora_id)


@router.post("/{lora_id}/restore", status_code=204, responses=problems(404))
async def restore_lora(lora_id: str, actor: CurrentActor, services: CurrentServices) -> None:
    """Put it back. Safe to repeat."""
    await services.loras.restore(actor, lora_id)
