"""A person's LoRAs: weights by the address from which the provider loads them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import TypeAdapter

from synthlabel.db.tables import Lora
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.catalog import Catalog
from synthlabel.domain.identifiers import parse_id
from synthlabel.domain.text import storable_text
from synthlabel.errors import ConflictError, FieldError, InvalidInputError
from synthlabel.services.idempotency import once

MAX_NAME_CHARS = 80
MAX_TRIGGER_CHARS = 60
MAX_URL_CHARS = 2000
MAX_LORAS = 500
"""Per person. They are listed all at once."""

_PRIVATE_NAMES = re.compile(r"(.*\.)?(localhost|local|internal|intranet|lan|home|corp|test|invalid|onion|arpa)")
_NAME = re.compile(r"([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
"""The last part of a public name begins with a letter: what does not is a way to write an address."""


@dataclass(frozen=True, slots=True)
class LoraView:
    id: UUID
    name: str
    family: str
    trigger_word: str
    url: str
    created_at: datetime


_VIEW = TypeAdapter(LoraView)


class LoraService:
    def __init__(self, uow: Callable[[], UnitOfWork], catalog: Catalog) -> None:
        self._uow = uow
        self._families = catalog.lora_families

    @property
    def families(self) -> tuple[str, ...]:
        return self._families

    async def list_own(self, actor: Actor) -> Sequence[LoraView]:
        """Return the person's LoRAs, newest first."""
        async with self._uow() as work:
            return [_view(row) for row in await work.loras.list_own(actor.user_id)]

    async def add(
        self,
        actor: Actor,
        *,
        name: str,
        url: str,
        family: str,
        trigger_word: str = "",
        idempotency_key: str | None = None,
    ) -> LoraView:
        """Make weights known. Nothing is fetched: the provider loads them.

        Safe to repeat with the same ``idempotency_key``. Raises InvalidInputError; ConflictError if there are too many.
        """
        row = Lora(account_id=actor.user_id, name="", url="", family="")
        self._fill(row, name=name, url=url, family=family, trigger_word=trigger_word)
        what = ("lora", row.name, row.url, row.family, row.trigger_word)
        async with self._uow() as work:
            view = await once(work, actor, idempotency_key, what, lambda: _add(work, row), answers=_VIEW)
            await work.commit()
        return view

    async def change(
        self,
        actor: Actor,
        lora_id: str,
        *,
        name: str | None = None,
        url: str | None = None,
        family: str | None = None,
        trigger_word: str | None = None,
    ) -> LoraView:
        """Change what is given. What was made before stays as it was. Raises NotFoundError, InvalidInputError."""
        async with self._uow() as work:
            row = await work.loras.lock(actor.user_id, parse_id(lora_id, what="LoRA"))
            self._fill(
                row,
                name=row.name if name is None else name,
                url=row.url if url is None else url,
                family=row.family if family is None else family,
                trigger_word=row.trigger_word if trigger_word is None else trigger_word,
            )
            await work.commit()
        return _view(row)

    async def delete(self, actor: Actor, lora_id: str) -> None:
        """Take a LoRA out of the list. Raises NotFoundError. Safe to repeat."""
        await self._set_trashed(actor, lora_id, datetime.now(UTC))

    async def restore(self, actor: Actor, lora_id: str) -> None:
        """Put a deleted LoRA back. Raises NotFoundError. Safe to repeat."""
        await self._set_trashed(actor, lora_id, None)

    async def _set_trashed(self, actor: Actor, lora_id: str, value: datetime | None) -> None:
        async with self._uow() as work:
            row = await work.loras.lock(actor.user_id, parse_id(lora_id, what="LoRA"))
            row.trashed_at = value
            await work.commit()

    def _fill(self, row: Lora, *, name: str, url: str, family: str, trigger_word: str) -> None:
        row.name, row.trigger_word = _line(name), _line(trigger_word)
        row.url, row.family = url.strip(), family
        errors: list[FieldError] = []
        if not 1 <= len(row.name) <= MAX_NAME_CHARS:
            errors.append(FieldError("name", f"Use 1 to {MAX_NAME_CHARS} characters."))
        if len(row.trigger_word) > MAX_TRIGGER_CHARS:
            errors.append(FieldError("trigger_word", f"Use at most {MAX_TRIGGER_CHARS} characters."))
        if family not in self._families:
            errors.append(FieldError("family", f"Use one of: {', '.join(self._families)}."))
        if problem := url_problem(row.url):
            errors.append(FieldError("url", problem))
        if errors:
            raise InvalidInputError(*errors)


async def _add(work: UnitOfWork, row: Lora) -> LoraView:
    if await work.loras.count(row.account_id) >= MAX_LORAS:
        raise ConflictError(f"You can keep at most {MAX_LORAS} LoRAs. Delete one first.")
    work.loras.add(row)
    return _view(row)


def url_problem(url: str) -> str | None:
    """Say why the provider cannot load weights from an address; None if it may. Nothing is fetched."""
    message = "Use an address that begins with https:// and that everybody can reach."
    if len(url) > MAX_URL_CHARS or not url.isascii() or not url.isprintable() or " " in url:
        return message
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".")
        _ = parts.port
    except ValueError:
        return message
    if parts.scheme != "https" or parts.username is not None or not _is_public(host):
        return message
    return None


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return _NAME.fullmatch(host) is not None and _PRIVATE_NAMES.fullmatch(host) is None


def _line(text: str) -> str:
    return " ".join(storable_text(text).split())


def _view(row: Lora) -> LoraView:
    return LoraView(
        id=row.id,
        name=row.name,
        family=row.family,
        trigger_word=row.trigger_word,
        url=row.url,
        created_at=row.created_at,
    )
