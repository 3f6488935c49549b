"""What is done to many images at once, and back again; and tags, which are words on many images."""

from dataclasses import replace
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from synthlabel.api.bodies import Body, ImageFields, Words
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.domain.account import Actor
from synthlabel.domain.text import storable_json
from synthlabel.errors import ConflictError, FieldError, InvalidInputError
from synthlabel.services.curation import MAX_IDS, Action, ActionKind, ActionView, Selection

actions = APIRouter(prefix="/images/actions", tags=["images"])
tags = APIRouter(prefix="/tags", tags=["images"])


class ImageSelection(Body):
    """Either `ids`, or all that `filter` finds, except some."""

    ids: Annotated[list[UUID] | None, Field(max_length=MAX_IDS)] = None
    filter: ImageFields | None = None
    excluded: Annotated[tuple[UUID, ...], Field(alias="except", max_length=MAX_IDS)] = ()
    as_of: Annotated[
        AwareDatetime | None,
        Field(
            description="With `filter`: nothing that came later than this, as the `as_of` of `GET /images` says. Later "
            "is what was made later; in the trash, what was thrown away later."
        ),
    ] = None
    expected: Annotated[
        int | None,
        Field(ge=0, description="How many images that is, as far as you know: with another number nothing is done."),
    ] = None

    def chosen(self) -> Selection:
        if (self.ids is None) == (self.filter is None):
            raise InvalidInputError(FieldError("selection", "Use either ids or filter."))
        if self.filter is not None:
            wanted = replace(self.filter.filter(), as_of=self.as_of)
            return Selection(wanted=wanted, excluded=self.excluded, expected=self.expected)
        if self.as_of is not None:
            raise InvalidInputError(FieldError("selection", "Use as_of with a filter, not with ids."))
        return Selection(ids=tuple(dict.fromkeys(self.ids or ())), expected=self.expected)


class Acting(Body):
    account_id: Annotated[
        UUID | None,
        Field(
            description="Who does it, if you kept it for a while: refused as `another_account` if somebody else is "
            "signed in by now."
        ),
    ] = None

    def check(self, actor: Actor) -> None:
        if self.account_id not in (None, actor.user_id):
            raise ConflictError("Somebody else is signed in now, so this was not done.", code="another_account")


class ImageAction(Acting):
    id: Annotated[UUID, Field(description="Made up by you, new for each action: sent again, it is not done again.")]
    kind: ActionKind
    selection: ImageSelection
    value: Annotated[
        dict[str, Any],
        AfterValidator(storable_json),
        Field(default_factory=dict, description="What its kind sets: `rating`, `favorite`, `tags` or `board_id`."),
    ]


class ActionDone(BaseModel):
    id: str
    kind: ActionKind
    changed: Annotated[int, Field(description="Images that were not so already.")]
    undoable: bool

    @classmethod
    def of(cls, view: ActionView) -> Self:
        return cls(id=str(view.id), kind=view.kind, changed=view.changed, undoable=view.undoable)


class Tag(BaseModel):
    tag: str
    count: int


class TagQuery(Body):
    prefix: Words = ""


class TagRenaming(Body):
    tag: Words
    to: Words


@actions.post("", responses=problems(404, 409))
async def act(body: ImageAction, actor: CurrentActor, services: CurrentServices) -> ActionDone:
    """Do something to a selection of images.

    Kinds and their values: `rate` {rating: 1 to 5 or null}, `favorite` {favorite}, `add_tags` and `remove_tags`
    {tags}, `add_to_board` and `remove_from_board` {board_id}, `trash`, `restore`, and `purge`, which deletes for good
    what is in the trash. The same `id` again gives the first answer again.

    Conflicts: `idempotency_conflict` if the id was used for another action, `selection_changed` if the images are not
    as many as `expected`, `another_account`. Nothing is done then.
    """
    body.check(actor)
    action = Action(body.id, body.kind, body.selection.chosen(), body.value)
    return ActionDone.of(await services.curation.act(actor, action))


@actions.post("/{action_id}/undo", responses=problems(404, 409))
async def undo(
    action_id: str, actor: CurrentActor, services: CurrentServices, body: Acting | None = None
) -> ActionDone:
    """Put back what was there before, where nothing else has changed it since. Safe to repeat.

    Taken off a board that is in the trash, images cannot be put back on it: a conflict, until the board is restored.
    """
    if body is not None:
        body.check(actor)
    return ActionDone.of(await services.curation.undo(actor, action_id))


@tags.get("")
async def list_tags(query: Annotated[TagQuery, Query()], actor: CurrentActor, services: CurrentServices) -> list[Tag]:
    """Your own tags that begin so, the most used first: at most 100."""
    found = await services.curation.list_tags(actor, query.prefix)
    return [Tag(tag=tag, count=count) for tag, count in found]


@tags.post("/rename", responses=problems(404))
async def rename_tag(body: TagRenaming, actor: CurrentActor, services: CurrentServices) -> Tag:
    """Rename a tag on all of your images. If there is one of that name already, the two become one."""
    tag, count = await services.curation.rename_tag(actor, body.tag, body.to)
    return Tag(tag=tag, count=count)
