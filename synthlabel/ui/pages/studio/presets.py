"""Presets: what of a form is kept under a name, and whether the form has changed since. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID

from synthlabel.domain.catalog import Catalog
from synthlabel.ui.pages.studio.draft import Draft, read_draft, write_draft

_NOT_KEPT = ("sources", "advanced", "parked", "preset")
"""A preset is a way of working: the images that it is applied to come and go."""


class KeptPreset(Protocol):
    """A preset as the service shows it."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class PresetOption:
    id: str
    name: str
    facts: str


@dataclass(frozen=True, slots=True)
class PresetsCard:
    """``id`` and ``name`` are of the chosen one, empty without; ``changed``: the form differs from it."""

    id: str = ""
    name: str = ""
    changed: bool = False
    options: list[PresetOption] = field(default_factory=list[PresetOption])


def presets_card(draft: Draft, presets: Sequence[KeptPreset], catalog: Catalog) -> PresetsCard:
    chosen = next((preset for preset in presets if str(preset.id) == draft.preset), None)
    return PresetsCard(
        id=str(chosen.id) if chosen else "",
        name=chosen.name if chosen else "",
        changed=chosen is not None and differs(draft, chosen.data, catalog),
        options=[PresetOption(str(preset.id), preset.name, _facts(preset.data, catalog)) for preset in presets],
    )


def preset_data(draft: Draft) -> dict[str, Any]:
    """Return what is kept of a form under a name."""
    return {name: value for name, value in write_draft(draft).items() if name not in _NOT_KEPT}


def apply_preset(draft: Draft, data: Mapping[str, Any], catalog: Catalog) -> Draft:
    """Fill the form from a preset. Sources stay; a preset without a prompt leaves the present one."""
    filled = read_draft({**data, "sources": write_draft(draft)["sources"]}, catalog)
    prompt = filled.prompt or draft.prompt
    return replace(filled, prompt=prompt, parked=draft.parked, advanced=draft.advanced, preset=draft.preset)


def differs(draft: Draft, data: Mapping[str, Any], catalog: Catalog) -> bool:
    """Whether applying the preset would change the form."""
    return preset_data(apply_preset(draft, data, catalog)) != preset_data(draft)


def _facts(data: Mapping[str, Any], catalog: Catalog) -> str:
    draft = read_draft(data, catalog)
    name = next((model.name for model in catalog.models if model.id == draft.model), draft.model)
    return ", ".join(filter(None, (name, draft.shape, draft.prompt[:60])))
