"""Prompts: named lists for templates, and what was written before."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from synthlabel.api.answers import Everything, Time
from synthlabel.api.bodies import Body, Text
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.services.prompts import MAX_VALUES

router = APIRouter(tags=["prompts"])

LONGEST_INPUT = 10 * MAX_VALUES
"""Of values, before repetitions and empty ones are left out."""


class Wildcard(BaseModel):
    """A named list, for which `__name__` stands in a template."""

    name: str
    values: list[str]
    updated_at: Time


class WildcardValues(Body):
    values: Annotated[list[str], Field(max_length=LONGEST_INPUT, description="They may hold alternatives themselves.")]


class WrittenPrompt(BaseModel):
    text: str
    is_template: Annotated[bool, Field(description="Whether the prompts were made of it.")]
    model: Annotated[str, Field(description="The one that it was last used with.")]
    uses: Annotated[int, Field(description="How often it was sent off.")]
    last_used_at: Time


class HistoryQuery(Body):
    q: Annotated[Text, Field(max_length=200, description="Only what holds this text.")] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/wildcards")
async def list_wildcards(actor: CurrentActor, services: CurrentServices) -> Everything[Wildcard]:
    """One's own lists, in the order of their names."""
    views = await services.prompts.wildcards(actor)
    return Everything(items=[Wildcard.model_validate(view, from_attributes=True) for view in views])


@router.get("/wildcards/{name}", responses=problems(404))
async def get_wildcard(name: str, actor: CurrentActor, services: CurrentServices) -> Wildcard:
    """One of one's own lists."""
    return Wildcard.model_validate(await services.prompts.wildcard(actor, name), from_attributes=True)


@router.put("/wildcards/{name}", responses=problems(409))
async def save_wildcard(name: str, body: WildcardValues, actor: CurrentActor, services: CurrentServices) -> Wildcard:
    """Make or replace a list. Values are trimmed, repetitions left out. Safe to repeat."""
    view = await services.prompts.save_wildcard(actor, name, body.values)
    return Wildcard.model_validate(view, from_attributes=True)


@router.delete("/wildcards/{name}", status_code=204)
async def delete_wildcard(name: str, actor: CurrentActor, services: CurrentServices) -> None:
    """Delete a list for good. Safe to repeat."""
    await services.prompts.delete_wildcard(actor, name)


@router.get("/prompts/history")
async def list_written_prompts(
    query: Annotated[HistoryQuery, Query()], actor: CurrentActor, services: CurrentServices
) -> Everything[WrittenPrompt]:
    """What one wrote last, each text once, newest first: templates where prompts were made of one."""
    found = await services.prompts.history(actor, search=query.q, limit=query.limit)
    return Everything(items=[WrittenPrompt.model_validate(item, from_attributes=True) for item in found])
