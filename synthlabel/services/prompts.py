"""What a person writes: templates and what they stand for, named lists, and what was written before."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from synthlabel.db.repositories.generations import WrittenPrompt
from synthlabel.db.tables import Wildcard
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.catalog import Quote
from synthlabel.domain.generation import GenerationSpec
from synthlabel.domain.money import usd_label
from synthlabel.domain.prompt_syntax import (
    LIST_NAME,
    MAX_LIST_DEPTH,
    PromptSyntaxError,
    Template,
    TemplateReader,
    names_in,
)
from synthlabel.domain.text import storable_text
from synthlabel.errors import ConflictError, FieldError, InvalidInputError
from synthlabel.services.generations import GenerationService
from synthlabel.services.ingredients import gather

__all__ = ["MAX_PROMPTS", "Expansion", "LineError", "Preview", "PromptService", "WildcardView", "WrittenPrompt"]

MAX_PROMPTS = 100
"""Generations per press of the button. Two alternatives too many multiply a price tenfold; a hundred are more than a
person can look at in one go, and a place at the provider is free for others in between."""

MAX_TEMPLATE_CHARS = 20_000
COUNTED_UP_TO = 10**9
"""Larger counts are told as this one: JSON's readers would lose their digits, and nobody reads them."""

PREVIEWED = 10
MAX_LISTS = 500
MAX_VALUES = 1000
MAX_VALUE_CHARS = 500
MAX_LISTS_BYTES = 2 * 1024 * 1024
"""Of all of a person's lists, as JSON: they may all be read for one prompt."""

HISTORY_LENGTH = 50


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with one of the lines. ``line`` and ``position`` count from 0."""

    line: int
    position: int
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """One prompt of those that the lines stand for. ``template`` is its line, where that is not the prompt itself."""

    line: int
    prompt: str
    template: str | None


@dataclass(frozen=True, slots=True)
class Expansion:
    """What lines of templates stand for: ``count`` prompts, of which the first ``MAX_PROMPTS`` are written out."""

    count: int
    prompts: Sequence[Written]
    errors: Sequence[LineError]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a press of the button would make, and cost. ``prompts`` are the first ones."""

    count: int
    prompts: Sequence[str]
    price_micros: int
    formula: str
    limit: int
    errors: Sequence[LineError]


@dataclass(frozen=True, slots=True)
class WildcardView:
    name: str
    values: Sequence[str]
    updated_at: datetime


class PromptService:
    def __init__(self, uow: Callable[[], UnitOfWork], generations: GenerationService) -> None:
        self._uow = uow
        self._generations = generations

    # --- templates --------------------------------------------------------------------------------------------------

    async def preview(self, actor: Actor, spec: GenerationSpec, lines: Sequence[str]) -> Preview:
        """Say what templates would make and cost, without making it. ``spec.prompt`` is ignored; so are empty lines.

        Raises InvalidInputError for what is wrong besides the prompts; what is wrong with these is in the answer.
        """
        async with self._uow() as work:
            expansion = await self.expand(work, actor, lines)
            quotes, errors = await self._try(work, actor, spec, expansion)
        price_micros, formula = _price(quotes, min(expansion.count, COUNTED_UP_TO))
        return Preview(
            count=min(expansion.count, COUNTED_UP_TO),
            prompts=[written.prompt for written in expansion.prompts[:PREVIEWED]],
            price_micros=price_micros,
            formula=formula,
            limit=MAX_PROMPTS,
            errors=[*expansion.errors, *errors],
        )

    async def expand(self, work: UnitOfWork, actor: Actor, lines: Sequence[str]) -> Expansion:
        """Read templates with the person's lists. Empty lines are left out."""
        texts = {number: text for number, line in enumerate(lines) if (text := storable_text(line).strip())}
        if not texts:
            return Expansion(0, (), [LineError(0, 0, "Write what the image should show.")])
        lists = await _lists(work, actor, texts.values())
        return await asyncio.to_thread(_expanded, texts, lists)  # seconds, if all that is allowed is used

    async def problems(
        self, work: UnitOfWork, actor: Actor, spec: GenerationSpec, expansion: Expansion
    ) -> Sequence[LineError]:
        """Return what is wrong with prompts that lines stand for: too long, or nothing left of them.

        Raises InvalidInputError for what is wrong with the rest of the request.
        """
        return (await self._try(work, actor, spec, expansion))[1]

    async def _try(
        self, work: UnitOfWork, actor: Actor, spec: GenerationSpec, expansion: Expansion
    ) -> tuple[Sequence[Quote], Sequence[LineError]]:
        """Price some of the prompts: the first, the shortest and the longest, which are wrong if any is.

        What a request costs does not depend on its words.
        """
        quotes: list[Quote] = []
        errors: list[LineError] = []
        given = (await gather(work, actor, spec)).ingredients
        by_length = sorted(expansion.prompts, key=lambda written: len(written.prompt))
        for written in dict.fromkeys((*expansion.prompts[:1], *by_length[:1], *by_length[-1:])):
            try:
                quotes.append(self._generations.estimate(replace(spec, prompt=written.prompt), given))
            except InvalidInputError as error:
                errors.append(_line_error(written, error))
        return quotes, errors

    # --- named lists ------------------------------------------------------------------------------------------------

    async def wildcards(self, actor: Actor) -> Sequence[WildcardView]:
        """Return the person's lists in the order of their names."""
        async with self._uow() as work:
            return [_view(row) for row in await work.wildcards.list_all(actor.user_id)]

    async def wildcard(self, actor: Actor, name: str) -> WildcardView:
        """Return one of the person's own lists. Raises NotFoundError."""
        async with self._uow() as work:
            return _view(await work.wildcards.get(actor.user_id, storable_text(name)))

    async def save_wildcard(self, actor: Actor, name: str, values: Sequence[str]) -> WildcardView:
        """Make or replace a list. Values are trimmed; empty ones and repetitions are left out. Safe to repeat.

        Raises InvalidInputError, also if all lists together are too long; ConflictError if there are too many.
        """
        kept = list(dict.fromkeys(text for value in values if (text := storable_text(value).strip())))
        _check_list(name, kept)
        async with self._uow() as work:
            count, size_bytes = await work.wildcards.measure_others(actor.user_id, name)
            if count >= MAX_LISTS:
                raise ConflictError(f"You can keep at most {MAX_LISTS} lists. Delete one first.")
            if size_bytes + len(json.dumps(kept, ensure_ascii=False).encode()) > MAX_LISTS_BYTES:
                message = f"All of your lists together hold at most {MAX_LISTS_BYTES // 1024**2} MB. Delete one first."
                raise InvalidInputError(FieldError("values", message))
            await work.wildcards.save(actor.user_id, name, kept)
            await work.commit()
        return await self.wildcard(actor, name)

    async def delete_wildcard(self, actor: Actor, name: str) -> None:
        """Delete a list for good. Safe to repeat."""
        async with self._uow() as work:
            await work.wildcards.delete(actor.user_id, storable_text(name))
            await work.commit()

    # --- history ----------------------------------------------------------------------------------------------------

    async def history(self, actor: Actor, *, search: str = "", limit: int = HISTORY_LENGTH) -> Sequence[WrittenPrompt]:
        """Return what the person wrote last, templates as such, each text once, newest first."""
        async with self._uow() as work:
            return await work.generations.list_written(actor.user_id, search=storable_text(search), limit=limit)


