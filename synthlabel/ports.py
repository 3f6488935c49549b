"""What the product needs from outside: small interfaces, each with a real and an embedded implementation.

The database is not among them: it is always a real PostgreSQL.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import UUID

from synthlabel.domain.provenance import Marks

# --- the image provider ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Submission:
    """A request that the provider has accepted. The addresses are the provider's own words, stored verbatim."""

    endpoint: str
    request_id: str
    status_url: str
    response_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What the provider says of an accepted request.

    ``finished`` means that a result can be fetched: a picture or a refusal. ``queue_position`` counts the requests
    ahead, from 0. ``log`` is the whole log so far, oldest line first.
    """

    state: Literal["queued", "running", "finished"]
    queue_position: int | None = None
    log: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputImage:
    url: str
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """A finished request: its images in order, the seed of the first one, and what was billed, where it is told.

    ``text`` is what a model answers that gives words.
    """

    images: tuple[OutputImage, ...]
    seed: int | None
    billable_units: float | None
    raw: Mapping[str, Any]
    text: str | None = None


class ImageProvider(Protocol):
    """Hosted models. Vendor errors arrive as ``ProviderError`` and its kinds, see ``errors``."""

    async def upload(self, data: bytes, *, content_type: str, filename: str) -> str:
        """Put a source image where the provider's models can read it, for a day. Return its address.

        Costs nothing. Raises ProviderBusyError. Safe to repeat: each time there is another file.
        """
        ...

    async def submit(self, endpoint: str, arguments: Mapping[str, Any], *, webhook_url: str | None) -> Submission:
        """Send one paid request with exactly one POST, whatever the network does.

        Raises ProviderRefusedError (a definite no), ProviderBusyError (certainly not accepted: may be sent again),
        SubmissionLostError (may have been accepted: never send again by machine). Never safe to repeat.
        """
        ...

    def submission(self, endpoint: str, request_id: str) -> Submission:
        """Rebuild a submission from a request id that came by webhook or from the provider's list. No I/O."""
        ...

    async def progress(self, submission: Submission) -> Progress:
        """Look once. Raises ProviderUnavailableError; ProviderRefusedError if it is unknown. Safe to repeat."""
        ...

    async def output(self, submission: Submission) -> Output:
        """Fetch the result of a finished request. Raises ProviderRefusedError if it failed. Safe to repeat."""
        ...

    async def cancel(self, submission: Submission) -> Literal["requested", "too_late"]:
        """Ask to cancel. A running request may finish all the same. Safe to repeat."""
        ...

    async def find(
        self, endpoint: str, arguments: Mapping[str, Any], *, since: datetime, until: datetime
    ) -> Sequence[Submission]:
        """Return all requests of that time with exactly these arguments, from the provider's list. Safe to repeat."""
        ...

    async def download(self, url: str, *, max_bytes: int) -> bytes:
        """Fetch an output file from an allowed host, without redirects or private addresses. Safe to repeat.

        Raises ProviderRefusedError if the file is gone, too large or in a forbidden place, ProviderUnavailableError
        if it did not arrive whole.
        """
        ...


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    request_id: str


class WebhookVerifier(Protocol):
    async def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Check signature and freshness of a provider's call. Raises NotSignedInError. Safe to repeat."""
        ...


# --- objects and pictures -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UploadForm:
    """How a browser sends one file straight to storage.

    ``POST``: a multipart form of ``fields``, then the file in a field named ``file``. ``PUT``: the file is the body.
    """

    method: Literal["POST", "PUT"]
    url: str
    fields: Mapping[str, str]
    headers: Mapping[str, str]


class ObjectStorage(Protocol):
    """Immutable objects under keys such as ``users/<user>/generations/<id>/0.png``. Errors: StorageError."""

    async def put(self, key: str, data: bytes, *, content_type: str) -> None:
        """Store the object whole, or not at all. Safe to repeat."""
        ...

    async def get(self, key: str) -> bytes:
        """Return the bytes. Raises NotFoundError."""
        ...

    async def size(self, key: str) -> int:
        """Return the object's size in bytes, without reading it. Raises NotFoundError."""
        ...

    async def delete(self, key: str) -> None:
        """Remove the object. Safe to repeat: an absent one is no error."""
        ...

    def url(self, key: str, *, filename: str | None = None) -> str:
        """Return an address at which a browser may read the object for a while. ``filename`` makes it a download."""
        ...

    def upload_form(self, key: str, *, content_type: str, max_bytes: int, lifetime: timedelta) -> UploadForm:
        """Return a form that stores 1 to ``max_bytes`` bytes of one type under a key until ``lifetime`` has passed.

        None of these can be changed by whoever holds it. It may be used several times: the last file counts.
        """
        ...

    async def admit_pages(self, origins: Sequence[str]) -> None:
        """Let pages of these origins use upload forms, as far as browsers need leave for it (CORS).

        Raises StorageError if they have no leave and none can be given. Safe to repeat.
        """
        ...

    async def admits_pages(self, origins: Sequence[str]) -> bool:
        """Return whether pages of all these origins may use upload forms now. Raises StorageError. Changes nothing."""
        ...

    async def tidy(self) -> None:
        """Remove what interrupted writes left behind a day ago or earlier. Safe to repeat."""
        ...

    async def check(self) -> None:
        """Raise StorageError if the store can't be used now. Cheap, and changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that may be sent to a browser."""

    path: Path
    content_type: str
    filename: str | None


