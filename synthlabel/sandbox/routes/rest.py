"""``/rest``: upload tokens, the older upload path, the webhook keys. fal: https://rest.fal.ai."""

import hmac
import time
from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.responses import Response

from synthlabel.sandbox.core import Sandbox
from synthlabel.sandbox.jobs import Json
from synthlabel.sandbox.replies import Refusal
from synthlabel.sandbox.routes.access import Access
from synthlabel.sandbox.routes.cdn import received


class UploadIntent(BaseModel):
    file_name: str = "upload.bin"
    content_type: str = "application/octet-stream"


def rest_router(sandbox: Sandbox, access: Access) -> APIRouter:
    router = APIRouter(prefix="/rest")

    @router.post("/storage/auth/token", dependencies=[Depends(access.key)])
    async def upload_token() -> Json:
        if sandbox.faults.claim_for_upload("token-refused"):
            raise Refusal(500, "Internal Server Error")
        token, expires = access.new_token()
        return {
            "token": token,
            "token_type": "Bearer",
            "base_url": f"{sandbox.base_url}/cdn",
            "expires_at": datetime.fromtimestamp(expires, UTC).isoformat(),
        }

    @router.post("/storage/upload/initiate", dependencies=[Depends(access.key)])
    async def initiate(intent: UploadIntent) -> Json:
        key = sandbox.files.new_key(intent.file_name)
        base = f"{sandbox.base_url}/rest/storage/upload/{key}"
        return {
            "upload_url": f"{base}?signature={sandbox.signer.token('put ' + key)}",
            "file_url": sandbox.file_url(key),
        }

    @router.put("/storage/upload/{key}")
    async def put(request: Request, key: str, signature: str = "") -> Response:
        # The signature is the permission; that fal-client sends its API key here as well changes nothing.
        if not hmac.compare_digest(signature.encode(), sandbox.signer.token("put " + key).encode()):
            raise Refusal(403, "The signature does not match.")
        await received(sandbox, request, key, file_name=key)
        return Response(status_code=200)

    @router.post("/tokens", dependencies=[Depends(access.key)])
    async def realtime_token() -> Response:
        return JSONResponse(sandbox.signer.token(f"realtime {time.time()}"), status_code=201)

    @router.get("/.well-known/jwks.json")
    async def jwks() -> Json:
        return sandbox.signer.jwks()

    return router
