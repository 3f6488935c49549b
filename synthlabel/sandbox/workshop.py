"""Makes the images of a request and the reply that describes them."""

import asyncio
import base64
import os
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from struct import pack
from typing import Any

from PIL import Image

from synthlabel.sandbox.catalogue import Arguments, Endpoint, endpoints
from synthlabel.sandbox.faults import ON_FILE, without_tokens
from synthlabel.sandbox.files import FileFacts, FileStore
from synthlabel.sandbox.jobs import Job, Json, Outcome
from synthlabel.sandbox.renderer import Picture, blank, encode, render
from synthlabel.sandbox.validation import InvalidInputError, detail, validate

_EXTENSIONS = {"jpeg": "jpg", "png": "png", "webp": "webp"}
_SHAPES = {
    "image": ("url", "content_type", "file_name", "file_size", "width", "height"),
    "registry": ("url", "width", "height", "content_type"),
    "file": ("url", "content_type", "file_name", "file_size"),
}
_HUGE_SIDE_PX = 20_000


@dataclass(frozen=True, slots=True)
class _Order:
    """One image of a request: everything its pixels depend on, and where it goes."""

    job: Job
    endpoint: Endpoint
    arguments: Arguments
    index: int

    @property
    def picture(self) -> Picture:
        width, height = self.endpoint.size_of(self.arguments)
        return Picture(
            prompt=without_tokens(self.arguments["prompt"]),
            # Every image of a batch has its own seed, so that each can be made again alone.
            seed=self.job.seed + self.index,
            width_px=width,
            height_px=height,
            negative_prompt=self.arguments.get("negative_prompt") or "",
            style=" ".join(_identity(lora) for lora in self._loras),
            endpoint=self.endpoint.id,
        )

    @property
    def strength(self) -> float:
        """How much of the style shows: the largest weight, 1 at most."""
        return min(1.0, max((lora["scale"] for lora in self._loras), default=1.0))

    @property
    def _loras(self) -> list[Json]:
        return [lora for lora in self.arguments.get("loras") or [] if lora["scale"] > 0]

    @property
    def file_name(self) -> str:
        extension = _EXTENSIONS[self.endpoint.format_of(self.arguments)]
        return f"{self.job.request_id}_{self.index}.{extension}"


class Workshop:
    """Renders in its own threads: the event loop stays free, and the journal never waits behind a picture."""

    def __init__(self, files: FileStore, *, file_url: Callable[[str], str], file_seconds: float) -> None:
        self._files = files
        self._file_url = file_url
        self._file_seconds = file_seconds
        self._threads = ThreadPoolExecutor(os.cpu_count() or 2, thread_name_prefix="render")

    async def make(self, job: Job) -> Outcome:
        """Return what the request comes to. Safe to repeat: the same request gives the same files and reply."""
        started_at = job.started_at or time.time()
        endpoint = endpoints()[job.endpoint]
        if (refused := _refused_by_fault(job, started_at)) is not None:
            return refused
        try:
            arguments = validate(endpoint, job.arguments)
        except InvalidInputError as error:
            return _invalid(error.details, started_at)
        images = await self._images(job, endpoint, arguments)
        body = _body(job, endpoint, arguments, images)
        units = endpoint.units_of(endpoint.size_of(arguments), len(images))
        return Outcome(200, body, started_at, time.time(), units)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _images(self, job: Job, endpoint: Endpoint, arguments: Arguments) -> list[Json]:
        loop = asyncio.get_running_loop()
        orders = [_Order(job, endpoint, arguments, index) for index in range(arguments.get("num_images") or 1)]
        return await asyncio.gather(*(loop.run_in_executor(self._threads, self._image, each) for each in orders))

    def _image(self, order: _Order) -> Json:
        picture = order.picture
        image_format = order.endpoint.format_of(order.arguments)
        data = _spoilt_bytes(order.job)
        if data is None:
            data = encode(_drawn(order), format=image_format, picture=picture)
        content_type = f"image/{image_format}"
        described: Json = {
            "url": self._stored(order, data, content_type),
            "content_type": content_type,
            "file_name": order.file_name,
            "file_size": len(data),
            "width": picture.width_px,
            "height": picture.height_px,
        }
        return {name: described[name] for name in _SHAPES[order.endpoint.image]}

    def _stored(self, order: _Order, data: bytes, content_type: str) -> str:
        if order.arguments.get("sync_mode"):
            return f"data:{content_type};base64,{base64.b64encode(data).decode()}"
        faults = order.job.faults
        fault = next((name for name in ON_FILE if name in faults), "")
        lifetime_s = self._file_seconds if order.job.expires_after_s is None else order.job.expires_after_s
        facts = FileFacts(content_type, order.file_name, time.time() + lifetime_s, fault, faults.get(fault, ""))
        self._files.save(order.file_name, data, facts)
        return self._file_url(order.file_name)


