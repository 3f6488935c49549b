"""Taking many images out at once, as a zip that is made while it is sent."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from synthlabel.api.answers import Time
from synthlabel.api.bodies import Text
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.api.routers.curation import ImageSelection
from synthlabel.api.routers.generations import IdempotencyKey
from synthlabel.services.downloads import DownloadView, ZipOptions

of_images = APIRouter(prefix="/images", tags=["images"])
router = APIRouter(prefix="/downloads", tags=["images"])

_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


class ZipRequest(ImageSelection):
    """Either `ids`, in the order in which they shall be in the zip, or all that `filter` finds, newest first."""

    captions: Annotated[bool, Field(description="Beside each image a text file with its prompt.")] = False
    metadata: Annotated[bool, Field(description="A file `metadata.jsonl` with a line of facts for each image.")] = False
    name: Annotated[
        Text,
        Field(
            description="How files are called, without their ending. `{model}` `{seed}` `{index}` `{date}` `{time}` "
            "`{width}` `{height}` `{rating}` `{id}` `{prompt}`, the index being the place in the zip; a slash makes a "
            "folder."
        ),
    ] = ""

    def options(self) -> ZipOptions:
        return ZipOptions(captions=self.captions, metadata=self.metadata, name=self.name)


class Download(BaseModel):
    id: str
    url: Annotated[str, Field(description="Where the zip can be fetched, signed in, until it expires.")]
    count: int
    size_bytes: Annotated[int, Field(description="About: the recipes that are written into the files come on top.")]
    expires_at: Time

    @classmethod
    def of(cls, view: DownloadView, *, url: str) -> Self:
        return cls(id=str(view.id), url=url, count=view.count, size_bytes=view.size_bytes, expires_at=view.expires_at)


@of_images.post("/download", response_class=StreamingResponse, responses=problems(404, 409) | _ZIP)
async def download_images(body: ZipRequest, actor: CurrentActor, services: CurrentServices) -> StreamingResponse:
    """Stream a zip of images, each with its recipe written into its file.

    An image whose file is not there is named in `missing.txt`. The length is not known beforehand.
    """
    return _answer(await services.downloads.zip(actor, body.chosen(), body.options()))


@router.post("", status_code=201, responses=problems(404, 409))
async def begin_download(
    body: ZipRequest,
    response: Response,
    actor: CurrentActor,
    services: CurrentServices,
    idempotency_key: IdempotencyKey = None,
) -> Download:
    """Note what a zip shall hold, for browsers: they fetch it by its address like any other file."""
    view = await services.downloads.begin(actor, body.chosen(), body.options(), idempotency_key=idempotency_key)
    path = f"/downloads/{view.id}"
    response.headers["Location"] = f"/api/v1{path}"
    return Download.of(view, url=f"{services.settings.api_url}/api/v1{path}")


@router.get("/{download_id}", response_class=StreamingResponse, responses=problems(404) | _ZIP)
async def fetch_download(download_id: str, actor: CurrentActor, services: CurrentServices) -> StreamingResponse:
    """Stream the zip. Safe to repeat until it expires; it holds what can still be seen then."""
    return _answer(await services.downloads.fetch(actor, download_id))


def _answer(pieces: AsyncGenerator[bytes, None]) -> StreamingResponse:
    name = f"synthlabel-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"}
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)
