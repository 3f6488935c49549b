"""A tab of somebody at the Studio, on services that remember what they were asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
import reflex as rx

from synthlabel.adapters.catalog import load_catalog
from synthlabel.domain.account import Actor, Role
from synthlabel.domain.catalog import Quote, SourceSize, Task
from synthlabel.domain.generation import GenerationSpec, GenerationStatus, Ingredients, LoraWeights, make_recipe
from synthlabel.domain.prompt_syntax import PromptSyntaxError, read_template
from synthlabel.errors import (
    ConflictError,
    DatabaseUnavailableError,
    FieldError,
    InvalidInputError,
    NotFoundError,
    PriceChangedError,
)
from synthlabel.services import registry
from synthlabel.services.batches import Batch
from synthlabel.services.gallery import Lineage, SmallView, Source
from synthlabel.services.loras import LoraView
from synthlabel.services.presets import PresetView
from synthlabel.services.prompts import LineError, Preview
from synthlabel.services.views import GenerationView, ImageView
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.pages.studio.lora_state import StudioLoraState
from synthlabel.ui.pages.studio.preset_state import StudioPresetState
from synthlabel.ui.pages.studio.source_state import StudioSourceState
from synthlabel.ui.pages.studio.stream_state import StudioStreamState
from synthlabel.ui.pages.studio.take_state import StudioTakeState
from synthlabel.ui.pages.studio.tool_state import StudioToolState
from tests.unit.test_studio_cards import image, view

ADA = Actor(user_id=UUID(int=7), role=Role.MEMBER)
CATALOG = load_catalog()
COOKIE = "studio_session"
PRICE = 1_000_000
"""On a button, in micro-dollars: more than what is asked for in tests costs."""
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass
class Accounts:
    signed_in: bool = True

    async def actor_for_session(self, token: str) -> Actor | None:
        return ADA if self.signed_in and token == "ada" else None


@dataclass
class Drafts:
    stored: dict[str, Any] = field(default_factory=dict[str, Any])
    is_away: bool = False

    async def load(self, _actor: Actor, _name: str) -> dict[str, Any]:
        return self.stored

    async def save(self, _actor: Actor, _name: str, changed: dict[str, Any]) -> None:
        if self.is_away:
            raise DatabaseUnavailableError("The database is away.")
        self.stored = {**self.stored, **changed}


@dataclass
class Loras:
    kept: list[LoraView] = field(default_factory=list[LoraView])

    async def list_own(self, _actor: Actor) -> Sequence[LoraView]:
        return self.kept

    async def add(self, _actor: Actor, *, name: str, url: str, family: str, trigger_word: str) -> LoraView:
        if not url.startswith("https://"):
            raise InvalidInputError(FieldError("url", "Use an address that begins with https://."))
        return self.has(name, family, trigger_word)

    def has(self, name: str, family: str, trigger_word: str = "") -> LoraView:
        made = LoraView(UUID(int=500 + len(self.kept)), name, family, trigger_word, "https://example.com/x", NOW)
        self.kept.append(made)
        return made

    def weights(self, spec: GenerationSpec) -> tuple[LoraWeights, ...]:
        by_id = {str(lora.id): lora for lora in self.kept}
        found = [(by_id[choice.model_id], choice.weight) for choice in spec.loras]
        return tuple(
            LoraWeights(str(each.id), each.name, each.family, each.trigger_word, each.url, weight)
            for each, weight in found
        )


@dataclass
class Presets:
    kept: dict[UUID, PresetView] = field(default_factory=dict[UUID, PresetView])

    async def list_all(self, _actor: Actor) -> Sequence[PresetView]:
        return list(self.kept.values())

    async def create(self, _actor: Actor, name: str, data: Mapping[str, Any]) -> PresetView:
        if any(preset.name == name for preset in self.kept.values()):
            raise ConflictError("You have a preset of this name.")
        made = PresetView(UUID(int=900 + len(self.kept)), name, dict(data), NOW, NOW)
        self.kept[made.id] = made
        return made

    async def update(
        self, _actor: Actor, preset_id: str, *, name: str | None = None, data: Mapping[str, Any] | None = None
    ) -> PresetView:
        old = self.kept[UUID(preset_id)]
        self.kept[old.id] = replace(old, name=name or old.name, data=data or old.data)
        return self.kept[old.id]

    async def delete(self, _actor: Actor, preset_id: str) -> None:
        del self.kept[UUID(preset_id)]


def _check(price_micros: int, max_price_micros: int | None) -> None:
    if max_price_micros is not None and price_micros > max_price_micros:
        raise PriceChangedError("It costs more now.")


@dataclass
class Generations:
    """Makes one generation per key, and remembers what was asked for."""

    loras: Loras
    requests: dict[str, GenerationSpec] = field(default_factory=dict[str, GenerationSpec])
    retries: list[str] = field(default_factory=list[str])
    cancelled: list[str] = field(default_factory=list[str])
    refuses_retry: bool = False
    lacks_source: bool = False

    def estimate(self, spec: GenerationSpec, given: Ingredients | None = None) -> Quote:
        return make_recipe(spec, CATALOG.get_model(spec.model), given).quote

    async def ingredients(self, _actor: Actor, spec: GenerationSpec) -> Ingredients:
        return Ingredients(tuple(SourceSize(640, 480) for _ in spec.sources), self.loras.weights(spec))

    async def request(
        self,
        actor: Actor,
        spec: GenerationSpec,
        *,
        origin: str,
        idempotency_key: str,
        max_price_micros: int | None = None,
    ) -> GenerationView:
        quote = self.estimate(spec, await self.ingredients(actor, spec))
        _check(quote.amount_micros, max_price_micros)
        self.requests.setdefault(idempotency_key, spec)
        number = list(self.requests).index(idempotency_key) + 1
        return view(id=UUID(int=number), prompt=spec.prompt, price_formula=origin, task=self._task(spec))

    async def spec_again(self, _actor: Actor, generation_id: str) -> GenerationSpec:
        if self.lacks_source:
            raise ConflictError("Source image 1 is gone, so the same can't be made again.")
        return replace(list(self.requests.values())[UUID(generation_id).int - 1], seed=None)

    async def get(self, _actor: Actor, generation_id: str) -> GenerationView:
        return view("done", id=UUID(generation_id), images=(image(),))

    async def cancel(self, _actor: Actor, generation_id: str) -> GenerationView:
        self.cancelled.append(generation_id)
        return view("cancelled", id=UUID(generation_id), charged_micros=0)

    async def retry(self, _actor: Actor, generation_id: str, *, origin: str, idempotency_key: str) -> GenerationView:
        if self.refuses_retry:
            raise ConflictError("It cannot be retried.")
        self.retries.append(generation_id)
        return view(id=UUID(int=100 + len(self.retries)), price_formula=origin)

    async def list_page(self, _actor: Actor, *, limit: int, cursor: str | None = None) -> Any:
        made = [view(id=UUID(int=number), prompt=spec.prompt) for number, spec in enumerate(self.requests.values(), 1)]
        return SimpleNamespace(items=made[::-1][:limit], next_cursor=cursor)

    def tool_spec(self, task: Task, image_id: str, *, prompt: str, params: dict[str, Any]) -> GenerationSpec:
        tool = CATALOG.tools_for(task)[0]
        return GenerationSpec(prompt=prompt, model=tool.id, params=params, sources=(image_id,))

    def _task(self, spec: GenerationSpec) -> Task:
        return CATALOG.get_model(spec.model).task


@dataclass
class Prompts:
    generations: Generations
    lists: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    async def preview(self, actor: Actor, spec: GenerationSpec, lines: Sequence[str]) -> Preview:
        try:
            written = self.written(lines)
        except PromptSyntaxError as error:
            return Preview(0, (), 0, "", 100, [LineError(0, error.position, error.message)])
        given = await self.generations.ingredients(actor, spec)
        each = self.generations.estimate(replace(spec, prompt="."), given).amount_micros
        return Preview(len(written), written[:10], len(written) * each, "so many", 100, ())

    def written(self, lines: Sequence[str]) -> list[str]:
        return [prompt for line in lines for prompt in read_template(line, self.lists).expand(200)]


@dataclass
class Batches:
    prompts: Prompts

    async def request(
        self,
        actor: Actor,
        spec: GenerationSpec,
        lines: Sequence[str],
        *,
        origin: str,
        idempotency_key: str,
        max_price_micros: int,
    ) -> Batch:
        try:
            written = self.prompts.written(lines)
        except PromptSyntaxError as error:
            raise InvalidInputError(FieldError("prompts.0", error.message)) from None
        _check((await self.prompts.preview(actor, spec, lines)).price_micros, max_price_micros)
        generations = self.prompts.generations
        made = [
            await generations.request(
                actor, replace(spec, prompt=prompt), origin=origin, idempotency_key=f"{idempotency_key} {number}"
            )
            for number, prompt in enumerate(written)
        ]
        return Batch(UUID(int=77), made)


@dataclass
class Gallery:
    shown: ImageView = field(default_factory=image)
    sources: list[Source] = field(default_factory=list[Source])

    async def get(self, _actor: Actor, image_id: str) -> Any:
        if image_id == str(UUID(int=404)):
            raise NotFoundError("There is no such image.")
        return replace(self.shown, id=UUID(image_id))

    async def lineage(self, _actor: Actor, _image_id: str) -> Lineage:
        return Lineage(self.sources, ())

    def made_from(self, image_id: UUID) -> None:
        self.sources.append(Source("image", SmallView(image_id, "/thumb", "hash", 640, 480)))


@dataclass
class Uploads:
    async def get(self, _actor: Actor, upload_id: str) -> Any:
        return SimpleNamespace(
            id=UUID(upload_id), width_px=640, height_px=480, thumbnails={320: "/upload"}, url="/full", thumbhash="hash"
        )


@dataclass
class Activity:
    generations: Generations
    waiting: list[str] = field(default_factory=list[str])

    async def counts(self, _actor: Actor, _wanted: Any) -> Mapping[GenerationStatus, int]:
        return dict.fromkeys(GenerationStatus, 0)

    async def cancel_waiting(self, actor: Actor) -> Any:
        return [
            SimpleNamespace(id=run_id, view=await self.generations.cancel(actor, run_id), error=None)
            for run_id in self.waiting
        ]


@dataclass
class World:
    accounts: Accounts = field(default_factory=Accounts)
    drafts: Drafts = field(default_factory=Drafts)
    gallery: Gallery = field(default_factory=Gallery)
    uploads: Uploads = field(default_factory=Uploads)
    loras: Loras = field(default_factory=Loras)
    presets: Presets = field(default_factory=Presets)
    generations: Generations = field(init=False)
    prompts: Prompts = field(init=False)
    batches: Batches = field(init=False)
    activity: Activity = field(init=False)
    form: StudioFormState = field(init=False)
    take: StudioTakeState = field(init=False)
    source: StudioSourceState = field(init=False)
    lora: StudioLoraState = field(init=False)
    preset: StudioPresetState = field(init=False)
    tool: StudioToolState = field(init=False)
    stream: StudioStreamState = field(init=False)

    def __post_init__(self) -> None:
        self.generations = Generations(self.loras)
        self.prompts = Prompts(self.generations)
        self.batches = Batches(self.prompts)
        self.activity = Activity(self.generations)

    @property
    def services(self) -> registry.Services:
        settings = SimpleNamespace(session_cookie_name=COOKIE)
        names = [
            "accounts",
            "drafts",
            "gallery",
            "uploads",
            "loras",
            "presets",
            "generations",
            "prompts",
            "batches",
            "activity",
        ]
        built = {name: getattr(self, name) for name in names}
        return cast("registry.Services", SimpleNamespace(settings=settings, catalog=CATALOG, **built))

    @property
    def specs(self) -> list[GenerationSpec]:
        return list(self.generations.requests.values())


async def open_world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Open a tab of Ada's: nothing is read yet."""
    world = World()
    monkeypatch.setattr(registry, "_installed", world.services)
    root: Any = rx.State(_reflex_internal_init=True)
    root._update_router_vars({"pathname": "/", "headers": {"cookie": f"{COOKIE}=ada"}}, {})
    world.form = await root.get_state(StudioFormState)
    world.take = await root.get_state(StudioTakeState)
    world.source = await root.get_state(StudioSourceState)
    world.lora = await root.get_state(StudioLoraState)
    world.preset = await root.get_state(StudioPresetState)
    world.tool = await root.get_state(StudioToolState)
    world.stream = await root.get_state(StudioStreamState)
    return world


async def call(state: Any, handler: str, *arguments: Any) -> Any:
    return await getattr(type(state), handler).fn(state, *arguments)
