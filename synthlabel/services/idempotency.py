"""Requests that may be sent twice: the same key and request get the first answer again."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter

from synthlabel.db.tables import IdempotencyKey
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.errors import ConflictError, FieldError, InvalidInputError

MAX_KEY_CHARS = 255

Answer = TypeVar("Answer")


async def earlier_answer(work: UnitOfWork, actor: Actor, fingerprint: str, key: str | None) -> dict[str, Any] | None:
    """Return the first answer to this request. Until commit, a second request with this key waits here.

    Raises ConflictError if the key came with another request before, InvalidInputError if it is no key.
    """
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_KEY_CHARS or not key.isprintable():
        message = f"Use 1 to {MAX_KEY_CHARS} printable characters."
        raise InvalidInputError(FieldError("Idempotency-Key", message))
    stored = await work.idempotency.lock(actor.user_id, key)
    if stored is None:
        return None
    if stored.request_hash != fingerprint:
        raise ConflictError("This Idempotency-Key was used for another request.", code="idempotency_conflict")
    return stored.answer


async def remember(work: UnitOfWork, actor: Actor, fingerprint: str, key: str | None, answer: dict[str, Any]) -> None:
    """Keep the first answer, JSON-ready, for a day. The caller commits."""
    if key is not None:
        row = IdempotencyKey(account_id=actor.user_id, key=key, request_hash=fingerprint, answer=answer)
        await work.idempotency.save(row)


async def once(
    work: UnitOfWork,
    actor: Actor,
    key: str | None,
    what: Sequence[object],
    make: Callable[[], Awaitable[Answer]],
    *,
    answers: TypeAdapter[Answer],
) -> Answer:
    """Return what ``make`` gives, or what it gave when ``what`` was asked for with this key before. The caller commits.

    Raises as ``earlier_answer``.
    """
    fingerprint = hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()
    earlier = await earlier_answer(work, actor, fingerprint, key)
    if earlier is not None:
        return answers.validate_python(earlier)
    made = await make()
    await remember(work, actor, fingerprint, key, answers.dump_python(made, mode="json"))
    return made
