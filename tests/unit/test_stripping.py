"""Files without metadata: nothing that is no pixel is left, wherever it hides, and the pixels are the same."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from synthlabel.adapters.provenance import FileMarks

SECRET = b"a secret prompt"
COMMENT = b"\xff\xfe" + (2 + len(SECRET)).to_bytes(2, "big") + SECRET


def jpeg(*, size: int = 96, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((size, size), 60).convert("RGB").save(buffer, "JPEG", **options)
    return buffer.getvalue()


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "PNG")
    return buffer.getvalue()


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.tobytes()


def between_scans(data: bytes) -> bytes:
    last = data.rfind(b"\xff\xda")
    return data[:last] + COMMENT + data[last:]


@pytest.mark.parametrize(
    ("plain", "hide"),
    [
        (jpeg(), lambda data: data[:2] + COMMENT + data[2:]),
        (jpeg(), lambda data: data + SECRET),
        (jpeg(), lambda data: data + jpeg(size=8, comment=SECRET)),
        (jpeg(progressive=True), between_scans),
        (jpeg(progressive=True, restart_marker_blocks=1), between_scans),
        (png(), lambda data: data + SECRET),
    ],
    ids=["comment", "behind the end", "a picture behind the end", "between scans", "with restarts", "behind a png"],
)
def test_what_hides_in_a_file_is_gone_and_the_pixels_are_the_same(plain: bytes, hide: Callable[[bytes], bytes]) -> None:
    hidden = hide(plain)
    stripped = FileMarks().strip(hidden)
    assert SECRET in hidden
    assert SECRET not in stripped
    assert pixels(stripped) == pixels(plain)
    assert len(stripped) <= len(plain)


def test_a_file_without_an_end_is_stripped_as_far_as_it_goes() -> None:
    stripped = FileMarks().strip(between_scans(jpeg(progressive=True))[:-2])
    assert SECRET not in stripped
