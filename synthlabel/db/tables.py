"""The tables. *Model* is a product word here (a model that makes images), so these classes are tables.

Times are aware and in UTC, money is in micro-dollars, ids are UUIDv7. States are text with a CHECK constraint.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from synthlabel.domain.account import Role
from synthlabel.domain.board import Visibility
from synthlabel.domain.catalog import Task
from synthlabel.domain.generation import TERMINAL, GenerationStatus
from synthlabel.domain.ledger import LedgerKind
from synthlabel.domain.upload import UploadStatus

_NOW = sa.text("now()")
SEARCH_TEXT = (
    "to_tsvector('simple'::regconfig, prompt) || to_tsvector('english'::regconfig, prompt) || "
    "array_to_tsvector(ARRAY['=owner:' || account_id::text, '=model:' || model, '=task:' || task, "
    "'=seed:' || seed::text, '=width:' || width_px::text, '=height:' || height_px::text])"
)
_LIVE = ", ".join(f"'{status}'" for status in GenerationStatus if status not in TERMINAL)


def new_id() -> UUID:
    """Return a UUIDv7: unique, and later ones sort after earlier ones."""
    return uuid7()


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _one_of(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_known")


def _time(*, nullable: bool = True, default_now: bool = False) -> Any:
    # A fresh Column for each field: SQLAlchemy does not share them between tables.
    return sa.Column(sa.DateTime(timezone=True), nullable=nullable, server_default=_NOW if default_now else None)


def _json(default: str) -> Any:
    return sa.Column(JSONB, nullable=False, server_default=sa.text(f"'{default}'::jsonb"))


def _person(*, index: bool = False, primary_key: bool = False) -> Any:
    return sa.Column(
        sa.ForeignKey("account.id", ondelete="CASCADE"), index=index, nullable=False, primary_key=primary_key
    )


def _image_order(name: str, *columns: str) -> sa.Index:
    # Serves a page of a list in its order, and counts and anchors without touching the rows
    shown = sa.text("trashed_at IS NULL AND NOT filtered")
    return sa.Index(name, "account_id", *columns, sa.text("id DESC"), postgresql_where=shown)


def _image(*, primary_key: bool = False, index: bool = True) -> Any:
    return sa.Column(
        sa.ForeignKey("image.id", ondelete="CASCADE"), index=index, nullable=False, primary_key=primary_key
    )


class Account(SQLModel, table=True):
    """A person. Without a password hash they cannot sign in with a password."""

    __table_args__ = (_one_of("role", Role), sa.Index("account_email_unique", sa.text("lower(email)"), unique=True))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str
    name: str
    role: str
    password_hash: str | None = None
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))
    deactivated_at: datetime | None = Field(default=None, sa_column=_time())


class Session(SQLModel, table=True):
    """A browser that is signed in. Only the hash of its cookie is stored."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(sa_column=_person(index=True))
    token_hash: str = Field(unique=True)
    user_agent: str = ""
    created_at: datetime = Field(sa_column=_time(nullable=False))
    last_seen_at: datetime = Field(sa_column=_time(nullable=False))
    expires_at: datetime = Field(sa_column=_time(nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=_time())


class LoginThrottle(SQLModel, table=True):
    """Failed sign-ins by account, by network, and by the two together."""

    __tablename__ = "login_throttle"  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]

    key: str = Field(primary_key=True)
    failures: int = 0
    blocked_until: datetime | None = Field(default=None, sa_column=_time())
    updated_at: datetime = Field(sa_column=_time(nullable=False))


class SigningKeyRow(SQLModel, table=True):
    """A key pair of the API's tokens. ``sealed_private_pem`` is encrypted with the installation's secret."""

    __tablename__ = "signing_key"  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]

    kid: str = Field(primary_key=True)
    sealed_private_pem: bytes
    public_pem: bytes
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))
    retired_at: datetime | None = Field(default=None, sa_column=_time())


