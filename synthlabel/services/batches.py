"""Many generations with one press of the button: all of them or none."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from synthlabel.db.tables import new_id
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.generation import GenerationSpec
from synthlabel.errors import FieldError, InvalidInputError
from synthlabel.services.generations import GenerationService, Order
from synthlabel.services.idempotency import earlier_answer, remember
from synthlabel.services.prompts import MAX_PROMPTS, Expansion, PromptService
from synthlabel.services.views import GenerationView


@dataclass(frozen=True, slots=True)
class Batch:
    """What one press made. ``batch_id`` is None for a single generation."""

    batch_id: UUID | None
    items: Sequence[GenerationView]

    @property
    def price_micros(self) -> int:
        return sum(item.price_micros for item in self.items)


_BATCH = TypeAdapter(Batch)


class BatchService:
    def __init__(self, uow: Callable[[], UnitOfWork], generations: GenerationService, prompts: PromptService) -> None:
        self._uow = uow
        self._generations = generations
        self._prompts = prompts

    async def request(
        self,
        actor: Actor,
        spec: GenerationSpec,
        lines: Sequence[str],
        *,
        origin: str = "api",
        idempotency_key: str | None = None,
        max_price_micros: int | None = None,
    ) -> Batch:
        """Make one generation for each prompt that the templates stand for, in one transaction: all or nothing.

        ``spec.prompt`` is ignored. A given seed is everybody's; without one each draws its own. Safe to repeat with the
        same ``idempotency_key``. Raises InvalidInputError, with ``prompts.<line>`` where a line is wrong,
        PriceChangedError if all of them cost more than ``max_price_micros``.
        """
        fingerprint = _fingerprint(spec, lines)
        async with self._uow() as work:
            earlier = await earlier_answer(work, actor, fingerprint, idempotency_key)
            if earlier is not None:
                return _BATCH.validate_python(earlier)
            expansion = await self._prompts.expand(work, actor, lines)
            await self._check(work, actor, spec, expansion)
            batch_id = new_id() if expansion.count > 1 else None
            orders = [
                Order(replace(spec, prompt=written.prompt), template=written.template, batch_id=batch_id)
                for written in expansion.prompts
            ]
            made = await self._generations.place(work, actor, orders, origin=origin, max_price_micros=max_price_micros)
            batch = Batch(batch_id, made)
            await remember(work, actor, fingerprint, idempotency_key, _BATCH.dump_python(batch, mode="json"))
            await work.commit()
        return batch

    async def _check(self, work: UnitOfWork, actor: Actor, spec: GenerationSpec, expansion: Expansion) -> None:
        errors = [*expansion.errors, *await self._prompts.problems(work, actor, spec, expansion)]
        if errors:
            raise InvalidInputError(*(FieldError(f"prompts.{error.line}", error.message) for error in errors))
        if expansion.count > MAX_PROMPTS:
            found = f"{expansion.count:,}" if expansion.count < 10**15 else "far more"
            message = f"These make {found} prompts; one press makes at most {MAX_PROMPTS}."
            raise InvalidInputError(FieldError("prompts", message))


def _fingerprint(spec: GenerationSpec, lines: Sequence[str]) -> str:
    plain: dict[str, Any] = asdict(replace(spec, prompt="", params=dict(spec.params)))
    return hashlib.sha256(json.dumps(["batch", plain, list(lines)], sort_keys=True, default=str).encode()).hexdigest()
