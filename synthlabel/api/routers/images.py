"""Images: look, throw away, bring back."""

from typing import Annotated

from fastapi import APIRouter, Query

from synthlabel.api.answers import Image, ImagePage
from synthlabel.api.bodies import ImageQuery
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems

router = APIRouter(prefix="/images", tags=["images"])


@router.get("")
async def list_images(
    query: Annotated[ImageQuery, Query()], actor: CurrentActor, services: CurrentServices
) -> ImagePage:
    """One's own images, newest first."""
    page = await services.gallery.list_page(actor, query.filter(), cursor=query.cursor, limit=query.limit)
    return ImagePage.of(page)


@router.get("/{image_id}", responses=problems(404))
async def get_image(image_id: str, actor: CurrentActor, services: CurrentServices) -> Image:
    """One of one's own images, also from the trash."""
    return Image.of(await services.gallery.get(actor, image_id))


@router.delete("/{image_id}", status_code=204, responses=problems(404))
async def delete_image(image_id: str, actor: CurrentActor, services: CurrentServices) -> None:
    """Move an image to the trash. Safe to repeat."""
    await services.gallery.delete(actor, image_id)


@router.post("/{image_id}/restore", responses=problems(404))
async def restore_image(image_id: str, actor: CurrentActor, services: CurrentServices) -> Image:
    """Bring an image back from the trash. Safe to repeat."""
    await services.gallery.restore(actor, image_id)
    return Image.of(await services.gallery.get(actor, image_id))