class Generation(SQLModel, table=True):
    """One paid request: what was asked for, the body that is sent, where it stands, what it cost."""

    __table_args__ = (
        _one_of("status", GenerationStatus),
        sa.CheckConstraint("count BETWEEN 1 AND 100", name="count_range"),
        sa.CheckConstraint("price_micros >= 0", name="price_not_negative"),
        _one_of("task", Task),
        sa.Index("generation_of_batch", "batch_id", postgresql_where=sa.text("batch_id IS NOT NULL")),
        sa.Index("generation_pace", "model", sa.text("id DESC"), postgresql_where=sa.text("status = 'done'")),
        sa.Index("generation_of_account", "account_id", sa.text("id DESC")),
        sa.Index("generation_waiting", "account_id", "id", postgresql_where=sa.text("status = 'queued'")),
        sa.Index("generation_sent", "account_id", "submit_started_at"),
        sa.Index("generation_to_look_at", "next_look_at", postgresql_where=sa.text(f"status IN ({_LIVE})")),
        sa.Index("generation_live", "status", postgresql_where=sa.text(f"status IN ({_LIVE})")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(sa_column=_person())
    status: str = GenerationStatus.QUEUED

    # The recipe
    task: str = Field(default=Task.GENERATE, sa_column_kwargs={"server_default": Task.GENERATE})
    model: str
    provider: str
    endpoint: str
    prompt: str
    negative_prompt: str = ""
    width_px: int
    height_px: int
    count: int
    seed: int = Field(sa_type=sa.BigInteger)
    params: dict[str, Any] = Field(default_factory=dict, sa_column=_json("{}"))
    arguments: dict[str, Any] = Field(default_factory=dict, sa_column=_json("{}"))
    loras: list[dict[str, Any]] = Field(default_factory=list, sa_column=_json("[]"))
    """``{"id", "name", "weight"}`` as they were when it was asked for."""
    template: str | None = None
    """What the person wrote, where the prompt was made of it: with alternatives and wildcards."""
    batch_id: UUID | None = None
    """The same for all that were asked for with one press of the button."""
    sources_sent: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    """False while its source images are not at the provider yet: ``arguments`` is not complete, nothing was sent."""
    origin: str = "api"
    retry_of: UUID | None = Field(
        default=None, sa_column=sa.Column(sa.ForeignKey("generation.id", ondelete="SET NULL"), nullable=True)
    )

    # The price: reserved when asked for, charged at the end
    price_micros: int = Field(sa_type=sa.BigInteger)
    price_formula: str
    priced_at: str
    charged_micros: int | None = Field(default=None, sa_type=sa.BigInteger)

    # The paid call
    submit_token: UUID = Field(default_factory=new_id, unique=True)
    submit_attempts: int = 0
    submit_started_at: datetime | None = Field(default=None, sa_column=_time())
    request_id: str | None = Field(default=None, unique=True)
    status_url: str | None = None
    response_url: str | None = None
    cancel_url: str | None = None
    cancel_requested_at: datetime | None = Field(default=None, sa_column=_time())

    # What is known of its way
    queue_position: int | None = None
    first_position: int | None = None
    """The first ``queue_position`` that the provider told."""
    progress: float | None = None
    phase: str | None = None
    log: list[str] = Field(default_factory=list, sa_column=_json("[]"))
    output: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(JSONB, nullable=True))
    output_renewed: bool = False
    output_text: str | None = None
    """What a model answered that gives words instead of images."""
    error_code: str | None = None
    error_message: str | None = None
    error_retryable: bool = False
    error_fields: list[dict[str, str]] = Field(default_factory=list, sa_column=_json("[]"))
    provider_message: str | None = None

    # Who looks at it next: never neither of the two while it is not finished
    next_look_at: datetime | None = Field(default=None, sa_column=_time())
    lease_until: datetime | None = Field(default=None, sa_column=_time())
    looks: int = 0
    misses: int = 0
    """Looks in a row that came to nothing: the provider did not know the request, or its images could not be stored."""

    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))
    submitted_at: datetime | None = Field(default=None, sa_column=_time())
    finished_at: datetime | None = Field(default=None, sa_column=_time())


class Image(SQLModel, table=True):
    """A picture in our own storage, verified by decoding."""

    __table_args__ = (
        sa.UniqueConstraint("generation_id", "index", name="image_index_unique"),
        _image_order("image_of_account"),
        _image_order("image_of_model", "model"),
        sa.Index(
            "image_in_trash", "account_id", sa.text("id DESC"), postgresql_where=sa.text("trashed_at IS NOT NULL")
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(sa_column=_person())
    generation_id: UUID = Field(sa_column=sa.Column(sa.ForeignKey("generation.id"), nullable=False))
    index: int
    storage_key: str
    thumbnail_keys: dict[str, str] = Field(default_factory=dict, sa_column=_json("{}"))
    content_type: str
    width_px: int
    height_px: int
    size_bytes: int = Field(sa_type=sa.BigInteger)
    sha256: str
    thumbhash: str
    seed: int = Field(sa_type=sa.BigInteger)
    filtered: bool = False
    # Copies of what its generation says, so that a search reads one table. None changes afterwards.
    prompt: str = Field(default="", sa_column_kwargs={"server_default": ""})
    model: str = Field(default="", sa_column_kwargs={"server_default": ""})
    task: str = Field(default=Task.GENERATE, sa_column_kwargs={"server_default": Task.GENERATE})
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))
    trashed_at: datetime | None = Field(default=None, sa_column=_time())


