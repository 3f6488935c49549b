"""WebP: a RIFF file of chunks; metadata needs the extended header VP8X (RFC 9649)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthlabel.adapters.provenance.exif import orientation_only, with_comment
from synthlabel.adapters.provenance.limits import MAX_PARTS, DamagedFileError, Found
from synthlabel.adapters.provenance.xmp import merged
from synthlabel.domain.provenance import Marks

_HAS_XMP, _HAS_EXIF, _HAS_ALPHA, _HAS_PROFILE = 0x04, 0x08, 0x10, 0x20
_PICTURE = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"})
_EXIF_HEADER = b"Exif\x00\x00"


@dataclass(frozen=True, slots=True)
class Chunk:
    kind: bytes
    content: bytes

    @property
    def written(self) -> bytes:
        padding = b"\x00" * (len(self.content) % 2)
        return self.kind + len(self.content).to_bytes(4, "little") + self.content + padding


def matches(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def embed(data: bytes, marks: Marks) -> bytes:
    """Return the file with EXIF and XMP at its end."""
    chunks = list(_chunks(data))
    exif = with_comment(_exif_of(chunks), marks.parameters)
    xmp = merged(marks.properties, _content(chunks, b"XMP "))
    kept = [chunk for chunk in chunks if chunk.kind not in (b"EXIF", b"XMP ", b"VP8X")]
    header = _extended(chunks, flags=_HAS_EXIF | _HAS_XMP)
    return _file([header, *kept, Chunk(b"EXIF", exif), Chunk(b"XMP ", xmp)])


def strip(data: bytes) -> bytes:
    """Return the file with nothing but its picture and which way up it is, also without what hides behind its end."""
    chunks = list(_chunks(data))
    upright = orientation_only(_exif_of(chunks))
    kept = [chunk for chunk in chunks if chunk.kind in _PICTURE and chunk.kind != b"VP8X"]
    if upright is not None:
        kept.append(Chunk(b"EXIF", upright))
    if len(kept) == 1:
        return _file(kept)
    return _file([_extended(chunks, flags=0 if upright is None else _HAS_EXIF), *kept])


def read(data: bytes) -> Found:
    chunks = list(_chunks(data))
    return Found({}, _exif_of(chunks), _content(chunks, b"XMP "))


def _chunks(data: bytes) -> Iterator[Chunk]:
    """Yield the chunks. Raises DamagedFileError."""
    end_of_file = 8 + int.from_bytes(data[4:8], "little")
    if end_of_file > len(data) + 1:  # some writers leave the last padding byte out
        raise DamagedFileError
    position = 12
    for _ in range(MAX_PARTS):
        if position + 8 > min(end_of_file, len(data)):
            return
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        content = data[position + 8 : position + 8 + length]
        if len(content) < length:
            raise DamagedFileError
        yield Chunk(data[position : position + 4], content)
        position += 8 + length + length % 2
    raise DamagedFileError


def _file(chunks: Sequence[Chunk]) -> bytes:
    body = b"".join(chunk.written for chunk in chunks)
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _extended(chunks: Sequence[Chunk], *, flags: int) -> Chunk:
    """Return the extended header: the file's own, or one made from the picture's."""
    own = _content(chunks, b"VP8X")
    if own is not None and len(own) >= 10:
        kept = own[0] & ~(_HAS_EXIF | _HAS_XMP)
        return Chunk(b"VP8X", bytes((kept | flags,)) + own[1:])
    width_px, height_px, has_alpha = _picture_facts(chunks)
    flags |= _HAS_ALPHA if has_alpha else 0
    sides = (width_px - 1).to_bytes(3, "little") + (height_px - 1).to_bytes(3, "little")
    return Chunk(b"VP8X", bytes((flags, 0, 0, 0)) + sides)


def _picture_facts(chunks: Sequence[Chunk]) -> tuple[int, int, bool]:
    """Return width, height and whether there is transparency, from the bitstream's own header."""
    lossy, lossless = _content(chunks, b"VP8 "), _content(chunks, b"VP8L")
    if lossy is not None and lossy[3:6] == b"\x9d\x01\x2a" and len(lossy) >= 10:
        width = int.from_bytes(lossy[6:8], "little") & 0x3FFF
        height = int.from_bytes(lossy[8:10], "little") & 0x3FFF
        if width and height:
            return width, height, False
    if lossless is not None and lossless[:1] == b"\x2f" and len(lossless) >= 5:
        bits = int.from_bytes(lossless[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    raise DamagedFileError


def _content(chunks: Sequence[Chunk], kind: bytes) -> bytes | None:
    return next((chunk.content for chunk in chunks if chunk.kind == kind), None)


def _exif_of(chunks: Sequence[Chunk]) -> bytes | None:
    exif = _content(chunks, b"EXIF")
    # Some writers repeat the header that JPEG needs
    return exif if exif is None else exif.removeprefix(_EXIF_HEADER)
