"""What the form shows of LoRAs: those that are chosen, and those that could be. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from synthlabel.domain.catalog import Catalog, CatalogModel
from synthlabel.ui.pages.studio.draft import Draft, LoraPick, model_of, used_loras
from synthlabel.ui.pages.studio.source_cards import Offer

FREE_WEIGHTS = (0.0, 2.0)
"""What the slider of a LoRA goes through while the model takes none."""


class KnownLora(Protocol):
    """One of the person's LoRAs, as the service shows it."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def trigger_word(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LoraRow:
    """``note`` says why a chosen LoRA is not used; empty if it is."""

    id: str
    name: str
    trigger_word: str
    weight: float
    low: float
    high: float
    note: str


@dataclass(frozen=True, slots=True)
class LoraOption:
    """``reason`` says why it cannot be added; empty if it can."""

    id: str
    name: str
    family: str
    trigger_word: str
    reason: str


@dataclass(frozen=True, slots=True)
class LorasCard:
    is_shown: bool = False
    """Whether the model takes any, or one is chosen."""
    rows: list[LoraRow] = field(default_factory=list[LoraRow])
    options: list[LoraOption] = field(default_factory=list[LoraOption])
    families: list[str] = field(default_factory=list[str])
    family: str = ""
    """The one that the model takes."""
    error: str = ""
    offers: list[Offer] = field(default_factory=list[Offer])
    """Models that take a chosen LoRA which this one does not."""


def loras_card(draft: Draft, catalog: Catalog, library: Iterable[KnownLora], errors: Mapping[str, str]) -> LorasCard:
    """Return all that the form shows of LoRAs, and of what is wrong with them."""
    model = model_of(draft, catalog)
    known = {str(lora.id): lora for lora in library}
    return LorasCard(
        is_shown=model.loras is not None or bool(draft.loras),
        rows=[_row(pick, known.get(pick.id), model) for pick in draft.loras],
        options=[_option(lora, draft, model) for lora in known.values()],
        families=list(catalog.lora_families),
        family=model.loras.family if model.loras else "",
        error=errors.get("loras", ""),
        offers=_offers(draft, model, catalog),
    )


def _row(pick: LoraPick, known: KnownLora | None, model: CatalogModel) -> LoraRow:
    low, high = (model.loras.min_weight, model.loras.max_weight) if model.loras else FREE_WEIGHTS
    return LoraRow(
        id=pick.id,
        name=known.name if known else "A deleted LoRA",
        trigger_word=known.trigger_word if known else "",
        weight=min(max(pick.weight, low), high),
        low=low,
        high=high,
        note=_misfit(pick.family, model) if known else "It is not among yours any more. Remove it.",
    )


def _misfit(family: str, model: CatalogModel) -> str:
    if model.loras is None:
        return f"Not used: {model.name} takes no LoRAs"
    return (
        "" if family == model.loras.family else f"Not used: made for {family}, {model.name} takes {model.loras.family}"
    )


def _option(lora: KnownLora, draft: Draft, model: CatalogModel) -> LoraOption:
    reason = _misfit(lora.family, model).removeprefix("Not used: ")
    if not reason and any(pick.id == str(lora.id) for pick in draft.loras):
        reason = "It is chosen already"
    elif not reason and model.loras and len(used_loras(draft, model)) >= model.loras.max_count:
        reason = f"{model.name} takes at most {model.loras.max_count}"
    return LoraOption(str(lora.id), lora.name, lora.family, lora.trigger_word, reason[:1].upper() + reason[1:])


def _offers(draft: Draft, model: CatalogModel, catalog: Catalog) -> list[Offer]:
    used = used_loras(draft, model)
    wanted = next((pick.family for pick in draft.loras if pick not in used), None)
    if wanted is None or used:
        return []
    return [Offer(each.id, each.name, "") for each in catalog.models if each.loras and each.loras.family == wanted]
