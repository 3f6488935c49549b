"""Makes what a request asks for and the reply that describes it."""

import asyncio
import base64
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from synthlabel.sandbox.catalogue import Endpoint, endpoints
from synthlabel.sandbox.faults import ON_FILE
from synthlabel.sandbox.files import FileFacts, FileStore
from synthlabel.sandbox.jobs import Job, Json, Outcome
from synthlabel.sandbox.orders import Order, Piece
from synthlabel.sandbox.renderer import encode
from synthlabel.sandbox.sources import SourceDesk, check_output
from synthlabel.sandbox.spoiling import invalid, refused_by_fault, spoilt_bytes
from synthlabel.sandbox.validation import InvalidInputError, validate

_EXTENSIONS = {"jpeg": "jpg", "png": "png", "webp": "webp", "gif": "gif"}
_SHAPES = {
    "image": ("url", "content_type", "file_name", "file_size", "width", "height"),
    "registry": ("url", "width", "height", "content_type"),
    "file": ("url", "content_type", "file_name", "file_size"),
}


class Workshop:
    """Renders in its own threads: the event loop stays free, and the journal never waits behind a picture."""

    def __init__(self, files: FileStore, *, file_url: Callable[[str], str], file_seconds: float) -> None:
        self._files = files
        self._file_url = file_url
        self._file_seconds = file_seconds
        self._sources = SourceDesk(files, files_url=file_url(""))
        self._threads = ThreadPoolExecutor(os.cpu_count() or 2, thread_name_prefix="render")

    async def make(self, job: Job) -> Outcome:
        """Return what the request comes to. Safe to repeat: the same request gives the same files and reply."""
        started_at = job.started_at or time.time()
        endpoint = endpoints()[job.endpoint]
        if (refused := refused_by_fault(job, started_at)) is not None:
            return refused
        try:
            order = await self._in_thread(self._order, job, endpoint)
        except InvalidInputError as error:
            return invalid(error.details, started_at)
        made = await asyncio.gather(*(self._in_thread(self._image, piece) for piece in order.pieces))
        text = await self._in_thread(order.text) if endpoint.kind == "caption" else ""
        body = _body(order, made, text)
        return Outcome(200, body, started_at, time.time(), order.units)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, call: Callable[..., Any], *arguments: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call, *arguments)

    def _order(self, job: Job, endpoint: Endpoint) -> Order:
        arguments = validate(endpoint, job.arguments)
        order = Order(job, endpoint, arguments, self._sources.open_all(endpoint, arguments))
        if endpoint.kind == "upscale":
            check_output(order.size)
        return order

    def _image(self, piece: Piece) -> Json:
        endpoint, arguments = piece.order.endpoint, piece.order.arguments
        image_format = endpoint.format_of(arguments)
        data = spoilt_bytes(piece.order.job)
        if data is None:
            data = encode(piece.draw(), format=image_format, label=piece.label)
        width, height = piece.order.size
        content_type, file_name = f"image/{image_format}", f"{piece.key}.{_EXTENSIONS[image_format]}"
        described: Json = {
            "url": self._stored(piece, data, content_type, file_name),
            "content_type": content_type,
            "file_name": file_name,
            "file_size": len(data),
            "width": width,
            "height": height,
        }
        return {name: described[name] for name in _SHAPES[endpoint.image]}

    def _stored(self, piece: Piece, data: bytes, content_type: str, file_name: str) -> str:
        job = piece.order.job
        if piece.order.arguments.get("sync_mode"):
            return f"data:{content_type};base64,{base64.b64encode(data).decode()}"
        fault = next((name for name in ON_FILE if name in job.faults), "")
        lifetime_s = self._file_seconds if job.expires_after_s is None else job.expires_after_s
        facts = FileFacts(content_type, file_name, time.time() + lifetime_s, fault, job.faults.get(fault, ""))
        self._files.save(file_name, data, facts)
        return self._file_url(file_name)


def file_keys(job: Job) -> list[str]:
    """The keys of the files that a finished request has made."""
    body = job.outcome.body if job.outcome else {}
    images: list[Json] = [*body.get("images", []), *(body[key] for key in ("image", "mask_image") if body.get(key))]
    return [image["url"].rsplit("/", 1)[-1] for image in images if not image["url"].startswith("data:")]


def _body(order: Order, made: Sequence[Json], text: str) -> Json:
    job, words = order.job, len(text.split())
    named = list(zip((piece.role for piece in order.pieces), made, strict=True))
    images = [image for role, image in named if role == "images"]
    prompt = order.arguments.get("prompt", "")
    values: dict[str, Any] = {
        "images": images,
        "seed": job.seed,
        "prompt": prompt,
        "actual_prompt": prompt,
        "description": "",
        "timings": {"inference": round(job.run_seconds, 3)},
        "has_nsfw_concepts": ["filtered" in job.faults] * len(images),
        "output": text,
        "results": text,
        "finish_reason": "stop",
        "usage_info": {"input_tokens": 740, "output_tokens": words, "decode_time_ms": 9.0 * words, "ttft_ms": 90.0},
        **{role: image for role, image in named if role != "images"},
    }
    return {name: values[name] for name in order.endpoint.output if name in values}
