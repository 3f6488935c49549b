"""The gallery before a person's eyes, with a thousand, a hundred thousand and a million images."""

import json
import statistics
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from playwright.async_api import Browser, CDPSession, Page, async_playwright

from synthlabel.db.engine import create_engine
from tests.bench.application import Application
from tests.bench.browser import add_cookie, open_chromium
from tests.bench.figures import percentile, show
from tests.bench.gallery_data import USUAL_WORD, People, fill

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

TOTALS = (1_000, 100_000, 1_000_000)
PROMPTS = ("a red fox in the snow", "a lighthouse at night", "a cat in a library")
VISITS = 5
JUMPS = (0.5, 0.9, 0.2, 0.7, 0.35)
"""Places on the time scale, from the newest to the oldest image."""
SCROLLED_S = 6.0
STEPS = (40, 400)
LATE_MS = 34
"""More than two frames of a screen with 60 Hz."""

Row = tuple[object, ...]

# Where a tile shows its own picture, not only the thumbhash; null as long as one in the window does not.
_PAINTED = """() => {
  const seen = [...document.querySelectorAll("[data-image]")].filter((tile) => {
    const box = tile.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  });
  const pictures = seen.map((tile) => tile.querySelector("img")).filter(Boolean);
  if (seen.length < 4 || pictures.length < seen.length) return false;
  return pictures.every((img) => img.complete && img.naturalWidth);
}"""

# The wheel of a mouse turned without a rest, and how long each frame took.
_SCROLL = """async ({seconds, step}) => {
  const scroller = document.querySelector("[data-grid]").parentElement;
  const frames = [];
  let missing = 0;
  const began = performance.now();
  let before = began;
  while (before - began < seconds * 1000) {
    scroller.scrollTop += step;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
    if (scroller.querySelector("[aria-busy]")) missing += 1;
  }
  return {frames: frames.slice(1), missing};
}"""


@dataclass
class Traffic:
    """What came over the wires, in bytes as they were sent."""

    requests: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What each request is: the address and Chromium's name for its kind."""
    by_kind: dict[str, int] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    """Of each page of images."""

    def add(self, kind: str, size: int) -> None:
        self.by_kind[kind] = self.by_kind.get(kind, 0) + size

    def total(self, kind: str) -> int:
        return self.by_kind.get(kind, 0)

    async def follow(self, session: CDPSession) -> None:
        session.on("Network.responseReceived", self._on_answer)
        session.on("Network.loadingFinished", self._on_end)
        for direction in ("Received", "Sent"):
            session.on(f"Network.webSocketFrame{direction}", lambda event: self.add("socket", _payload(event)))
        await session.send("Network.enable")

    def _on_answer(self, event: Mapping[str, Any]) -> None:
        self.requests[event["requestId"]] = event["response"]["url"], event["type"]

    def _on_end(self, event: Mapping[str, Any]) -> None:
        url, kind = self.requests.get(event["requestId"], ("", ""))
        size = int(event["encodedDataLength"])
        if "/api/v1/images?" in url:
            self.answers.append(size)
        self.add("picture" if kind == "Image" else "api" if "/api/v1/" in url else "page", size)


