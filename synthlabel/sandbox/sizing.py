"""How large what is made will be: from a request's arguments and the images it starts from."""

import math
import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from synthlabel.sandbox.catalogue import Arguments, Endpoint, SizeLimits, presets

Size: TypeAlias = tuple[int, int]
"""Width and height, px."""

_SOURCE_STEP_PX: Final = 16
_SOURCE_SIDE_MAX_PX: Final = 2048


def size_of(endpoint: Endpoint, arguments: Arguments, sources: Sequence[Size] = ()) -> Size:
    """The size of the image that validated ``arguments`` ask for; without a size of its own it follows the source."""
    if endpoint.kind == "upscale":
        return _enlarged(sources[0], arguments["upscale_factor"])
    if endpoint.kind == "cutout":
        return sources[0]
    size = arguments.get("image_size")
    if isinstance(size, dict):
        return size["width"], size["height"]
    if isinstance(size, str) and not (sources and size.startswith("auto")):
        return _named_size(size)
    ratio = arguments.get("aspect_ratio") or "auto"
    resolution = _resolution(size) or arguments.get("resolution") or endpoint.resolution
    if not sources:
        return _ratio_size("1:1" if ratio == "auto" else ratio, resolution)
    if resolution == "source":
        return _source_size(sources[0], endpoint.size)
    return _ratio_size("{}:{}".format(*sources[0]) if ratio == "auto" else ratio, resolution)


def _resolution(size: str | None) -> str | None:
    """``"auto_2K"`` → ``"2K"``; None for a size that names none."""
    return size.removeprefix("auto_") if size and size.startswith("auto_") else None


def _source_size(source: Size, limits: SizeLimits) -> Size:
    """The source's own size within the endpoint's limits, 2048 px a side at most, in steps of 16 px."""
    low, high = limits.minimum_px, min(limits.maximum_px, _SOURCE_SIDE_MAX_PX)
    scale = min(max(1.0, low / min(source)), high / max(source))
    width, height = (round(side * scale / _SOURCE_STEP_PX) * _SOURCE_STEP_PX for side in source)
    return min(high, max(low, width)), min(high, max(low, height))


def _enlarged(source: Size, factor: float) -> Size:
    return max(1, round(source[0] * factor)), max(1, round(source[1] * factor))


def _named_size(name: str) -> Size:
    if match := re.fullmatch(r"(\d+)x(\d+)", name):
        return int(match[1]), int(match[2])
    return presets().get(name, (1024, 1024))


def _ratio_size(ratio: str, resolution: str) -> Size:
    """About ``resolution`` squared pixels in the given ratio, sides in steps of 32 as image models like them."""
    match = re.fullmatch(r"(\d+):(\d+)", ratio)
    quotient = int(match[1]) / int(match[2]) if match and int(match[2]) else 1.0
    quotient = min(8.0, max(0.125, quotient))
    side = 1024 * float(resolution.removesuffix("K"))
    width, height = side * math.sqrt(quotient), side / math.sqrt(quotient)
    shrink = min(1.0, 4096 / max(width, height))
    return round(width * shrink / 32) * 32, round(height * shrink / 32) * 32
