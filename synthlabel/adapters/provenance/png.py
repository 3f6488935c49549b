"""PNG: a signature, then chunks of length, kind, content, checksum (PNG specification, third edition)."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from synthlabel.adapters.provenance.limits import (
    MAX_PARTS,
    MAX_TEXT_BYTES,
    MAX_TEXTS,
    MAX_TOTAL_CHARS,
    DamagedFileError,
    Found,
)
from synthlabel.adapters.provenance.xmp import merged
from synthlabel.domain.provenance import PARAMETERS_KEYWORD, RECIPE_KEYWORD, Marks

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP_KEYWORD = "XML:com.adobe.xmp"
_TEXT = (b"tEXt", b"zTXt", b"iTXt")
_OURS = (PARAMETERS_KEYWORD, RECIPE_KEYWORD, XMP_KEYWORD)
_NEEDED = frozenset(
    # What a picture is drawn from: the critical chunks, colour, transparency, size on paper
    {
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"cHRM",
        b"gAMA",
        b"iCCP",
        b"sBIT",
        b"sRGB",
        b"cICP",
        b"bKGD",
        b"pHYs",
    }
)


@dataclass(frozen=True, slots=True)
class Chunk:
    kind: bytes
    start: int
    """Of the length; the content starts eight bytes later."""
    end: int
    """After the checksum."""


def matches(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def embed(data: bytes, marks: Marks) -> bytes:
    """Return the file with texts right behind its header, where every reader finds them."""
    chunks = list(_chunks(data))
    replaced = {chunk.start for chunk in chunks if _keyword(data, chunk) in _OURS}
    xmp = _read_xmp(data, chunks)
    new = [_text(PARAMETERS_KEYWORD, marks.parameters), _text(RECIPE_KEYWORD, marks.recipe)]
    new.append(_international(XMP_KEYWORD, merged(marks.properties, xmp).decode()))
    kept = [data[chunk.start : chunk.end] for chunk in chunks[1:] if chunk.start not in replaced]
    return b"".join((SIGNATURE, data[chunks[0].start : chunks[0].end], *new, *kept))


def strip(data: bytes) -> bytes:
    """Return the file with nothing but its picture, also without what hides behind its end."""
    kept = [data[chunk.start : chunk.end] for chunk in _chunks(data) if chunk.kind in _NEEDED]
    return SIGNATURE + b"".join(kept)


def read(data: bytes) -> Found:
    texts: dict[str, str] = {}
    exif = None
    tries, left_bytes = MAX_TEXTS, MAX_TOTAL_CHARS  # unpacking takes its time also in vain
    chunks = list(_chunks(data))
    for chunk in chunks:
        if chunk.kind == b"eXIf":
            exif = data[chunk.start + 8 : chunk.end - 4]
        elif chunk.kind in _TEXT and tries > 0 and left_bytes > 0:
            keyword, text = _content(data, chunk)
            tries -= 1
            left_bytes -= MAX_TEXT_BYTES if text is None else len(text)
            if text is not None and keyword != XMP_KEYWORD:
                texts.setdefault(keyword, text)
    return Found(texts, exif, _read_xmp(data, chunks))


def _chunks(data: bytes) -> Iterator[Chunk]:
    """Yield the chunks up to the end. Raises DamagedFileError."""
    position = len(SIGNATURE)
    for _ in range(MAX_PARTS):
        if position + 12 > len(data):
            break
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        chunk = Chunk(data[position + 4 : position + 8], position, end)
        if end > len(data) or (position == len(SIGNATURE)) != (chunk.kind == b"IHDR"):
            break
        yield chunk
        if chunk.kind == b"IEND":
            return
        position = end
    raise DamagedFileError


def _keyword(data: bytes, chunk: Chunk) -> str | None:
    if chunk.kind not in _TEXT:
        return None
    return data[chunk.start + 8 : chunk.start + 8 + 80].partition(b"\x00")[0].decode("latin-1")


def _content(data: bytes, chunk: Chunk) -> tuple[str, str | None]:
    """Return keyword and text; no text if it is too long or broken."""
    keyword, _, rest = data[chunk.start + 8 : chunk.end - 4].partition(b"\x00")
    encoding = "latin-1"
    if chunk.kind == b"iTXt":
        compressed, encoding = rest[:1] == b"\x01", "utf-8"
        rest = rest[2:].partition(b"\x00")[2].partition(b"\x00")[2]
    else:
        compressed = chunk.kind == b"zTXt"
        rest = rest[1:] if compressed else rest
    plain = _inflated(rest) if compressed else rest
    if plain is None or len(plain) > MAX_TEXT_BYTES:
        return keyword.decode("latin-1"), None
    return keyword.decode("latin-1"), plain.decode(encoding, "replace")


def _inflated(data: bytes) -> bytes | None:
    inflating = zlib.decompressobj()
    try:
        plain = inflating.decompress(data, MAX_TEXT_BYTES + 1)
    except zlib.error:
        return None
    return plain if inflating.eof else None


def _read_xmp(data: bytes, chunks: list[Chunk]) -> bytes | None:
    for chunk in chunks:
        if _keyword(data, chunk) == XMP_KEYWORD:
            _, text = _content(data, chunk)
            return None if text is None else text.encode("utf-8", "replace")
    return None


def _text(keyword: str, text: str) -> bytes:
    """Return the plainest chunk that holds a text: some readers know only that one."""
    try:
        return _chunk(b"tEXt", keyword.encode() + b"\x00" + text.encode("latin-1"))
    except UnicodeEncodeError:
        return _international(keyword, text)


def _international(keyword: str, text: str) -> bytes:
    return _chunk(b"iTXt", keyword.encode() + b"\x00" * 5 + text.encode("utf-8", "replace"))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return len(content).to_bytes(4, "big") + kind + content + checksum.to_bytes(4, "big")
