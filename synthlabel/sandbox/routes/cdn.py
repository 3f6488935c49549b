"""``/cdn``: uploads, whole and in parts, and the files themselves. fal: https://v3.fal.media."""

import asyncio
import time

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from synthlabel.sandbox.core import Sandbox
from synthlabel.sandbox.faults import number
from synthlabel.sandbox.files import FileFacts, TooLargeError
from synthlabel.sandbox.jobs import Json
from synthlabel.sandbox.replies import Refusal, TruncatedFile
from synthlabel.sandbox.routes.access import Access
from synthlabel.sandbox.routes.submission import expires_after_s

_ELSEWHERE = "http://elsewhere.invalid/stolen.png"


class Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
    part_number: int
    etag: str


class Parts(BaseModel):
    parts: list[Part]


def cdn_router(sandbox: Sandbox, access: Access) -> APIRouter:
    router = APIRouter(prefix="/cdn")
    uploads = UploadDesk(sandbox)
    allowed = [Depends(access.cdn)]
    multipart = "/files/{key}/multipart/{upload_id}"
    router.add_api_route("/files/upload", uploads.upload, methods=["POST"], dependencies=allowed)
    router.add_api_route("/files/upload/multipart", uploads.begin, methods=["POST"], dependencies=allowed)
    router.add_api_route(multipart + "/complete", uploads.complete, methods=["POST"], dependencies=allowed)
    router.add_api_route(multipart + "/{number}", uploads.part, methods=["PUT"], dependencies=allowed)

    async def fetch(key: str) -> Response:
        return await asyncio.to_thread(_file_reply, sandbox, key)

    router.add_api_route("/files/{key}", fetch, methods=["GET", "HEAD"])
    return router


class UploadDesk:
    """The handlers of uploads."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def upload(self, request: Request) -> Json:
        self._may_fail("upload-refused")
        file_name = request.headers.get("x-fal-file-name") or "upload.bin"
        key = self._sandbox.files.new_key(file_name)
        await received(self._sandbox, request, key, file_name=file_name)
        return {"access_url": self._sandbox.file_url(key)}

    async def begin(self, request: Request) -> Json:
        self._may_fail("upload-refused")
        key = self._sandbox.files.new_key(request.headers.get("x-fal-file-name") or "upload.bin")
        return {"access_url": self._sandbox.file_url(key), "uploadId": self._sandbox.files.begin_parts()}

    async def part(self, request: Request, upload_id: str, number: str) -> Response:
        self._may_fail("part-refused")
        try:
            etag = await self._sandbox.files.receive_part(upload_id, number, request.stream())
        except TooLargeError:
            raise Refusal(413, "The part is too large.") from None
        if etag is None:
            raise Refusal(404, "Upload not found")
        return Response(status_code=200, headers={"etag": f'"{etag}"'})

    async def complete(self, request: Request, key: str, upload_id: str, parts: Parts) -> Json:
        facts = _facts(self._sandbox, request, file_name=key)
        numbers = [part.part_number for part in parts.parts]
        try:
            await asyncio.to_thread(self._sandbox.files.join_parts, key, upload_id, numbers, facts)
        except FileNotFoundError:
            raise Refusal(404, "Upload or part not found") from None
        return {"access_url": self._sandbox.file_url(key)}

    def _may_fail(self, fault: str) -> None:
        if self._sandbox.faults.claim_for_upload(fault):
            raise Refusal(500, "Internal Server Error")


async def received(sandbox: Sandbox, request: Request, key: str, *, file_name: str) -> None:
    """Store a request's body under ``key``."""
    try:
        await sandbox.files.receive(key, request.stream(), _facts(sandbox, request, file_name=file_name))
    except TooLargeError:
        raise Refusal(413, "The file is too large.") from None


def _facts(sandbox: Sandbox, request: Request, *, file_name: str) -> FileFacts:
    content_type = request.headers.get("content-type", "application/octet-stream")
    lifetime_s = expires_after_s(request)
    if lifetime_s is None:
        lifetime_s = sandbox.options.file_seconds
    return FileFacts(content_type, file_name, time.time() + lifetime_s)


def _file_reply(sandbox: Sandbox, key: str) -> Response:
    found = sandbox.files.find(key)
    if found is None:
        raise Refusal(404, "File not found")
    path, facts = found
    match facts.fault:
        case "result-expired":
            raise Refusal(int(number(facts.fault_value, 404)), "File not found")
        case "redirect":
            return RedirectResponse(facts.fault_value or _ELSEWHERE, status_code=302)
        case "download-cut":
            return TruncatedFile(path.read_bytes(), media_type=facts.content_type)
        case _:
            return FileResponse(path, media_type=facts.content_type, headers={"cache-control": "public"})
