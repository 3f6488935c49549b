"""Taking a file in that a browser sends: in pieces, and never more than was allowed."""

from collections.abc import AsyncGenerator, AsyncIterable, Mapping

from synthlabel.errors import FieldError, InvalidInputError

PIECE_BYTES = 1024 * 1024
"""What is gathered before it is written: few visits to the disk, little memory."""


def check_announced(headers: Mapping[str, str], *, content_type: str, max_bytes: int) -> None:
    """Judge a file by what its sender says of it. Raises InvalidInputError."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != content_type:
        raise _refused(f"This form takes {content_type} only.")
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > max_bytes:
        raise _too_large(max_bytes)


async def pieces(body: AsyncIterable[bytes], *, max_bytes: int) -> AsyncGenerator[bytes, None]:
    """Yield a body in pieces of about a megabyte. Raises InvalidInputError if it is empty, and at the limit."""
    received = 0
    gathered = bytearray()
    async for chunk in body:
        received += len(chunk)
        if received > max_bytes:
            raise _too_large(max_bytes)
        gathered += chunk
        if len(gathered) >= PIECE_BYTES:
            yield bytes(gathered)
            gathered.clear()
    if not received:
        raise _refused("The file is empty.")
    yield bytes(gathered)


def _too_large(max_bytes: int) -> InvalidInputError:
    return _refused(f"The file is larger than the {max_bytes} bytes that were announced.")


def _refused(message: str) -> InvalidInputError:
    return InvalidInputError(FieldError("file", message))
