"""What a key looks like: parts of plain characters, never a way out of the store."""

import re
from urllib.parse import quote

from synthlabel.errors import StorageError

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
MAX_KEY_CHARS = 500

URL_LIFETIME_S = 3600
"""How long a signed address works at least. Addresses are made on read, so a reload brings fresh ones."""


def checked(key: str) -> str:
    """Return the key. Raises StorageError for one that could leave its place: ``..``, absolute, NUL, too long."""
    if len(key) > MAX_KEY_CHARS or not _KEY.fullmatch(key):
        raise StorageError("This is not a key of ours.", code="bad_key", retryable=False)
    return key


def attachment(filename: str) -> str:
    """Return the Content-Disposition of a download (RFC 6266)."""
    return f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
