"""Files of single images, to keep."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems

router = APIRouter(prefix="/images", tags=["images"])

_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/png", "image/jpeg", "image/webp")
        }
    }
}


@router.get("/{image_id}/file", response_class=Response, responses=problems(404) | _FILE)
async def get_image_file(
    image_id: str,
    actor: CurrentActor,
    services: CurrentServices,
    plain: Annotated[
        bool, Query(description="The stored bytes, of which `sha256` is told, without the recipe.")
    ] = False,
) -> Response:
    """The file as a download, with its recipe written into it: readable by usual tools, and declared as made by AI."""
    copy = await services.downloads.copy(actor, image_id, plain=plain)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(copy.filename, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(copy.data, media_type=copy.content_type, headers=headers)