# Not mapped: it is searched, never read. The prompt's words twice: as written, for prefixes, and by English stems; and
# facts, which no word can be mistaken for since none begins with "=". So one index finds any combination of them.
IMAGE_SEARCH = sa.Column("search", TSVECTOR, sa.Computed(SEARCH_TEXT, persisted=True))
cast("sa.Table", Image.__table__).append_column(IMAGE_SEARCH)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
sa.Index("image_search", IMAGE_SEARCH, postgresql_using="gin")


class LedgerEntry(SQLModel, table=True):
    """Append-only: a trigger refuses UPDATE and DELETE. See ``domain.ledger`` for the rule that sums obey."""

    __tablename__ = "ledger_entry"  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]
    __table_args__ = (
        _one_of("kind", LedgerKind),
        sa.CheckConstraint("amount_micros >= 0", name="amount_not_negative"),
        sa.UniqueConstraint("generation_id", "kind", name="ledger_entry_once"),
        sa.Index("ledger_entry_of_account", "account_id", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(sa_column=sa.Column(sa.ForeignKey("account.id"), nullable=False))
    generation_id: UUID = Field(sa_column=sa.Column(sa.ForeignKey("generation.id"), nullable=False))
    kind: str
    amount_micros: int = Field(sa_type=sa.BigInteger)
    note: str = ""
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))


class Draft(SQLModel, table=True):
    """What a person has begun to fill in, so that a reload or another device finds it again."""

    account_id: UUID = Field(sa_column=_person(primary_key=True))
    name: str = Field(primary_key=True)
    data: dict[str, Any] = Field(default_factory=dict, sa_column=_json("{}"))
    updated_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))


class IdempotencyKey(SQLModel, table=True):
    """The first answer to a request that may be sent twice. Kept for a day."""

    __tablename__ = "idempotency_key"  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]

    account_id: UUID = Field(sa_column=_person(primary_key=True))
    key: str = Field(primary_key=True)
    request_hash: str
    answer: dict[str, Any] = Field(default_factory=dict, sa_column=_json("{}"))
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))


# --- what people make of images -------------------------------------------------------------------------------------


class ImageMark(SQLModel, table=True):
    """One person's opinion of an image."""

    __tablename__ = "image_mark"  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]
    __table_args__ = (
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),
        sa.Index("image_mark_rated", "account_id", "rating", "image_id"),
        sa.Index("image_mark_favorite", "account_id", "image_id", postgresql_where=sa.text("favorite")),
    )

    account_id: UUID = Field(sa_column=_person(primary_key=True))
    image_id: UUID = Field(sa_column=_image(primary_key=True))
    rating: int | None = Field(default=None, sa_type=sa.SmallInteger)
    favorite: bool = False
    updated_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))


class ImageTag(SQLModel, table=True):
    """A word that the owner of an image has put on it. In lower case."""

    __tablename__ = "image_tag"  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]
    __table_args__ = (sa.Index("image_tag_of_account", "account_id", "tag", "image_id"),)

    image_id: UUID = Field(sa_column=_image(primary_key=True, index=False))
    tag: str = Field(primary_key=True)
    account_id: UUID = Field(sa_column=_person())


class Board(SQLModel, table=True):
    """A named set of images. Everybody sees what is on a board for the team."""

    __table_args__ = (_one_of("visibility", Visibility),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(sa_column=_person(index=True))
    name: str
    visibility: str = Visibility.PRIVATE
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))
    trashed_at: datetime | None = Field(default=None, sa_column=_time())


class BoardImage(SQLModel, table=True):
    __tablename__ = "board_image"  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]

    board_id: UUID = Field(sa_column=sa.Column(sa.ForeignKey("board.id", ondelete="CASCADE"), primary_key=True))
    image_id: UUID = Field(sa_column=_image(primary_key=True))
    added_by: UUID = Field(sa_column=_person())
    added_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))


