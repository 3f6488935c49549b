"""What it costs to write recipes into files, and to stream zips of them: time, and memory that must not grow."""

import io
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import psutil
import pytest
from PIL import Image as Picture

from synthlabel.adapters.provenance import FileMarks
from synthlabel.db.tables import Image
from synthlabel.domain.curation import Selection
from synthlabel.domain.provenance import marks_of
from synthlabel.services.downloads import ZipOptions
from tests.bench.conftest import Client
from tests.bench.figures import show
from tests.factories import Studio
from tests.unit.test_provenance import RECIPE

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

COUNTS = (200, 2_000)
FILES = 16
SIDE_PX = 1024
ROUNDS = 50
MB = 1_000_000


def picture(seed: int, *, format: str, side_px: int = SIDE_PX) -> bytes:  # noqa: A002 - Pillow's word
    """Return a file about as large as a model's: soft shapes with some grain."""
    random = np.random.default_rng(seed)
    soft = Picture.fromarray(random.integers(0, 255, (16, 16, 3), dtype=np.uint8)).resize((side_px, side_px))
    grain = random.integers(-6, 6, (side_px, side_px, 3))
    pixels = np.clip(np.asarray(soft, dtype=np.int16) + grain, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Picture.fromarray(pixels).save(buffer, format, quality=90)
    return buffer.getvalue()


def megabytes_per_second(work: Callable[[bytes], object], data: bytes) -> float:
    work(data)
    began = time.process_time()
    for _ in range(ROUNDS):
        work(data)
    return ROUNDS * len(data) / MB / (time.process_time() - began)


def test_recipes_are_written_and_read() -> None:
    marks, recipe = FileMarks(), marks_of(RECIPE)
    rows: list[tuple[object, ...]] = []
    for format_name in ("PNG", "JPEG", "WEBP"):
        data = picture(1, format=format_name)
        marked = marks.embed(data, recipe)
        added = len(marked) - len(data)
        write = megabytes_per_second(lambda data: marks.embed(data, recipe), data)
        read = megabytes_per_second(marks.texts, marked)
        strip = megabytes_per_second(marks.strip, marked)
        milliseconds = len(data) / MB / write * 1000
        rows.append((format_name, len(data) / MB, added, write, f"{milliseconds:.2f}", read, strip))
    columns = ("file", "MB", "bytes added", "write MB/s", "ms", "read MB/s", "strip MB/s")
    show("Recipes in files, CPU time of one core", columns, rows)


async def fill(studio: Studio, *, count: int) -> list[UUID]:
    """Add images to a person's gallery; a few files serve them all."""
    generation = await studio.request()
    files = [picture(seed, format="JPEG" if seed % 2 else "PNG") for seed in range(FILES)]
    keys = [f"users/{studio.actor.user_id}/bench/{seed}.{'jpg' if seed % 2 else 'png'}" for seed in range(FILES)]
    for key, data in zip(keys, files, strict=True):
        await studio.services.storage.put(key, data, content_type="image/png")
    rows = [
        Image(
            account_id=studio.actor.user_id,
            generation_id=generation.id,
            index=index,
            storage_key=keys[index % FILES],
            content_type="image/png",
            width_px=SIDE_PX,
            height_px=SIDE_PX,
            size_bytes=len(files[index % FILES]),
            sha256="",
            thumbhash="",
            seed=index,
        )
        for index in range(count)
    ]
    async with studio.uow() as work:
        for row in rows:
            await work.images.add_new(row)
        await work.commit()
    return [row.id for row in rows]


@dataclass(slots=True)
class Reading:
    """``rss`` are megabytes of this process: before, and the most that was seen."""

    bytes_read: int = 0
    seconds: float = 0
    cpu_seconds: float = 0
    rss_before: float = 0
    rss_peak: float = 0

    async def of(self, pieces: AsyncIterator[bytes]) -> None:
        process = psutil.Process()
        self.rss_before = self.rss_peak = process.memory_info().rss / MB
        began, cpu_began = time.perf_counter(), time.process_time()
        async for piece in pieces:
            self.bytes_read += len(piece)
            self.rss_peak = max(self.rss_peak, process.memory_info().rss / MB)
        self.seconds, self.cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began

    def row(self, name: str) -> tuple[object, ...]:
        megabytes = self.bytes_read / MB
        grown = self.rss_peak - self.rss_before
        speed = megabytes / self.seconds
        return (name, megabytes, self.seconds, speed, megabytes / self.cpu_seconds, self.rss_peak, grown)


async def test_zips_are_streamed(client: Client) -> None:
    studio = client.studio
    rows: list[tuple[object, ...]] = []
    image_ids = await fill(studio, count=max(COUNTS))
    options = ZipOptions(captions=True, metadata=True)
    for count in (COUNTS[0], *COUNTS):
        reading = Reading()
        selection = Selection(ids=tuple(image_ids[:count]))
        await reading.of(await studio.services.downloads.zip(studio.actor, selection, options))
        rows.append(reading.row(f"{count} images"))
    body = {"ids": [str(image_id) for image_id in image_ids[: COUNTS[0]]], "captions": True, "metadata": True}
    async with client.http.stream("POST", "/images/download", json=body) as answer:
        assert answer.status_code == 200
        reading = Reading()
        await reading.of(answer.aiter_raw())
    rows.append(reading.row(f"{COUNTS[0]} images over HTTP, client included"))
    columns = ("zip", "MB", "s", "MB/s", "MB per CPU s", "RSS MB", "grown by")
    show("Zips with captions and metadata from local files; the first row warms up", columns, rows)
