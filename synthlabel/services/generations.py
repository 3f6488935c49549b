"""What a person does with generations: price, request, look, cancel, retry."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from synthlabel.db.tables import Generation, Image
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.catalog import Catalog, CatalogModel, Quote, Task
from synthlabel.domain.generation import (
    RETRYABLE,
    TERMINAL,
    GenerationSpec,
    GenerationStatus,
    Ingredients,
    LoraChoice,
    Recipe,
    make_recipe,
)
from synthlabel.domain.identifiers import parse_id
from synthlabel.domain.money import usd_label
from synthlabel.errors import ConflictError, FieldError, InvalidInputError, NotFoundError, PriceChangedError
from synthlabel.ports import Job
from synthlabel.services.idempotency import earlier_answer, remember
from synthlabel.services.ingredients import Gathered, gather
from synthlabel.services.outcome import DISPATCH, finish, reserve
from synthlabel.services.pace import PaceReader
from synthlabel.services.views import GenerationView, Page, Views

GIVE_UP_AFTER_MISSES = 3
_VIEW = TypeAdapter(GenerationView)


@dataclass(frozen=True, slots=True)
class Order:
    """One of the requests that are made together. ``template`` is what its prompt was made of, if it was."""

    spec: GenerationSpec
    template: str | None = None
    batch_id: UUID | None = None
    retry_of: UUID | None = None


class GenerationService:
    def __init__(self, uow: Callable[[], UnitOfWork], catalog: Catalog, views: Views, pace: PaceReader) -> None:
        self._uow = uow
        self._catalog = catalog
        self._views = views
        self._pace = pace

    @property
    def catalog(self) -> Catalog:
        return self._catalog

    def estimate(self, spec: GenerationSpec, given: Ingredients | None = None) -> Quote:
        """Price a request, whose sources and LoRAs are known, without making it. Raises InvalidInputError. No I/O."""
        return self._recipe(spec, given or Ingredients()).quote

    async def price(self, actor: Actor, spec: GenerationSpec) -> Quote:
        """Price a request without making it. Raises InvalidInputError, also for ids that are not the person's."""
        return self.estimate(spec, await self.ingredients(actor, spec))

    async def ingredients(self, actor: Actor, spec: GenerationSpec) -> Ingredients:
        """Look up the sizes of a request's sources, and its LoRAs. Raises InvalidInputError."""
        async with self._uow() as work:
            return (await gather(work, actor, spec)).ingredients

    def tool_spec(
        self, task: Task, image_id: str, *, prompt: str = "", model: str | None = None, params: dict[str, Any]
    ) -> GenerationSpec:
        """Return the request that does something to an image.

        Raises NotFoundError for a task without tools, InvalidInputError for a tool of another task.
        """
        tools = self._catalog.tools_for(task)
        if not tools:
            raise NotFoundError("There is no such tool.")
        tool = next((tool for tool in tools if model in (None, tool.id)), None)
        if tool is None:
            names = ", ".join(tool.id for tool in tools)
            raise InvalidInputError(FieldError("model", f"Use one of: {names}."))
        return GenerationSpec(prompt=prompt, model=tool.id, params=params, sources=(image_id,))

    async def request(
        self,
        actor: Actor,
        spec: GenerationSpec,
        *,
        origin: str = "api",
        idempotency_key: str | None = None,
        max_price_micros: int | None = None,
    ) -> GenerationView:
        """Store a request, set its price aside and line it up, all or nothing.

        Safe to repeat with the same ``idempotency_key``: it gives the first answer again. Raises ConflictError if the
        key came with another request before, InvalidInputError that names every wrong field, PriceChangedError if it
        costs more than ``max_price_micros``; the key is as good as new then.
        """
        fingerprint = _fingerprint(spec)
        async with self._uow() as work:
            earlier = await earlier_answer(work, actor, fingerprint, idempotency_key)
            if earlier is not None:
                return _VIEW.validate_python(earlier)
            (view,) = await self.place(work, actor, [Order(spec)], origin=origin, max_price_micros=max_price_micros)
            await remember(work, actor, fingerprint, idempotency_key, _VIEW.dump_python(view, mode="json"))
            await work.commit()
        return view

    async def place(
        self,
        work: UnitOfWork,
        actor: Actor,
        orders: Sequence[Order],
        *,
        origin: str,
        max_price_micros: int | None = None,
    ) -> Sequence[GenerationView]:
        """Store requests that are made together, with their prices set aside. The caller commits, all or nothing.

        Raises InvalidInputError for the first that is wrong, PriceChangedError if they cost more together than
        ``max_price_micros``.
        """
        rows: list[Generation] = []
        found: dict[object, Gathered] = {}
        for order in orders:
            named = (order.spec.sources, order.spec.loras)
            gathered = found[named] = found.get(named) or await gather(work, actor, order.spec)
            row = self._row(actor, self._recipe(order.spec, gathered.ingredients), origin=origin)
            row.template, row.batch_id, row.retry_of = order.template, order.batch_id, order.retry_of
            rows.append(row)
            for source in gathered.source_rows(row.id):
                work.sources.add(source)
        _check_price(sum(row.price_micros for row in rows), max_price_micros)
        return await self._store(work, actor, rows)

    async def get(self, actor: Actor, generation_id: str) -> GenerationView:
        """Return one of the person's own generations with its images. Raises NotFoundError."""
        async with self._uow() as work:
            row = await work.generations.get(actor.user_id, parse_id(generation_id, what="generation"))
            return await self._view(work, actor, row)

    async def list_page(
        self,
        actor: Actor,
        *,
        status: Sequence[GenerationStatus] = (),
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[GenerationView]:
        """Return a page of the person's generations with their images, newest first."""
        before = None if cursor is None else parse_cursor(cursor)
        async with self._uow() as work:
            rows = await work.generations.list_page(actor.user_id, status=status, before=before, limit=limit + 1)
            items = await self.show(work, actor, rows[:limit])
        return Page(items, str(items[-1].id) if len(rows) > limit else None)

    async def count_active(self, actor: Actor) -> int:
        """Return how many of the person's generations are on their way."""
        async with self._uow() as work:
            return await work.generations.count_active(actor.user_id)

    async def cancel(self, actor: Actor, generation_id: str) -> GenerationView:
        """Cancel what waits; ask the provider for what is there. Safe to repeat. Administrators may cancel anybody's.

        An ``unknown`` one is given up, and counted as spent; so is one whose images can't be stored. Raises
        ConflictError if the images are already made.
        """
        async with self._uow() as work:
            row = await self._lock_own(work, actor, generation_id, or_as_admin=True)
            await self._cancel(work, row)
            await work.commit()
            return await self._view(work, actor, row)

    async def cancel_waiting(self, actor: Actor) -> Sequence[GenerationView]:
        """Cancel all of the person's own that wait here, in one go: none is sent in between. Safe to repeat."""
        async with self._uow() as work:
            rows = await work.generations.lock_waiting(actor.user_id)
            for row in rows:
                await self._cancel(work, row)
            await work.commit()
            return await self.show(work, actor, rows)

    async def retry(
        self, actor: Actor, generation_id: str, *, origin: str = "api", idempotency_key: str | None = None
    ) -> GenerationView:
        """Request the same again, as a new generation that is paid for anew.

        For an ``unknown`` one this may mean paying twice: only a person may decide that. Safe to repeat with the same
        ``idempotency_key``; while a retry is on its way, the same one is given again.
        """
        fingerprint = f"retry {generation_id}"
        async with self._uow() as work:
            earlier = await earlier_answer(work, actor, fingerprint, idempotency_key)
            if earlier is not None:
                return _VIEW.validate_python(earlier)
            old = await self._lock_own(work, actor, generation_id)
            if GenerationStatus(old.status) not in RETRYABLE:
                raise ConflictError("Only a generation that failed, was cancelled or is unconfirmed can be retried.")
            under_way = await work.generations.find_live_retry(old.id)
            if under_way is not None:  # two tabs, or an impatient click
                view = await self._view(work, actor, under_way)
            else:
                order = Order(await _spec_of(work, old), old.template, retry_of=old.id)
                (view,) = await self.place(work, actor, [order], origin=origin)
            await remember(work, actor, fingerprint, idempotency_key, _VIEW.dump_python(view, mode="json"))
            await work.commit()
        return view

    async def spec_again(self, actor: Actor, generation_id: str) -> GenerationSpec:
        """Return what one of the person's own asked for, with a seed that is yet to be drawn.

        Raises NotFoundError; ConflictError or InvalidInputError that name the source image that is not there any more.
        """
        async with self._uow() as work:
            row = await work.generations.get(actor.user_id, parse_id(generation_id, what="generation"))
            spec = replace(await _spec_of(work, row), seed=None)
            await gather(work, actor, spec)
        return spec

    async def check_again(self, actor: Actor, generation_id: str) -> GenerationView:
        """Look for an ``unknown`` one at the provider now, instead of at the next appointed time. Safe to repeat."""
        async with self._uow() as work:
            row = await self._lock_own(work, actor, generation_id)
            if row.status == GenerationStatus.UNKNOWN:
                await work.enqueue(Job("reconcile", id=row.id, key=f"reconcile:{row.id}"))
            await work.commit()
            return await self._view(work, actor, row)

    def _recipe(self, spec: GenerationSpec, given: Ingredients) -> Recipe:
        return make_recipe(spec, self._model(spec.model), given)

    def _model(self, model_id: str) -> CatalogModel:
        try:
            return self._catalog.get_model(model_id)
        except NotFoundError as error:
            raise InvalidInputError(FieldError("model", error.user_message)) from None

    def _row(self, actor: Actor, recipe: Recipe, *, origin: str) -> Generation:
        return Generation(
            account_id=actor.user_id,
            task=recipe.model.task,
            model=recipe.model.id,
            provider=recipe.model.provider,
            endpoint=recipe.endpoint,
            prompt=recipe.prompt,
            negative_prompt=recipe.negative_prompt,
            width_px=recipe.width_px,
            height_px=recipe.height_px,
            count=recipe.count,
            seed=recipe.seed,
            params=dict(recipe.params),
            arguments=recipe.arguments,
            loras=[{"id": lora.id, "name": lora.name, "weight": lora.weight} for lora in recipe.loras],
            sources_sent=not recipe.sources,
            origin=origin,
            price_micros=recipe.quote.amount_micros,
            price_formula=recipe.quote.formula,
            priced_at=recipe.quote.priced_at,
        )

    async def _store(self, work: UnitOfWork, actor: Actor, rows: Sequence[Generation]) -> Sequence[GenerationView]:
        for row in rows:
            work.generations.add(row)
        await work.flush()
        for row in rows:
            reserve(work, row)
        await work.flush()
        for row in rows:
            await work.notify(row.account_id, "generation", row.id)
        await work.enqueue(DISPATCH)
        return await self.show(work, actor, rows)

    async def _cancel(self, work: UnitOfWork, row: Generation) -> None:
        match GenerationStatus(row.status):
            case GenerationStatus.QUEUED:
                await finish(work, row, GenerationStatus.CANCELLED, charged_micros=0, note="cancelled before sending")
            case GenerationStatus.UNKNOWN:
                note = "given up while unconfirmed: counted as spent, since it may have been billed"
                await finish(work, row, GenerationStatus.CANCELLED, charged_micros=row.price_micros, note=note)
            case GenerationStatus.SUBMITTING | GenerationStatus.SUBMITTED | GenerationStatus.RUNNING:
                if row.cancel_requested_at is None:
                    row.cancel_requested_at = datetime.now(UTC)
                    await work.notify(row.account_id, "generation", row.id)
                await work.enqueue(follow_job(row.id))
            case GenerationStatus.INGESTING if row.misses >= GIVE_UP_AFTER_MISSES:
                note = "given up while the images could not be stored: they are made and paid for"
                await finish(work, row, GenerationStatus.CANCELLED, charged_micros=row.price_micros, note=note)
            case GenerationStatus.CANCELLED:
                pass
            case status if status in TERMINAL:
                raise ConflictError(f"This generation is already {status}.")
            case _:
                raise ConflictError("The images are already made and being saved.")

    async def _lock_own(
        self, work: UnitOfWork, actor: Actor, generation_id: str, *, or_as_admin: bool = False
    ) -> Generation:
        row = await work.generations.lock(parse_id(generation_id, what="generation"))
        if row is None or (row.account_id != actor.user_id and not (or_as_admin and actor.is_admin)):
            raise NotFoundError("There is no such generation.")
        return row

    async def _view(self, work: UnitOfWork, actor: Actor, row: Generation) -> GenerationView:
        return (await self.show(work, actor, [row]))[0]

    async def show(self, work: UnitOfWork, actor: Actor, rows: Sequence[Generation]) -> Sequence[GenerationView]:
        """Return views of rows, with their images as the person sees them and with what is to be expected of them."""
        images = await self._images_seen(work, actor, rows)
        facts = await work.marks.facts(actor.user_id, [image.id for found in images.values() for image in found])
        sources = await work.sources.list_shown(actor.user_id, [row.id for row in rows])
        positions = await work.generations.positions(rows)
        outlooks = await self._pace.outlooks(work, rows, positions)
        return [
            self._views.generation(
                row,
                images.get(row.id, ()),
                queue_position=positions.get(row.id),
                outlook=outlooks.get(row.id),
                facts=facts,
                sources=sources.get(row.id, ()),
            )
            for row in rows
        ]

    async def _images_seen(
        self, work: UnitOfWork, actor: Actor, rows: Sequence[Generation]
    ) -> Mapping[UUID, Sequence[Image]]:
        """Return the images of rows, by row; of somebody else's, which administrators see, only what they may see."""
        images = await work.images.list_of_generations(row.id for row in rows)
        others = [image.id for row in rows if row.account_id != actor.user_id for image in images.get(row.id, ())]
        if not others:
            return images
        hidden = set(others) - {image.id for image, _ in await work.images.list_visible(actor.user_id, others)}
        return {row_id: [image for image in found if image.id not in hidden] for row_id, found in images.items()}


def follow_job(generation_id: UUID, *, delay_s: float = 0.0) -> Job:
    """Look at a request that is at the provider. One that looks at once may wait beside one for later."""
    suffix = ":later" if delay_s else ""
    return Job("follow", id=generation_id, key=f"follow:{generation_id}{suffix}", delay_s=delay_s)


def parse_cursor(cursor: str) -> UUID:
    """Parse a list's cursor. Raises InvalidInputError."""
    try:
        return UUID(cursor)
    except ValueError:
        raise InvalidInputError(FieldError("cursor", "This is not a cursor of ours.")) from None


async def _spec_of(work: UnitOfWork, row: Generation) -> GenerationSpec:
    """Return what was asked for. Raises ConflictError if an image that went into it is gone."""
    sources = await work.sources.list_of(row.id)
    for number, source in enumerate(sources, 1):
        if source.image_id is None and source.upload_id is None:
            raise ConflictError(f"Source image {number} is gone, so the same can't be made again.")
    return GenerationSpec(
        prompt=row.prompt,
        model=row.model,
        width_px=row.width_px,
        height_px=row.height_px,
        count=row.count,
        seed=row.seed,
        negative_prompt=row.negative_prompt,
        params=row.params,
        loras=tuple(LoraChoice(lora["id"], lora["weight"]) for lora in row.loras),
        sources=tuple(str(source.image_id or source.upload_id) for source in sources),
    )


def _check_price(price_micros: int, max_price_micros: int | None) -> None:
    if max_price_micros is not None and price_micros > max_price_micros:
        price, shown = usd_label(price_micros), usd_label(max_price_micros)
        raise PriceChangedError(f"This costs {price} now, not {shown}. Nothing was requested or charged.")


def _fingerprint(spec: GenerationSpec) -> str:
    plain: dict[str, Any] = asdict(replace(spec, params=dict(spec.params)))
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()
