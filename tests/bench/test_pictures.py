"""What a picture costs on its way in, and in the sandbox on its way out."""

import asyncio
import base64
import hashlib
import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from thumbhash import rgba_to_thumb_hash

from synthlabel.adapters.images import (
    THUMBHASH_SIDE_PX,
    THUMBNAIL_SIDES_PX,
    WEBP_EFFORT,
    WEBP_QUALITY,
    VipsInspector,
    inspect,
)
from synthlabel.sandbox.renderer import Picture, encode, render
from tests.bench.figures import show

pytestmark = pytest.mark.bench

PROMPTS = ("a red fox in the snow", "a lighthouse at dusk", "an old town after rain", "marble", "a robot in a library")
SIDES_PX = (512, 1024, 1536, 2048)
ROUNDS = 24
THREADS = 2


def drawn(side_px: int, *, format: str) -> bytes:  # noqa: A002 - the renderer's word
    picture = Picture(PROMPTS[1], seed=7, width_px=side_px, height_px=side_px)
    return encode(render(picture), format=format, label=picture)  # pyright: ignore[reportArgumentType]


def inspect_with_pillow(data: bytes) -> None:
    """The same work as ``inspect`` without libvips, by the book: decode once, scale down, save, hash."""
    with Image.open(io.BytesIO(data)) as picture:
        source = picture.convert("RGB")
    small = source
    for side_px in sorted(THUMBNAIL_SIDES_PX, reverse=True):
        small = source.copy()
        small.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
        small.save(io.BytesIO(), "WEBP", quality=WEBP_QUALITY, method=WEBP_EFFORT)
    tiny = small.convert("RGBA")
    tiny.thumbnail((THUMBHASH_SIDE_PX, THUMBHASH_SIDE_PX))
    base64.b64encode(bytes(rgba_to_thumb_hash(tiny.width, tiny.height, list(tiny.tobytes()))))
    hashlib.sha256(data).hexdigest()


def cpu_ms(work: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """Return the CPU time of all threads per round: what other work on the machine hardly changes."""
    work()
    began = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - began) / rounds * 1000


async def images_per_second(inspector: VipsInspector, data: bytes) -> float:
    await inspector.inspect(data)
    began = time.perf_counter()
    await asyncio.gather(*(inspector.inspect(data) for _ in range(ROUNDS)))
    return ROUNDS / (time.perf_counter() - began)


def images_per_second_with_pillow(data: bytes) -> float:
    with ThreadPoolExecutor(THREADS) as pool:
        began = time.perf_counter()
        list(pool.map(inspect_with_pillow, [data] * ROUNDS))
        return ROUNDS / (time.perf_counter() - began)


async def test_thumbnails_by_libvips_and_by_pillow() -> None:
    inspector = VipsInspector(threads=THREADS)
    rows: list[tuple[object, ...]] = []
    for format, side_px in (("jpeg", 1024), ("png", 1024), ("jpeg", 2048)):  # noqa: A001 - the renderer's word
        data = drawn(side_px, format=format)
        ours, theirs = await images_per_second(inspector, data), images_per_second_with_pillow(data)
        cpu, their_cpu = cpu_ms(lambda data=data: inspect(data)), cpu_ms(lambda data=data: inspect_with_pillow(data))
        name = f"{format} {side_px} × {side_px}"
        rows.append((name, ours, theirs, f"{ours / theirs:.2f}", cpu, their_cpu, f"{cpu / their_cpu:.2f}"))
    columns = ("picture", "images/s", "Pillow", "ratio", "CPU ms", "Pillow", "ratio")
    show(f"Checking, hashing and three thumbnails, {THREADS} threads", columns, rows)


def test_the_sandbox_draws() -> None:
    rows: list[tuple[object, ...]] = []
    for side_px in SIDES_PX:
        pictures = [Picture(prompt, seed=7, width_px=side_px, height_px=side_px) for prompt in PROMPTS]
        megapixels = side_px**2 / 1024**2
        draw = cpu_ms(lambda pictures=pictures: [render(each) for each in pictures], rounds=3) / len(pictures)
        image = render(pictures[0])
        jpeg = cpu_ms(lambda image=image, each=pictures[0]: encode(image, format="jpeg", label=each), rounds=5)
        png = cpu_ms(lambda image=image, each=pictures[0]: encode(image, format="png", label=each), rounds=5)
        rows.append((f"{side_px} × {side_px}", draw, draw / megapixels, jpeg, png))
    columns = ("picture", "draw ms", "ms per megapixel", "JPEG ms", "PNG ms")
    show(f"Sandbox pictures, CPU time, mean of {len(PROMPTS)} prompts", columns, rows)
