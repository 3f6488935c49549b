"""Share links: for their owners, and for everybody who holds one."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from synthlabel.api.answers import Time
from synthlabel.api.bodies import Body, Cursor, Limit, Text, WholeNumber
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.api.routers.generations import IdempotencyKey
from synthlabel.services.shares import (
    DEFAULT_DAYS,
    MAX_DAYS,
    MAX_IMAGES,
    MAX_TITLE_CHARS,
    FileSize,
    SharedFile,
    SharedImage,
    SharedView,
    ShareView,
)

router = APIRouter(prefix="/shares", tags=["shares"])
public = APIRouter(prefix="/shared", tags=["shares"])

_UNSEEN = {"X-Robots-Tag": "noindex, nofollow, noarchive"}
_FILE_HEADERS = {
    **_UNSEEN,
    # Kept by the browser, but asked for each time: a revoked link ends at once.
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
}

# --- for the owner --------------------------------------------------------------------------------------------------


class Share(BaseModel):
    id: str
    url: Annotated[str, Field(description="The page to give away. Whoever has it sees the images.")]
    title: str
    shows_recipe: bool
    count: Annotated[int, Field(description="Images that it shows now: without those in the trash.")]
    cover_url: Annotated[str | None, Field(description="A thumbnail of the first one.")]
    views: Annotated[int, Field(description="How often the page was opened.")]
    last_viewed_at: Time | None
    created_at: Time
    expires_at: Time
    revoked_at: Time | None

    @classmethod
    def of(cls, view: ShareView) -> Self:
        return cls(
            id=str(view.id),
            url=view.url,
            title=view.title,
            shows_recipe=view.shows_recipe,
            count=view.count,
            cover_url=view.cover_url,
            views=view.views,
            last_viewed_at=view.last_viewed_at,
            created_at=view.created_at,
            expires_at=view.expires_at,
            revoked_at=view.revoked_at,
        )


class SharePage(BaseModel):
    items: list[Share]
    next_cursor: str | None


class NewShare(Body):
    image_ids: Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_IMAGES, description="Your own, in order.")]
    title: Annotated[Text, Field(max_length=MAX_TITLE_CHARS)] = ""
    expires_in_days: Annotated[WholeNumber, Field(ge=1, le=MAX_DAYS)] = DEFAULT_DAYS
    shows_recipe: Annotated[bool, Field(description="Also shows prompts and parameters, and leaves them in files.")] = (
        False
    )


class ShareQuery(Body):
    limit: Limit = 50
    cursor: Cursor = None


@router.get("")
async def list_shares(
    query: Annotated[ShareQuery, Query()], actor: CurrentActor, services: CurrentServices
) -> SharePage:
    """Your links, newest first, also those that have expired or were revoked."""
    page = await services.shares.list_page(actor, cursor=query.cursor, limit=query.limit)
    return SharePage(items=[Share.of(view) for view in page.items], next_cursor=page.next_cursor)


@router.post("", status_code=201, responses=problems(404, 409))
async def create_share(
    body: NewShare,
    response: Response,
    actor: CurrentActor,
    services: CurrentServices,
    idempotency_key: IdempotencyKey = None,
) -> Share:
    """Make a link by which anybody may see some of your own images, without an account."""
    view = await services.shares.create(
        actor,
        body.image_ids,
        title=body.title,
        days=body.expires_in_days,
        shows_recipe=body.shows_recipe,
        idempotency_key=idempotency_key,
    )
    response.headers["Location"] = f"/api/v1/shares/{view.id}"
    return Share.of(view)


@router.delete("/{share_id}", status_code=204, responses=problems(404))
async def revoke_share(share_id: str, actor: CurrentActor, services: CurrentServices) -> None:
    """End one of your links at once and for good. Safe to repeat."""
    await services.shares.revoke(actor, share_id)


# --- for whoever holds the link -------------------------------------------------------------------------------------


class SharedPicture(BaseModel):
    """An image of a link. What it was made of is only there if the link shows it."""

    position: Annotated[int, Field(description="From 0. Images that went to the trash leave a gap.")]
    width: int
    height: int
    thumbhash: str
    url: str
    thumbnail_url: str
    download_url: str
    prompt: str | None = None
    negative_prompt: str | None = None
    model_name: str | None = None
    seed: int | None = None
    params: dict[str, Any] | None = None

    @classmethod
    def of(cls, image: SharedImage) -> Self:
        recipe = image.recipe
        known: dict[str, Any] = {}
        if recipe is not None:
            names = ("prompt", "negative_prompt", "model_name", "seed")
            known = {name: getattr(recipe, name) for name in names} | {"params": dict(recipe.params)}
        return cls(
            position=image.position,
            width=image.width_px,
            height=image.height_px,
            thumbhash=image.thumbhash,
            url=image.url,
            thumbnail_url=image.thumbnail_url,
            download_url=image.download_url,
            **known,
        )


class SharedImages(BaseModel):
    title: str
    expires_at: Time
    images: list[SharedPicture]

    @classmethod
    def of(cls, view: SharedView) -> Self:
        images = [SharedPicture.of(image) for image in view.images]
        return cls(title=view.title, expires_at=view.expires_at, images=images)


class FileQuery(Body):
    size: FileSize = FileSize.FULL


@public.get("/{token}", response_model_exclude_none=True, responses=problems(404))
async def look_at_share(token: str, response: Response, services: CurrentServices) -> SharedImages:
    """What a link shows. No account is needed; a link that has ended is not found."""
    response.headers.update(_UNSEEN)
    return SharedImages.of(await services.shares.look(token))


_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The picture", "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}},
    304: {"description": "The browser has it already"},
}


@public.get("/{token}/{position}", response_class=Response, responses=_FILE | problems(404))
async def get_shared_file(
    token: str, position: str, query: Annotated[FileQuery, Query()], request: Request, services: CurrentServices
) -> Response:
    """A picture of a link: small, in full, or as a download. Sent by the product itself, never by an address of the
    storage."""
    file = await services.shares.find_file(token, position, query.size)
    headers = _headers(file)
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(await file.read(), media_type=file.content_type, headers=headers)


def _headers(file: SharedFile) -> dict[str, str]:
    headers = {**_FILE_HEADERS, "ETag": f'"{file.etag}"'}
    if file.filename is not None:
        headers["Content-Disposition"] = f'attachment; filename="{file.filename}"'
    return headers