class GalleryAction(SQLModel, table=True):
    """What a person did to a selection of images, with what was there before: to undo it, and not to do it twice."""

    __tablename__ = "gallery_action"  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]

    account_id: UUID = Field(sa_column=_person(primary_key=True))
    id: UUID = Field(primary_key=True)
    """Chosen by the client, the same each time it sends the action."""
    kind: str
    request_hash: str
    value: dict[str, Any] = Field(default_factory=dict, sa_column=_json("{}"))
    before: list[Any] = Field(default_factory=list, sa_column=_json("[]"))
    changed: int = 0
    created_at: datetime = Field(sa_column=_time(nullable=False))
    """Also what it wrote as ``trashed_at`` and ``added_at``: so undoing knows its own marks from later ones."""
    undone_at: datetime | None = Field(default=None, sa_column=_time())
    restored: int = 0
    """How many images undoing it has changed back."""


class Share(SQLModel, table=True):
    """A link by which anybody may see some images, until it expires or is revoked."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(sa_column=_person(index=True))
    title: str = ""
    shows_recipe: bool = False
    expires_at: datetime = Field(sa_column=_time(nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=_time())
    views: int = 0
    last_viewed_at: datetime | None = Field(default=None, sa_column=_time())
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))


class ShareImage(SQLModel, table=True):
    __tablename__ = "share_image"  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]

    share_id: UUID = Field(sa_column=sa.Column(sa.ForeignKey("share.id", ondelete="CASCADE"), primary_key=True))
    position: int = Field(primary_key=True)
    image_id: UUID = Field(sa_column=_image())


class Download(SQLModel, table=True):
    """A zip that a person has asked for: what goes into it. It is made while it is sent, never stored."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(sa_column=_person(index=True))
    image_ids: list[str] = Field(default_factory=list, sa_column=_json("[]"))
    options: dict[str, Any] = Field(default_factory=dict, sa_column=_json("{}"))
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))
    expires_at: datetime = Field(sa_column=_time(nullable=False))


# --- what goes into generations -------------------------------------------------------------------------------------


class Upload(SQLModel, table=True):
    """A file that a browser sends straight to storage: announced, then looked at, then ready."""

    __table_args__ = (_one_of("status", UploadStatus),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(sa_column=_person(index=True))
    purpose: str
    status: str = UploadStatus.WAITING
    filename: str
    content_type: str
    size_bytes: int = Field(sa_type=sa.BigInteger)
    storage_key: str
    thumbnail_keys: dict[str, str] = Field(default_factory=dict, sa_column=_json("{}"))
    width_px: int | None = None
    height_px: int | None = None
    sha256: str | None = None
    thumbhash: str | None = None
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))
    expires_at: datetime = Field(sa_column=_time(nullable=False))
    """Until when the browser may send it."""
    refusal: str | None = None
    """Why it was refused, for people."""


class GenerationSource(SQLModel, table=True):
    """An image that went into a generation: one from the gallery, or an upload. The file outlives neither."""

    __tablename__ = "generation_source"  # pyright: ignore[reportAssignmentType, reportUnannotatedClassAttribute]

    generation_id: UUID = Field(
        sa_column=sa.Column(sa.ForeignKey("generation.id", ondelete="CASCADE"), primary_key=True)
    )
    position: int = Field(primary_key=True)
    image_id: UUID | None = Field(
        default=None, sa_column=sa.Column(sa.ForeignKey("image.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    upload_id: UUID | None = Field(
        default=None, sa_column=sa.Column(sa.ForeignKey("upload.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    storage_key: str
    content_type: str
    width_px: int
    height_px: int


class Lora(SQLModel, table=True):
    """Weights that change a model's style or teach it a subject, by the address from which the provider loads them."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(sa_column=_person(index=True))
    name: str
    trigger_word: str = ""
    family: str
    """Which models take it: ``LoraSupport.family`` of the catalogue."""
    url: str
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))
    trashed_at: datetime | None = Field(default=None, sa_column=_time())


class Wildcard(SQLModel, table=True):
    """A person's named list of words, which ``__name__`` in a prompt stands for."""

    account_id: UUID = Field(sa_column=_person(primary_key=True))
    name: str = Field(primary_key=True)
    values: list[str] = Field(default_factory=list, sa_column=_json("[]"))
    updated_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))


class Preset(SQLModel, table=True):
    """A filled-in form under a name. ``data`` is a draft as the Studio writes it."""

    __table_args__ = (sa.Index("preset_name_unique", "account_id", sa.text("lower(name)"), unique=True),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(sa_column=_person())
    name: str
    data: dict[str, Any] = Field(default_factory=dict, sa_column=_json("{}"))
    created_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))
    updated_at: datetime = Field(default_factory=_utc_now, sa_column=_time(nullable=False, default_now=True))
