"""Images in local storage, by signed addresses. A bucket serves its own."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from synthlabel.api.dependencies import CurrentServices
from synthlabel.api.problems import problems
from synthlabel.domain.upload import MAX_UPLOAD_BYTES
from synthlabel.errors import NotFoundError

router = APIRouter(prefix="/files", tags=["files"])

_HEADERS = {
    # What is stored under a key never changes; the address itself expires.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
    "X-Content-Type-Options": "nosniff",
}


@router.get("/{key:path}", response_class=FileResponse, responses=problems(404))
def get_file(key: str, request: Request, services: CurrentServices) -> FileResponse:
    """A file, with the `expires` and `signature` that the API gave out. With `filename` it is a download."""
    if services.files is None:
        raise NotFoundError("There is no such file.")
    file = services.files.open(key, request.query_params)
    return FileResponse(file.path, media_type=file.content_type, filename=file.filename, headers=_HEADERS)


@router.put("/{key:path}", status_code=204, responses=problems(404), max_body_size=MAX_UPLOAD_BYTES)
async def put_file(key: str, request: Request, services: CurrentServices) -> Response:
    """Send a file as an upload's form says. Nothing of it is kept if it is larger than was announced."""
    if services.files is None:
        raise NotFoundError("There is no such file.")
    await services.files.receive(key, request.query_params, request.headers, request.stream())
    return Response(status_code=204)
