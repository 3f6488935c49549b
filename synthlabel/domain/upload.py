"""Files that browsers send straight to storage."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from synthlabel.errors import FieldError, InvalidInputError

MAX_FILENAME_CHARS = 200


class Purpose(StrEnum):
    SOURCE = "source"
    TRAINING = "training"


class UploadStatus(StrEnum):
    WAITING = "waiting"  # announced: the browser may send the file
    READY = "ready"  # looked at: a proper picture
    REFUSED = "refused"  # looked at: not what was announced; its file is gone


CONTENT_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
"""What is taken, with the usual ending of a file's name."""

MAX_UPLOAD_BYTES = 30 * 1024 * 1024
FORM_LIFETIME = timedelta(hours=1)
WAITING_IS_FORGOTTEN_AFTER = timedelta(days=1)
"""After its form has expired."""
UNUSED_IS_FORGOTTEN_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a browser is about to send."""

    filename: str
    content_type: str
    size_bytes: int


def check_announcement(announced: Announcement) -> None:
    """Raises InvalidInputError, with every field that is wrong."""
    errors: list[FieldError] = []
    if announced.content_type not in CONTENT_TYPES:
        errors.append(FieldError("content_type", "Only PNG, JPEG and WebP pictures are taken."))
    if announced.size_bytes < 1:
        errors.append(FieldError("size_bytes", "The file is empty."))
    elif announced.size_bytes > MAX_UPLOAD_BYTES:
        errors.append(FieldError("size_bytes", f"A picture has at most {MAX_UPLOAD_BYTES // 1024 // 1024} MB."))
    if errors:
        raise InvalidInputError(*errors)


def plain_filename(text: str) -> str:
    """Return the last part of a path as something that can be stored and shown; never empty."""
    last = re.split(r"[/\\]", text)[-1]
    printable = "".join(character for character in last if character.isprintable())
    return printable.encode("utf-8", "ignore").decode().strip()[:MAX_FILENAME_CHARS] or "picture"
