"""Images: find, look, judge, throw away, bring back."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from synthlabel.api.answers import Image, ImagePage
from synthlabel.api.bodies import Body, ImageFields, ImageQuery, Rating, Words
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.api.routers.image_answers import Anchors, Facets, Lineage

router = APIRouter(prefix="/images", tags=["images"])


class ImageChange(Body):
    """What is left out stays as it is."""

    rating: Annotated[Rating | None, Field(description="Your stars, 1 to 5; null takes them away.")] = None
    favorite: bool = False
    tags: Annotated[tuple[Words, ...], Field(description="All its tags; only the owner sets them.")] = ()

    def given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


@router.get("")
async def list_images(
    query: Annotated[ImageQuery, Query()], actor: CurrentActor, services: CurrentServices
) -> ImagePage:
    """Images that you see, newest first: your own, if no scope is named."""
    page = await services.gallery.list_page(actor, query.filter(), cursor=query.cursor, limit=query.limit)
    return ImagePage.of(page)


@router.get("/anchors")
async def list_anchors(
    query: Annotated[ImageFields, Query()], actor: CurrentActor, services: CurrentServices
) -> Anchors:
    """How many images a filter finds, and every 200th id: the cursors with which the chunks after the first begin."""
    return Anchors.of(await services.gallery.anchors(actor, query.filter()))


@router.get("/facets")
async def list_facets(query: Annotated[ImageFields, Query()], actor: CurrentActor, services: CurrentServices) -> Facets:
    """With what a filter could be narrowed, and to how many images: of each kind the 20 most frequent values."""
    return Facets.of(await services.gallery.facets(actor, query.filter()), services.catalog)


@router.get("/{image_id}", responses=problems(404))
async def get_image(image_id: str, actor: CurrentActor, services: CurrentServices) -> Image:
    """An image that you see; your own also from the trash."""
    return Image.of(await services.gallery.get(actor, image_id))


@router.get("/{image_id}/lineage", responses=problems(404))
async def get_lineage(image_id: str, actor: CurrentActor, services: CurrentServices) -> Lineage:
    """What an image was made from, and what was made from it, as far as you see it."""
    return Lineage.of(await services.gallery.lineage(actor, image_id))


@router.patch("/{image_id}", responses=problems(404))
async def change_image(image_id: str, body: ImageChange, actor: CurrentActor, services: CurrentServices) -> Image:
    """Rate an image that you see, make it one of your favourites, or tag one of your own. Safe to repeat."""
    await services.curation.change(actor, image_id, body.given())
    return Image.of(await services.gallery.get(actor, image_id))


@router.delete("/{image_id}", status_code=204, responses=problems(404))
async def delete_image(image_id: str, actor: CurrentActor, services: CurrentServices) -> None:
    """Move one of your own images to the trash. Safe to repeat."""
    await services.gallery.delete(actor, image_id)


@router.post("/{image_id}/restore", responses=problems(404))
async def restore_image(image_id: str, actor: CurrentActor, services: CurrentServices) -> Image:
    """Bring an image back from the trash. Safe to repeat."""
    await services.gallery.restore(actor, image_id)
    return Image.of(await services.gallery.get(actor, image_id))
