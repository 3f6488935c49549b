"""What the form shows of the images that go into a request. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthlabel.domain.catalog import Catalog, CatalogModel
from synthlabel.ui.pages.studio.draft import Draft, SourcePick, model_of, used_sources
from synthlabel.ui.pages.studio.forms import FieldCard, field_card

MAX_KEPT = 10
"""As many as any model takes."""


@dataclass(frozen=True, slots=True)
class SourcePicture:
    """Where a source's thumbnail is; the address is signed and expires."""

    src: str
    thumbhash: str = ""


@dataclass(frozen=True, slots=True)
class SourceCard:
    """``note`` says why a source is not used; empty if it is."""

    id: str
    kind: str
    src: str
    thumbhash: str
    width: int
    height: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A model to change to."""

    id: str
    name: str
    takes: str


@dataclass(frozen=True, slots=True)
class SourcesCard:
    """``takes`` is how many images the model takes; ``note`` says what does not fit, with ``offers`` that would."""

    shown: list[SourceCard] = field(default_factory=list[SourceCard])
    takes: int = 0
    title: str = "Source image"
    note: str = ""
    error: str = ""
    offers: list[Offer] = field(default_factory=list[Offer])
    strengths: list[FieldCard] = field(default_factory=list[FieldCard])
    """The model's closeness to the source, where it has one and there is a source: one or none."""
    size: str = ""
    """The result's size where it is the source's; empty where it is chosen."""


def sources_card(
    draft: Draft, catalog: Catalog, pictures: Mapping[str, SourcePicture], errors: Mapping[str, str]
) -> SourcesCard:
    """Return all that the form shows of the sources, and of what is wrong with them."""
    model = model_of(draft, catalog)
    used = used_sources(draft, model)
    rule = model.image_input
    strength = rule.strength if rule and used else None
    takes = rule.max_images if rule else 0
    return SourcesCard(
        shown=[_card(source, pictures, model, is_used=source in used) for source in draft.sources],
        takes=takes,
        title="Source image" if takes < 2 else "Reference images",
        note=_note(draft, model),
        error=errors.get("source_image_ids", ""),
        offers=_offers(draft, model, catalog),
        strengths=[field_card(strength, draft, errors.get("params.strength", ""))] if strength else [],
        size=_size(used, model),
    )


def _card(
    source: SourcePick, pictures: Mapping[str, SourcePicture], model: CatalogModel, *, is_used: bool
) -> SourceCard:
    picture = pictures.get(source.id)
    note = "" if is_used else f"Not used: {_takes(model)}"
    return SourceCard(
        id=source.id,
        kind=source.kind,
        src=picture.src if picture else "",
        thumbhash=picture.thumbhash if picture else "",
        width=source.width_px or 1,
        height=source.height_px or 1,
        note=note if picture else "It is not there any more. Remove it.",
    )


def _takes(model: CatalogModel) -> str:
    if model.image_input is None:
        return f"{model.name} takes no images"
    count = model.image_input.max_images
    return f"{model.name} takes {'one image' if count == 1 else f'up to {count} images'}"


def _note(draft: Draft, model: CatalogModel) -> str:
    unused = len(draft.sources) - len(used_sources(draft, model))
    if not unused:
        return ""
    if model.image_input is None:
        return f"{_takes(model)}. {'It is' if unused == 1 else 'They are'} kept here, and not used."
    return f"{_takes(model)}. The last {'one is' if unused == 1 else f'{unused} are'} not used."


def _offers(draft: Draft, model: CatalogModel, catalog: Catalog) -> list[Offer]:
    """Return the models that take all sources, where this one does not: as near to it as can be, few."""
    wanted = len(draft.sources)
    if wanted <= len(used_sources(draft, model)):
        return []
    fitting = [each for each in catalog.models if each.image_input and each.image_input.max_images >= wanted]
    fitting.sort(key=lambda each: abs(each.price.usd - model.price.usd))
    return [Offer(each.id, each.name, _takes(each)) for each in fitting[:3]]


def _size(used: tuple[SourcePick, ...], model: CatalogModel) -> str:
    if not used or model.image_input is None or model.image_input.size != "source":
        return ""
    share = min(1.0, model.size.max_side_px / max(used[0].width_px, used[0].height_px, 1))
    return f"{max(1, round(used[0].width_px * share))} × {max(1, round(used[0].height_px * share))}"