def file_keys(job: Job) -> list[str]:
    """The keys of the files that a finished request has made."""
    images: list[Json] = job.outcome.body.get("images", []) if job.outcome else []
    return [image["url"].rsplit("/", 1)[-1] for image in images if not image["url"].startswith("data:")]


def _drawn(order: _Order) -> Image.Image:
    picture = order.picture
    if "filtered" in order.job.faults:
        return blank(picture.width_px, picture.height_px)
    if picture.style and order.strength < 1:
        return Image.blend(render(replace(picture, style="")), render(picture), order.strength)
    return render(picture)


def _identity(lora: Json) -> str:
    """Which LoRA it is: the signature of a URL changes, what it leads to does not."""
    return str(lora["path"]).partition("?")[0]


def _body(job: Job, endpoint: Endpoint, arguments: Arguments, images: list[Json]) -> Json:
    values: dict[str, Any] = {
        "images": images,
        "seed": job.seed,
        "prompt": arguments["prompt"],
        "actual_prompt": arguments["prompt"],
        "description": "",
        "timings": {"inference": round(job.run_seconds, 3)},
        "has_nsfw_concepts": ["filtered" in job.faults] * len(images),
    }
    return {name: values[name] for name in endpoint.output}


def _refused_by_fault(job: Job, started_at: float) -> Outcome | None:
    if "policy" in job.faults:
        message = "The content could not be processed because it contained material flagged by a content checker."
        given = job.arguments.get("prompt")
        return _invalid([detail(("prompt",), message, "content_policy_violation", given=given)], started_at)
    if "invalid-input" in job.faults:
        message, given = "Input should be greater than or equal to 1", job.arguments.get("num_images", 0)
        problem = detail(("num_images",), message, "greater_than_equal", given=given, ctx={"ge": 1})
        return _invalid([problem], started_at)
    if "runner-disconnected" in job.faults:
        kind = "runner_disconnected"
        body = {"detail": "Runner disconnected while it was processing the request.", "error_type": kind}
        return Outcome(503, body, started_at, time.time(), headers={"x-fal-error-type": kind})
    return None


def _invalid(details: list[Json], started_at: float) -> Outcome:
    headers = {"x-fal-retryable": "false", "x-fal-needs-retry": "0"}
    return Outcome(422, {"detail": details}, started_at, time.time(), headers=headers)


def _spoilt_bytes(job: Job) -> bytes | None:
    if "not-an-image" in job.faults:
        return b"<!doctype html><html><body><h1>503 Backend fetch failed</h1></body></html>"
    return _huge_png() if "huge-image" in job.faults else None


def _huge_png() -> bytes:
    """A black PNG, few bytes long, that would take 400 million pixels of memory to decode."""
    compressor = zlib.compressobj(9)
    row = bytes(1 + _HUGE_SIDE_PX // 8)
    rows = b"".join(compressor.compress(row) for _ in range(_HUGE_SIDE_PX)) + compressor.flush()
    header = pack(">IIBBBBB", _HUGE_SIDE_PX, _HUGE_SIDE_PX, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
