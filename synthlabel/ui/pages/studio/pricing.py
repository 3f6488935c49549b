"""What a press of Generate would make and cost: of one prompt, or of all that a template stands for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from synthlabel.domain.account import Actor
from synthlabel.domain.catalog import CatalogModel
from synthlabel.domain.generation import GenerationSpec, Ingredients
from synthlabel.domain.money import usd_label
from synthlabel.domain.prompt_syntax import names_in
from synthlabel.errors import FieldError, InvalidInputError
from synthlabel.services.prompts import Preview
from synthlabel.services.registry import get_services
from synthlabel.ui.pages.studio.draft import Draft, read_spec
from synthlabel.ui.pages.studio.forms import PriceCard, price_card

_CHOICE_OR_ESCAPE = re.compile(r"\{[^{}]*\||\\[{|}_]")


@dataclass(frozen=True, slots=True)
class BatchCard:
    """What more than one prompt comes to. ``count`` is 0 while there is only one."""

    several: bool = False
    count: int = 0
    images: str = ""
    prompts: list[str] = field(default_factory=list[str])
    """The first ones."""
    rest: str = ""
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    price: PriceCard
    batch: BatchCard
    errors: Sequence[FieldError]


def lines_of(draft: Draft) -> list[str]:
    """Return the templates that the prompt consists of: its lines, or all of it."""
    return [line for line in draft.prompt.splitlines() if line.strip()] if draft.lines else [draft.prompt]


def is_batch(draft: Draft) -> bool:
    """Whether the prompt is to be read as templates: it has alternatives, named lists, or a prompt on each line."""
    return draft.lines or bool(names_in(draft.prompt) or _CHOICE_OR_ESCAPE.search(draft.prompt))


async def price(actor: Actor, draft: Draft, model: CatalogModel, *, before: PriceCard) -> Priced:
    """Price precisely what the form would send, and say what is wrong with it. Makes nothing."""
    if is_batch(draft) and draft.prompt.strip():
        return await _price_batch(actor, draft, model, before=before)
    spec, _ = read_spec(draft, model)
    given, missing = await _ingredients(actor, spec)
    estimate = partial(get_services().generations.estimate, given=given)
    card, errors = price_card(draft, model, estimate, before=before)
    return Priced(card, BatchCard(), [*errors, *missing])


def at_the_form(error: FieldError) -> FieldError:
    """Move what is wrong with one of the prompts (``prompts.3``) to the form's own field."""
    name, _, line = error.field.partition(".")
    if name != "prompts":
        return error
    return FieldError("prompt", error.message if line in ("", "0") else f"Line {int(line) + 1}: {error.message}")


async def _price_batch(actor: Actor, draft: Draft, model: CatalogModel, *, before: PriceCard) -> Priced:
    spec, errors = read_spec(draft, model)
    lines = lines_of(draft)
    try:
        preview = await get_services().prompts.preview(actor, spec, lines)
    except InvalidInputError as error:
        return Priced(_stale(before), BatchCard(), [*errors, *error.errors])
    wrong = [at_the_form(FieldError(f"prompts.{found.line}", found.message)) for found in preview.errors]
    too_many = preview.count > preview.limit
    if too_many:
        wrong.append(FieldError("prompt", _too_many(preview)))
    note = f"{preview.formula}. {draft.count} image{'s' if draft.count > 1 else ''} of each prompt."
    fresh = PriceCard(label=usd_label(preview.price_micros), micros=preview.price_micros, note=note)
    card = _stale(before) if errors or wrong else fresh
    return Priced(card, _batch_card(preview, draft), [*errors, *wrong])


def _batch_card(preview: Preview, draft: Draft) -> BatchCard:
    if preview.count <= 1:
        return BatchCard()
    images = preview.count * draft.count
    left = preview.count - len(preview.prompts)
    return BatchCard(
        several=True,
        count=preview.count,
        images=f"{images:,} images",
        prompts=list(preview.prompts),
        rest=f"and {left:,} more" if left else "",
        limit=f"One press makes at most {preview.limit} prompts." if preview.count > preview.limit else "",
    )


def _too_many(preview: Preview) -> str:
    return f"These make {preview.count:,} prompts; one press makes at most {preview.limit}."


def _stale(before: PriceCard) -> PriceCard:
    return replace(before, stale=True)


async def _ingredients(actor: Actor, spec: GenerationSpec) -> tuple[Ingredients, Sequence[FieldError]]:
    """Look up the sources and LoRAs of a request, and say what of them is not there any more."""
    if not spec.sources and not spec.loras:
        return Ingredients(), ()
    try:
        return await get_services().generations.ingredients(actor, spec), ()
    except InvalidInputError as error:
        return Ingredients(), error.errors
