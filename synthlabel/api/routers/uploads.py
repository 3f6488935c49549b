"""Pictures that browsers send straight to storage."""

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from synthlabel.api.answers import Time
from synthlabel.api.bodies import Body, Text, WholeNumber
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.domain.upload import Announcement, Purpose, UploadStatus
from synthlabel.services.uploads import Begun, UploadView
from synthlabel.services.views import smallest_filling

router = APIRouter(prefix="/uploads", tags=["uploads"])

IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key")]


class UploadRequest(Body):
    purpose: Purpose
    filename: Annotated[Text, Field(max_length=1000)]
    content_type: Annotated[str, Field(examples=["image/png"])]
    size_bytes: WholeNumber


class UploadForm(BaseModel):
    """How to send the file, without any of your credentials.

    `POST`: a multipart form of `fields`, then the file in a field named `file`. `PUT`: the file is the body, with
    `headers`.
    """

    id: str
    method: Literal["POST", "PUT"]
    url: str
    fields: dict[str, str]
    headers: dict[str, str]
    expires_at: Time

    @classmethod
    def of(cls, begun: Begun) -> Self:
        form = begun.form
        return cls(
            id=str(begun.upload.id),
            method=form.method,
            url=form.url,
            fields=dict(form.fields),
            headers=dict(form.headers),
            expires_at=begun.upload.expires_at,
        )


class UploadChecks(BaseModel):
    """What was found in the file, whatever the sender said of it."""

    content_type: str
    size_bytes: Annotated[int, Field(description="Of what is kept: the picture without any metadata.")]
    sha256: str
    metadata_removed: bool = True


class Upload(BaseModel):
    """An upload. Sizes, checks and addresses are null until it is ready; the addresses are signed and expire."""

    id: str
    purpose: Purpose
    status: UploadStatus
    filename: str
    width: int | None
    height: int | None
    checks: UploadChecks | None
    thumbhash: str | None
    url: str | None
    thumbnail_url: str | None
    created_at: Time
    expires_at: Annotated[Time, Field(description="Until when the file may be sent.")]

    @classmethod
    def of(cls, view: UploadView) -> Self:
        return cls(
            id=str(view.id),
            purpose=view.purpose,
            status=view.status,
            filename=view.filename,
            width=view.width_px,
            height=view.height_px,
            checks=_checks(view),
            thumbhash=view.thumbhash,
            url=view.url,
            thumbnail_url=smallest_filling(view.thumbnails) or view.url,
            created_at=view.created_at,
            expires_at=view.expires_at,
        )


@router.post("", status_code=201, responses=problems(409))
async def begin_upload(
    body: UploadRequest,
    response: Response,
    actor: CurrentActor,
    services: CurrentServices,
    idempotency_key: IdempotencyKey = None,
) -> UploadForm:
    """Announce a picture of at most 30 MB, and get the form by which to send it straight to storage."""
    announced = Announcement(body.filename, body.content_type, body.size_bytes)
    begun = await services.uploads.begin(actor, body.purpose, announced, idempotency_key=idempotency_key)
    response.headers["Location"] = f"/api/v1/uploads/{begun.upload.id}"
    return UploadForm.of(begun)


@router.post("/{upload_id}/complete", responses=problems(404, 409))
async def complete_upload(upload_id: str, actor: CurrentActor, services: CurrentServices) -> Upload:
    """Have the file looked at after it was sent. Safe to repeat; 422 says what is wrong with the picture."""
    return Upload.of(await services.uploads.complete(actor, upload_id))


@router.get("/{upload_id}", responses=problems(404))
async def get_upload(upload_id: str, actor: CurrentActor, services: CurrentServices) -> Upload:
    """One of one's own uploads."""
    return Upload.of(await services.uploads.get(actor, upload_id))


@router.delete("/{upload_id}", status_code=204, responses=problems(404, 409))
async def delete_upload(upload_id: str, actor: CurrentActor, services: CurrentServices) -> None:
    """Remove an upload and its file. 409 while a generation that is not finished needs it."""
    await services.uploads.delete(actor, upload_id)


def _checks(view: UploadView) -> UploadChecks | None:
    if view.sha256 is None:
        return None
    return UploadChecks(content_type=view.content_type, size_bytes=view.size_bytes, sha256=view.sha256)
