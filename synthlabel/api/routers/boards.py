"""Boards: named sets of images, private or for the team."""

from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from synthlabel.api.answers import Everything, Owner, Time
from synthlabel.api.bodies import Body, Text
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.api.routers.generations import IdempotencyKey
from synthlabel.services.boards import BoardView, Visibility

router = APIRouter(prefix="/boards", tags=["boards"])


class Board(BaseModel):
    id: str
    name: str
    visibility: Visibility
    owner: Owner
    is_mine: bool
    count: Annotated[int, Field(description="Images on it that you see.")]
    cover_url: Annotated[str | None, Field(description="A thumbnail of the newest one.")]
    created_at: Time
    trashed_at: Time | None

    @classmethod
    def of(cls, view: BoardView) -> Self:
        return cls(
            id=str(view.id),
            name=view.name,
            visibility=view.visibility,
            owner=Owner(id=str(view.owner_id), name=view.owner_name),
            is_mine=view.is_mine,
            count=view.count,
            cover_url=view.cover_url,
            created_at=view.created_at,
            trashed_at=view.trashed_at,
        )


class NewBoard(Body):
    name: Annotated[Text, Field(description="1 to 80 characters.")]
    visibility: Annotated[Visibility, Field(description="Who sees it and your own images on it.")] = Visibility.PRIVATE


class BoardChange(Body):
    """What is left out stays as it is."""

    name: Text | None = None
    visibility: Visibility | None = None


class BoardQuery(Body):
    trashed: Annotated[bool, Field(description="Your own boards in the trash instead.")] = False


@router.get("")
async def list_boards(
    query: Annotated[BoardQuery, Query()], actor: CurrentActor, services: CurrentServices
) -> Everything[Board]:
    """Your own boards and the team's, by name."""
    found = await services.boards.list_all(actor, trashed=query.trashed)
    return Everything(items=[Board.of(view) for view in found])


@router.post("", status_code=201, responses=problems(409))
async def create_board(
    body: NewBoard,
    response: Response,
    actor: CurrentActor,
    services: CurrentServices,
    idempotency_key: IdempotencyKey = None,
) -> Board:
    """Make an empty board."""
    view = await services.boards.create(actor, body.name, visibility=body.visibility, idempotency_key=idempotency_key)
    response.headers["Location"] = f"/api/v1/boards/{view.id}"
    return Board.of(view)


@router.get("/{board_id}", responses=problems(404))
async def get_board(board_id: str, actor: CurrentActor, services: CurrentServices) -> Board:
    """A board that you see; your own also from the trash."""
    return Board.of(await services.boards.get(actor, board_id))


@router.patch("/{board_id}", responses=problems(404))
async def change_board(board_id: str, body: BoardChange, actor: CurrentActor, services: CurrentServices) -> Board:
    """Rename one of your own boards, or show it to the team or no longer. Safe to repeat.

    For the team, it shows the images of everybody who has put their own there. Made private, it loses what others have
    put there, for good.
    """
    return Board.of(await services.boards.update(actor, board_id, name=body.name, visibility=body.visibility))


@router.delete("/{board_id}", status_code=204, responses=problems(404))
async def delete_board(board_id: str, actor: CurrentActor, services: CurrentServices) -> None:
    """Move one of your own boards to the trash. The images on it stay. Safe to repeat.

    What others have put there is taken off it, for good.
    """
    await services.boards.delete(actor, board_id)


@router.post("/{board_id}/restore", responses=problems(404))
async def restore_board(board_id: str, actor: CurrentActor, services: CurrentServices) -> Board:
    """Bring a board back from the trash within 30 days, with what you had put on it. Safe to repeat."""
    return Board.of(await services.boards.restore(actor, board_id))