async def _lists(work: UnitOfWork, actor: Actor, texts: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Return the lists that the texts name, and those that these lists name in turn."""
    known: dict[str, Sequence[str]] = {}
    asked: set[str] = set()
    wanted = await asyncio.to_thread(_names, texts)
    for _ in range(MAX_LIST_DEPTH + 1):
        if not wanted:
            break
        rows = await work.wildcards.list_named(actor.user_id, wanted)
        known.update((row.name, row.values) for row in rows)
        asked |= wanted
        wanted = await asyncio.to_thread(_names, [value for row in rows for value in row.values]) - asked
    return known


def _names(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in names_in(text)}


def _expanded(texts: Mapping[int, str], lists: Mapping[str, Sequence[str]]) -> Expansion:
    templates, errors = _read_all(texts, lists)
    count = sum(template.count for template in templates.values())
    return Expansion(count, _written(texts, templates), errors)


def _read_all(
    texts: Mapping[int, str], lists: Mapping[str, Sequence[str]]
) -> tuple[dict[int, Template], list[LineError]]:
    templates: dict[int, Template] = {}
    errors: list[LineError] = []
    reader = TemplateReader(lists)
    for line, text in texts.items():
        if len(text) > MAX_TEMPLATE_CHARS:
            errors.append(LineError(line, MAX_TEMPLATE_CHARS, f"Use at most {MAX_TEMPLATE_CHARS:,} characters."))
            continue
        try:
            templates[line] = reader.read(text)
        except PromptSyntaxError as error:
            errors.append(LineError(line, error.position, error.message))
    return templates, errors


def _written(texts: Mapping[int, str], templates: Mapping[int, Template]) -> Sequence[Written]:
    written: list[Written] = []
    for line, template in templates.items():
        for prompt in template.expand(MAX_PROMPTS - len(written)):
            text = prompt.strip()
            written.append(Written(line, text, None if text == texts[line] else texts[line]))
    return written


def _price(quotes: Sequence[Quote], count: int) -> tuple[int, str]:
    """Return what ``count`` prompts cost, in micro-dollars, and how that comes about."""
    if not quotes:
        return 0, ""
    each = max(quote.amount_micros for quote in quotes)
    if count == 1:
        return each, quotes[0].formula
    return count * each, f"{count:,} × {usd_label(each)} = {usd_label(count * each)}"


def _line_error(written: Written, error: InvalidInputError) -> LineError:
    """Return what is wrong with a prompt; raise what is wrong with the rest, which is the same for all prompts."""
    others = [found for found in error.errors if found.field != "prompt"]
    if others:
        raise InvalidInputError(*others)
    return LineError(written.line, 0, error.errors[0].message)


def _check_list(name: str, values: Sequence[str]) -> None:
    errors: list[FieldError] = []
    if not LIST_NAME.fullmatch(name):
        message = "Use 1 to 40 of a–z, 0–9, - and single _ between them."
        errors.append(FieldError("name", message))
    if not 1 <= len(values) <= MAX_VALUES:
        errors.append(FieldError("values", f"Use 1 to {MAX_VALUES} different values."))
    elif any(len(value) > MAX_VALUE_CHARS for value in values):
        errors.append(FieldError("values", f"Use at most {MAX_VALUE_CHARS} characters for each value."))
    if errors:
        raise InvalidInputError(*errors)


def _view(row: Wildcard) -> WildcardView:
    return WildcardView(name=row.name, values=row.values, updated_at=row.updated_at)
