"""JPEG: segments of marker, length and content up to the scan (ITU T.81); EXIF and XMP are APP1 segments."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthlabel.adapters.provenance.exif import orientation_only, with_comment
from synthlabel.adapters.provenance.limits import MAX_PARTS, DamagedFileError, Found
from synthlabel.adapters.provenance.xmp import merged
from synthlabel.domain.provenance import Marks

EXIF_HEADER = b"Exif\x00\x00"
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\x00"
MAX_CONTENT_BYTES = 65_533
_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_ICC_HEADER = b"ICC_PROFILE\x00"
# In the data of a scan anything but a stuffed byte, a restart or a fill byte begins a segment
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(frozen=True, slots=True)
class Segment:
    marker: int
    content: bytes

    @property
    def is_exif(self) -> bool:
        return self.marker == _APP1 and self.content.startswith(EXIF_HEADER)

    @property
    def is_xmp(self) -> bool:
        return self.marker == _APP1 and self.content.startswith(XMP_HEADER)

    @property
    def is_picture(self) -> bool:
        """True if the picture is drawn with it: tables, colour space, profile."""
        if self.marker == _APP2:
            return self.content.startswith(_ICC_HEADER)
        return self.marker in (_APP0, _APP14) or not (_APP0 <= self.marker <= _APP15 or self.marker == _COMMENT)

    @property
    def written(self) -> bytes:
        return bytes((0xFF, self.marker)) + (len(self.content) + 2).to_bytes(2, "big") + self.content


def matches(data: bytes) -> bool:
    return data.startswith(bytes((0xFF, _START, 0xFF)))


def embed(data: bytes, marks: Marks) -> bytes:
    """Return the file with EXIF and XMP in front, each as complete as a segment allows."""
    segments, scan = _parse(data)
    new = [_exif(_exif_of(segments), marks.parameters), _xmp(marks, _xmp_of(segments))]
    kept = [segment for segment in segments if not (segment.is_exif or segment.is_xmp)]
    return _file(kept, [segment for segment in new if segment is not None], data[scan:])


def strip(data: bytes) -> bytes:
    """Return the file with nothing but its picture and which way up it is, also without what hides behind its end."""
    segments, scan = _parse(data)
    upright = orientation_only(_exif_of(segments))
    new = [] if upright is None else [Segment(_APP1, EXIF_HEADER + upright)]
    return _file([each for each in segments if each.is_picture], new, b"".join(_scans(data, scan)))


def read(data: bytes) -> Found:
    segments, _ = _parse(data)
    return Found({}, _exif_of(segments), _xmp_of(segments))


def _parse(data: bytes) -> tuple[list[Segment], int]:
    """Return the segments before the scan, and where the scan begins. Raises DamagedFileError."""
    segments: list[Segment] = []
    position = 2
    for segment, end in _segments(data):
        segments.append(segment)
        position = end
    return segments, position


def _segments(data: bytes) -> Iterator[tuple[Segment, int]]:
    position = 2
    for _ in range(MAX_PARTS):
        if position + 4 > len(data) or data[position] != 0xFF:
            break
        marker = data[position + 1]
        if marker == _SCAN:
            return
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker < 0xC0 or marker in (_START, _END) or end < position + 4 or end > len(data):
            break
        yield Segment(marker, data[position + 4 : end]), end
        position = end
    raise DamagedFileError


def _scans(data: bytes, position: int) -> Iterator[bytes]:
    """Yield the scans and the tables between them, up to the end of the picture. Raises DamagedFileError."""
    while position < len(data):
        if data[position] != 0xFF or position + 1 == len(data):
            raise DamagedFileError
        marker = data[position + 1]
        if marker == _END:
            yield data[position : position + 2]
            return
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == _SCAN:
            following = _MARKER.search(data, end)
            end = following.start() if following else len(data)
        if Segment(marker, data[position + 4 : end]).is_picture:
            yield data[position:end]
        position = end


def _file(kept: Sequence[Segment], new: Sequence[Segment], scan: bytes) -> bytes:
    # A JFIF header has to be the first segment; EXIF comes next
    leading = 1 if kept and kept[0].marker == _APP0 else 0
    ordered = (*kept[:leading], *new, *kept[leading:])
    return b"".join((bytes((0xFF, _START)), *(segment.written for segment in ordered), scan))


def _exif_of(segments: Sequence[Segment]) -> bytes | None:
    return next((segment.content[len(EXIF_HEADER) :] for segment in segments if segment.is_exif), None)


def _xmp_of(segments: Sequence[Segment]) -> bytes | None:
    return next((segment.content[len(XMP_HEADER) :] for segment in segments if segment.is_xmp), None)


def _exif(existing: bytes | None, comment: str) -> Segment | None:
    """Return a segment with the comment; with what was there alone if the comment is too long for one."""
    written = with_comment(existing, comment)
    if len(EXIF_HEADER) + len(written) > MAX_CONTENT_BYTES:
        if existing is None:
            return None
        written = existing
    return Segment(_APP1, EXIF_HEADER + written)


def _xmp(marks: Marks, existing: bytes | None) -> Segment:
    """Return a segment with all properties, or with as many as fit: the declaration always does."""
    properties = dict(marks.properties)
    for dropped in ("dc:description", "synthlabel:recipe", None):
        content = XMP_HEADER + merged(properties, existing)
        if len(content) <= MAX_CONTENT_BYTES or dropped is None:
            break
        properties.pop(dropped, None)
    fits = len(content) <= MAX_CONTENT_BYTES
    return Segment(_APP1, content if fits else XMP_HEADER + (existing or b""))
