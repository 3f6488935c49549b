"""How large the result of a request is: as asked for, or as its source is. Pure."""

from collections.abc import Mapping

from synthlabel.domain.catalog import AspectRatio, CatalogModel, FieldValue, ImageInput, SizeRule, SourceSize
from synthlabel.errors import FieldError

MAX_RESULT_PIXELS = 64_000_000
"""What is decoded, hashed and thumbnailed when it comes home: larger results would be paid for and refused."""


USUAL_RESULT_BYTES = 64 * 1024 * 1024
"""A file may be so large whatever its pixels: providers also round sizes as they like."""
RESULT_BYTES_PER_PIXEL = 5
"""Four channels of noise, and what a fast compressor adds instead of saving: 6 % were seen."""

SOURCE_STEP_PX = 16
"""Image models work in blocks of 16 pixels: what is made in a source's own size is rounded to them."""


def asked_size(
    width_px: int | None, height_px: int | None, rule: SizeRule, errors: list[FieldError], *, like: SourceSize | None
) -> tuple[int, int]:
    """Return the size that a person asks for; sides left open follow the model's default, or the shape of ``like``.

    Adds to ``errors`` what is wrong.
    """
    default = rule.default if like is None else rule.nearest(like.width_px, like.height_px)
    width_px = default.width_px if width_px is None else width_px
    height_px = default.height_px if height_px is None else height_px
    problems = [*_side_problems("width", width_px, rule), *_side_problems("height", height_px, rule)]
    if problems:
        errors.extend(problems)
        return rule.default.width_px, rule.default.height_px
    if rule.max_pixels is not None and width_px * height_px > rule.max_pixels:
        errors.append(FieldError("width", f"Width × height may be at most {rule.max_pixels:,} pixels."))
    if rule.kind == "ratio":
        return _pixels(rule.nearest(width_px, height_px))
    return width_px, height_px


def max_result_bytes(width_px: int, height_px: int) -> int:
    """Return how large the file of a result may be: what was paid for is not to be refused for its grain."""
    pixels = min(width_px * height_px, MAX_RESULT_PIXELS)
    return max(USUAL_RESULT_BYTES, RESULT_BYTES_PER_PIXEL * pixels)


def size_of_source(
    source: SourceSize,
    model: CatalogModel,
    image_input: ImageInput,
    params: Mapping[str, FieldValue],
    errors: list[FieldError],
) -> tuple[int, int]:
    """Return the size of a result that is as large as its source: times a factor, or within the model's limit.

    Adds to ``errors`` if that is more than can be kept.
    """
    factor = params.get(image_input.scale_field or "")
    if isinstance(factor, int | float) and not isinstance(factor, bool):
        width_px, height_px = round(source.width_px * factor), round(source.height_px * factor)
        if width_px * height_px > MAX_RESULT_PIXELS:
            limit = f"{MAX_RESULT_PIXELS // 1_000_000} megapixels"
            message = f"{width_px} × {height_px} pixels are more than the {limit} that can be kept."
            errors.append(FieldError(f"params.{image_input.scale_field}", message))
        return width_px, height_px
    if model.size.kind == "source":
        return source.width_px, source.height_px
    share = min(1.0, model.size.max_side_px / max(source.width_px, source.height_px))
    return _in_steps(source.width_px * share), _in_steps(source.height_px * share)


def _in_steps(side_px: float) -> int:
    return max(1, round(side_px / SOURCE_STEP_PX)) * SOURCE_STEP_PX


def _side_problems(name: str, side_px: int, rule: SizeRule) -> list[FieldError]:
    if not rule.min_side_px <= side_px <= rule.max_side_px:
        return [FieldError(name, f"Use {rule.min_side_px} to {rule.max_side_px} pixels.")]
    if side_px % rule.multiple_px:
        return [FieldError(name, f"Use a multiple of {rule.multiple_px} pixels.")]
    return []


def _pixels(ratio: AspectRatio) -> tuple[int, int]:
    return ratio.width_px, ratio.height_px
