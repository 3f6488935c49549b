"""On which boards an image is."""

from fastapi import APIRouter

from synthlabel.api.answers import Everything
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.api.routers.boards import Board

router = APIRouter(prefix="/images", tags=["boards"])


@router.get("/{image_id}/boards", responses=problems(404))
async def list_boards_of_image(image_id: str, actor: CurrentActor, services: CurrentServices) -> Everything[Board]:
    """The boards that you see and on which an image is, by name."""
    found = await services.boards.list_of_image(actor, image_id)
    return Everything(items=[Board.of(view) for view in found])