class SignedFiles(Protocol):
    """The side of local storage that answers browsers."""

    def open(self, key: str, query: Mapping[str, str]) -> OpenFile:
        """Check a signed address and return its file. Raises NotFoundError if it is forged, expired or absent."""
        ...

    async def receive(
        self, key: str, query: Mapping[str, str], headers: Mapping[str, str], body: AsyncIterable[bytes]
    ) -> None:
        """Store what an upload form sends, piece by piece.

        Raises NotFoundError if the form is forged or expired, before the body is read; InvalidInputError if the file is
        empty, too large or of another type: then nothing is stored, and reading stops at the limit. Safe to repeat.
        """
        ...


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What decoding told: the true format and size, whatever the sender claimed."""

    content_type: str
    extension: str
    width_px: int
    height_px: int
    sha256: str
    thumbhash: str
    thumbnails: Mapping[int, bytes] = field(repr=False)
    """WebP bytes by the thumbnail's longer side in pixels."""


class PictureInspector(Protocol):
    async def inspect(self, data: bytes) -> PictureFacts:
        """Decode, hash and thumbnail a picture. Raises InvalidInputError if it is broken, too large or no picture."""
        ...


class PictureCleaner(Protocol):
    async def clean(self, data: bytes) -> bytes:
        """Return the same picture in the same format, upright and in sRGB, without anything but its pixels.

        Raises InvalidInputError if it is broken, too large or no picture.
        """
        ...


class PictureMarks(Protocol):
    """Metadata of PNG, JPEG and WebP files. The pixels are neither decoded nor changed, so it is quick."""

    def embed(self, data: bytes, marks: Marks) -> bytes:
        """Return a copy that carries the marks; what was in the file already stays.

        The file as it is, if its container is not built as it should be: no reason to refuse a download.
        """
        ...

    def strip(self, data: bytes) -> bytes:
        """Return a copy without anything but the picture. Raises InvalidInputError if that cannot be told apart."""
        ...

    def texts(self, data: bytes) -> Mapping[str, str]:
        """Return the texts in which recipes are found, by name, as they stand in the file: nothing is to be trusted.

        PNG's by keyword, EXIF's as ``UserComment`` and the like, our own recipe as ``synthlabel``. Sizes are limited.
        Raises InvalidInputError if it is no such picture.
        """
        ...


# --- people ---------------------------------------------------------------------------------------------------------


class PasswordHasher(Protocol):
    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Compare. With no hash (an unknown person) it takes as long as with one, and answers False."""
        ...

    def needs_rehash(self, password_hash: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key pair, PEM. The private half is encrypted at rest with the installation's secret."""

    kid: str
    private_pem: bytes = field(repr=False)
    public_pem: bytes


class TokenSigner(Protocol):
    """Signs and checks the API's JSON Web Tokens (RS256), and seals signing keys for storage."""

    def new_key(self) -> SigningKey: ...

    def seal(self, private_pem: bytes) -> bytes: ...

    def unseal(self, sealed: bytes) -> bytes:
        """Raises ConfigurationError if the installation's secret is another one than when it was sealed."""
        ...

    def sign(self, key: SigningKey, claims: Mapping[str, Any]) -> str: ...

    def verify(self, token: str, keys: Mapping[str, SigningKey]) -> Mapping[str, Any]:
        """Return the claims. Raises NotSignedInError for anything but a valid, fresh token of ours."""
        ...

    def jwks(self, keys: Mapping[str, SigningKey]) -> Mapping[str, Any]: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        ...


# --- news -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A committed change of a row that a person may be looking at. ``kind`` is the row's: ``generation``, ``image``.

    Without an id many rows have changed together; without an account everybody may be looking at them.
    ``kind == "everything"`` says that changes may have been missed: read again whatever is shown.
    """

    account_id: UUID | None
    kind: str
    id: UUID | None


class ChangeFeed(Protocol):
    def changes(self) -> AsyncGenerator[Change, None]:
        """Yield changes as they are committed, in any process, for ever. Reconnects by itself."""
        ...


# --- work for later -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Job:
    """A task by name, its payload (ids only), and when. ``key`` keeps two equal jobs from waiting at once."""

    task: str
    id: UUID | None = None
    key: str | None = None
    delay_s: float = 0.0


class JobQueue(Protocol):
    async def enqueue(self, connection: Any, job: Job) -> None:
        """Add a job in the caller's transaction: it exists if and when that commits. ``connection`` is psycopg's.

        Does nothing if a job with the same key waits already; the transaction stays usable.
        """
        ...
