"""EXIF as Pillow understands it: a TIFF structure of tags. What is in it already stays."""

import struct
from collections.abc import Mapping

from PIL import ExifTags, Image

from synthlabel.adapters.provenance.limits import MAX_TEXT_BYTES

_COMMENT = ExifTags.Base.UserComment
_UNICODE, _ASCII = b"UNICODE\x00", b"ASCII\x00\x00\x00"
_BIG_ENDIAN = ">"
_BYTES, _UNDEFINED = 1, 7  # TIFF 6.0, types of fields
_BROKEN = (
    SyntaxError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    OSError,
    struct.error,
    OverflowError,
    RecursionError,
)
_TEXT_TAGS = {
    ExifTags.Base.ImageDescription: "Description",
    ExifTags.Base.Software: "Software",
    # ComfyUI's savers put ``prompt:{…}`` and ``workflow:{…}`` here
    ExifTags.Base.Make: "Make",
    ExifTags.Base.Model: "Model",
}


def with_comment(existing: bytes | None, comment: str) -> bytes:
    """Return EXIF with a user comment. The text and all numbers are big-endian: tools read no other order."""
    exif = _loaded(existing)
    exif.endian = _BIG_ENDIAN
    content = _UNICODE + comment.encode("utf-16-be", "replace")
    exif.get_ifd(ExifTags.IFD.Exif)[_COMMENT] = content
    return _with_comment_undefined(_without_header(exif.tobytes()), len(content))


def orientation_only(existing: bytes | None) -> bytes | None:
    """Return EXIF that says which way up the picture is and nothing else; None if it is upright."""
    orientation = _loaded(existing).get(ExifTags.Base.Orientation)
    if not isinstance(orientation, int) or not 2 <= orientation <= 8:
        return None
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return _without_header(exif.tobytes())


def comments(existing: bytes | None) -> Mapping[str, str]:
    """Return the texts that recipes are found in, by name: ``UserComment``, ``Description`` and others. Never fails."""
    exif = _loaded(existing)
    found = {name: text for tag, name in _TEXT_TAGS.items() if (text := _text(exif.get(tag)))}
    try:
        comment = exif.get_ifd(ExifTags.IFD.Exif).get(_COMMENT)
    except _BROKEN:
        return found
    text = _comment_text(comment)
    return {**found, "UserComment": text} if text else found


def _with_comment_undefined(exif: bytes, length: int) -> bytes:
    """Give the comment's entry the type *undefined*, as the specification says: Pillow calls it *bytes*.

    piexif, by which other tools read it, takes a comment of bytes for a list of numbers.
    """
    entry = struct.Struct(">HHI")
    return exif.replace(entry.pack(_COMMENT, _BYTES, length), entry.pack(_COMMENT, _UNDEFINED, length), 1)


def _loaded(existing: bytes | None) -> Image.Exif:
    """Return the tags; none at all if they are broken."""
    exif = Image.Exif()
    if existing:
        try:
            exif.load(existing)
            exif.get_ifd(ExifTags.IFD.Exif)
            exif.tobytes()
        except _BROKEN:
            return Image.Exif()
    return exif


def _comment_text(value: object) -> str:
    if isinstance(value, str):
        value = value.encode("utf-8", "replace")
    if not isinstance(value, bytes) or len(value) > MAX_TEXT_BYTES:
        return ""
    if value.startswith(_UNICODE):
        return _wide_text(value[len(_UNICODE) :])
    return value.removeprefix(_ASCII).removeprefix(b"\x00" * 8).decode("utf-8", "replace").strip("\x00 ")


def _wide_text(value: bytes) -> str:
    """Decode two-byte text in the order that looks like text: writers disagree."""
    value = value[: len(value) // 2 * 2]
    little = value[1::2].count(0) > value[0::2].count(0)
    return value.decode("utf-16-le" if little else "utf-16-be", "replace").strip("\x00\ufeff ")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.strip("\x00 ") if isinstance(value, str) and len(value) <= MAX_TEXT_BYTES else ""


def _without_header(exif: bytes) -> bytes:
    return exif.removeprefix(b"Exif\x00\x00")