def _payload(event: Mapping[str, Any]) -> int:
    return len(event["response"]["payloadData"])


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at the gallery in a browser that knows nothing yet."""

    page: Page
    session: CDPSession
    traffic: Traffic
    first_paint_s: float
    all_painted_s: float

    async def heap_mb(self) -> float:
        """Return what JavaScript holds after a collection."""
        await self.session.send("HeapProfiler.collectGarbage")
        usage = await self.session.send("Runtime.getHeapUsage")
        return usage["usedSize"] / 1e6

    async def nodes(self) -> int:
        return await self.page.evaluate("document.querySelectorAll('*').length")


@asynccontextmanager
async def visit(browser: Browser, app: Application) -> AsyncIterator[Visit]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    await add_cookie(context, app)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    traffic = Traffic()
    await traffic.follow(session)
    began = time.perf_counter()
    await page.goto(f"{app.frontend}/gallery", wait_until="commit")
    await page.wait_for_selector("[data-image] img", state="visible")
    first = time.perf_counter() - began
    await page.wait_for_function(_PAINTED, polling="raf")
    yield Visit(page, session, traffic, first, time.perf_counter() - began)
    await context.close()


async def jump(visit: Visit, share: float) -> float:
    """Click on the time scale; return the seconds until all images there are painted."""
    box = await visit.page.get_by_role("slider", name="Time of the images").bounding_box()
    assert box is not None
    began = time.perf_counter()
    await visit.page.mouse.click(box["x"] + box["width"] - 6, box["y"] + share * box["height"])
    await visit.page.evaluate("() => new Promise(requestAnimationFrame)")
    await visit.page.wait_for_function(_PAINTED, polling="raf")
    return time.perf_counter() - began


async def type_search(visit: Visit, word: str) -> float:
    """Type a word into the search; return the seconds from its last letter until what was found is painted."""
    await visit.page.get_by_role("combobox", name="Search images").click()
    await visit.page.keyboard.type(word[:-1], delay=60)
    asked = visit.page.expect_response(lambda answer: f"q={word}" in answer.url and "/images?" in answer.url)
    async with asked:
        began = time.perf_counter()
        await visit.page.keyboard.type(word[-1])
    await visit.page.wait_for_function(_PAINTED, polling="raf")
    return time.perf_counter() - began


async def scroll(visit: Visit, step: int) -> Row:
    """Scroll so many pixels a frame; return how long the frames took, and in how many of them images were missing."""
    scrolled = await visit.page.evaluate(_SCROLL, {"seconds": SCROLLED_S, "step": step})
    frames = scrolled["frames"]
    late = sum(frame > LATE_MS for frame in frames) / len(frames) * 100
    waiting = scrolled["missing"] / len(frames) * 100
    return statistics.median(frames), percentile(frames, 0.95), max(frames), f"{late:.1f} %", f"{waiting:.1f} %"


@dataclass(slots=True)
class Figures:
    """The rows of the tables, one for each size of the gallery or more."""

    seen: list[Row] = field(default_factory=list)
    frames: list[Row] = field(default_factory=list)
    memory: list[Row] = field(default_factory=list)
    wires: list[Row] = field(default_factory=list)

    async def measure(self, browser: Browser, app: Application, size: str) -> None:
        first: list[float] = []
        painted: list[float] = []
        for _ in range(VISITS):
            async with visit(browser, app) as look:
                first.append(look.first_paint_s * 1000)
                painted.append(look.all_painted_s * 1000)
                wire = look.traffic
        self.wires.append((size, wire.answers[0], *(wire.total(kind) for kind in ("api", "picture", "page", "socket"))))
        async with visit(browser, app) as look:
            before = await look.heap_mb()
            for step in STEPS:
                self.frames.append((f"{size}, {step} px a frame", *await scroll(look, step)))
            jumps = [await jump(look, share) * 1000 for share in JUMPS]
            self.memory.append((size, before, await look.heap_mb(), await look.nodes()))
        async with visit(browser, app) as look:
            found = await type_search(look, USUAL_WORD) * 1000
        medians = (statistics.median(each) for each in (first, painted, jumps))
        self.seen.append((size, *medians, max(jumps), found))

    def show(self) -> None:
        times = ("images", "first image", "whole window", "after a jump", "at most", "after a search")
        show(f"Gallery in Chromium, ms until painted, median of {VISITS}", times, self.seen)
        late = f"> {LATE_MS} ms"
        show("Frames while scrolling, ms", ("", "p50", "p95", "max", late, "with gaps"), self.frames)
        show("Memory of the page", ("images", "MB at first", "MB after scrolling and jumps", "elements"), self.memory)
        kinds = ("images", "a page of images", "all of the API", "pictures", "code and page", "socket")
        show("Bytes of a first look, as sent", kinds, self.wires)


@asynccontextmanager
async def api_of(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Origin": app.frontend, "Cookie": app.cookie}
    async with httpx.AsyncClient(base_url=f"{app.backend}/api/v1", headers=headers, trust_env=False) as api:
        yield api


async def generated(api: httpx.AsyncClient, model: str) -> list[UUID]:
    """Make the few real images of which all others are copies."""
    asked = [await api.post("/generations", json={"prompt": text, "model": model}) for text in PROMPTS]
    ids = [answer.raise_for_status().json()["id"] for answer in asked]
    for each in ids:
        async with api.stream("GET", f"/generations/{each}/events") as events:
            await events.aread()  # they end with the generation
    return [UUID(each) for each in ids]


async def test_what_a_person_sees(opened: Application) -> None:
    opened.pace(speed=1000.0)
    async with api_of(opened) as api:
        owner = UUID((await api.get("/me")).json()["id"])
        models = [each["id"] for each in (await api.get("/catalog")).json()["models"]]
        examples = await generated(api, models[0])
    engine = create_engine(json.loads((opened.data_dir / "postgres" / "running.json").read_text())["url"])
    figures = Figures()
    async with async_playwright() as playwright:
        browser = await open_chromium(playwright)
        for total in TOTALS:
            await fill(engine, People(owner, owner), total=total, examples=examples, models=models)
            await figures.measure(browser, opened, f"{total:,}")
        await browser.close()
    await engine.dispose()
    figures.show()
