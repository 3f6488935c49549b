"""The form's state: the draft, what it costs, and the request that is made of it.

What belongs to a part of the form (sources, LoRAs, presets, taking things over) has a state of its own below this one.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import reflex as rx

from synthlabel.domain.account import Actor
from synthlabel.domain.catalog import FieldValue
from synthlabel.errors import InvalidInputError, PriceChangedError, SynthLabelError
from synthlabel.services.loras import LoraView
from synthlabel.services.presets import PresetView
from synthlabel.services.registry import get_services
from synthlabel.services.views import GenerationView
from synthlabel.ui.feedback import toast_for
from synthlabel.ui.pages.studio import draft as drafts
from synthlabel.ui.pages.studio.draft import Draft, SourcePick
from synthlabel.ui.pages.studio.forms import FormCard, ModelCard, PriceCard, form_card, model_cards
from synthlabel.ui.pages.studio.lora_cards import LorasCard, loras_card
from synthlabel.ui.pages.studio.presets import PresetsCard, presets_card
from synthlabel.ui.pages.studio.pricing import BatchCard, price
from synthlabel.ui.pages.studio.sending import find_picture, refusals, send
from synthlabel.ui.pages.studio.source_cards import SourcePicture, SourcesCard, sources_card
from synthlabel.ui.pages.studio.stream_state import StudioStreamState, load_page, show, shown_runs
from synthlabel.ui.session import current_actor

DRAFT: Final = "studio"

Done = rx.event.EventType[()] | None


class StudioFormState(rx.State):
    models: rx.Field[list[ModelCard]] = rx.field(default_factory=list[ModelCard])
    form: rx.Field[FormCard] = rx.field(default_factory=FormCard)
    sources: rx.Field[SourcesCard] = rx.field(default_factory=SourcesCard)
    loras: rx.Field[LorasCard] = rx.field(default_factory=LorasCard)
    presets: rx.Field[PresetsCard] = rx.field(default_factory=PresetsCard)
    price: rx.Field[PriceCard] = rx.field(default_factory=PriceCard)
    batch: rx.Field[BatchCard] = rx.field(default_factory=BatchCard)
    storage_key: str = ""
    """Where the browser keeps its own copy of the texts: one place per person."""
    revision: str = ""
    """Changes when the texts on the page are to be replaced; see ``prompt.jsx``."""
    answered: str = ""
    """The key of the last press of Generate, and how it went; see ``generate.jsx``."""
    taken: str = ""
    """What was put into the form from elsewhere and can still be undone, in words."""
    _draft: Draft = Draft()
    _kept: Draft = Draft()
    """The draft as this tab read or wrote it last: what differs from it is written."""
    _before: Draft | None = None
    _mistakes_shown: bool = False
    """Whether an empty prompt is called a mistake: not before Generate was pressed."""
    _pictures: rx.Field[dict[str, SourcePicture]] = rx.field(default_factory=dict[str, SourcePicture])
    # Tuples: what comes out of a list in a state is wrapped, and so is all within it
    _library: tuple[LoraView, ...] = ()
    _presets: tuple[PresetView, ...] = ()
    _refused: GenerationView | None = None
    """The last request that the provider refused for what was in its fields."""

    @rx.event
    async def load(self) -> Done:
        """Read the draft: on each page load and reconnect."""
        try:
            await self._load()
        except SynthLabelError as error:
            return toast_for(error)
        return None

    @rx.event
    async def choose_model(self, model_id: str) -> Done:
        catalog = get_services().catalog
        draft = replace(await self._current(), model=model_id)
        return await self._change(drafts.choose_model(draft, drafts.model_of(draft, catalog)))

    @rx.event
    async def set_prompt(self, text: str) -> Done:
        return await self._change(replace(await self._current(), prompt=text))

    @rx.event
    async def set_negative_prompt(self, text: str) -> Done:
        return await self._change(replace(await self._current(), negative_prompt=text))

    @rx.event
    async def set_lines(self, on: bool, prompt: str) -> Done:
        """Let each line of the prompt on the screen be a prompt of its own, or all of it one."""
        return await self._change(replace(await self._current(), lines=on, prompt=prompt))

    @rx.event
    async def choose_shape(self, shape: str) -> Done:
        draft = await self._current()
        size = drafts.model_of(draft, get_services().catalog).size
        return await self._change(drafts.choose_shape(draft, size, shape=shape))

    @rx.event
    async def set_width(self, text: str) -> Done:
        return await self._change(replace(await self._current(), width=text.strip()))

    @rx.event
    async def set_height(self, text: str) -> Done:
        return await self._change(replace(await self._current(), height=text.strip()))

    @rx.event
    async def set_count(self, count: int) -> Done:
        return await self._change(replace(await self._current(), count=count))

    @rx.event
    async def set_seed_mode(self, mode: str) -> Done:
        """``fixed`` fills in the last seed used, or a new one where there is none."""
        stream = await self.get_state(StudioStreamState)
        last_seed = next((run.seed for run in shown_runs(stream)), drafts.random_seed())
        draft = await self._current()
        return await self._change(drafts.fix_seed(draft, fixed=mode == "fixed", last_seed=last_seed))

    @rx.event
    async def set_seed(self, text: str) -> Done:
        return await self._change(replace(await self._current(), seed=drafts.digits(text)))

    @rx.event
    async def set_number(self, name: str, value: float) -> Done:
        return await self._set_param(name, value)

    @rx.event
    async def set_flag(self, name: str, value: bool) -> Done:
        return await self._set_param(name, value)

    @rx.event
    async def set_text(self, name: str, value: str) -> Done:
        return await self._set_param(name, value)

    @rx.event
    async def set_advanced(self, is_open: bool) -> Done:
        return await self._change(replace(await self._current(), advanced=is_open))

    @rx.event
    async def reset_settings(self) -> Done:
        draft = await self._current()
        catalog = get_services().catalog
        fresh = drafts.choose_model(drafts.reset(draft), drafts.model_of(draft, catalog))
        return await self._replace(fresh, words="Settings are back to the defaults")

    @rx.event
    async def use_example(self, text: str) -> Done:
        self.revision = revision("take-focus")
        return await self._change(replace(await self._current(), prompt=text))

    @rx.event
    async def use_text(self, text: str) -> Done:
        """Put a text from elsewhere in the place of the prompt: of the history, of a description."""
        return await self._replace(replace(await self._current(), prompt=text, lines=False), words="Took the prompt")

    @rx.event
    async def price_again(self) -> Done:
        """Look again: something changed that the draft only names, such as a list of words."""
        await self._current()
        await self._show(await current_actor(self))
        return None

    @rx.event
    async def undo(self) -> Done:
        """Put back what the last replacement overwrote."""
        if self._before is None:
            return None
        before, self._before = self._before, None
        self.taken = ""
        self.revision = revision("take")
        return await self._change(before)

    @rx.event
    async def submit(self, key: str, prompt: str, price_micros: int) -> Done:
        """Make the request for the prompt on the screen, for the price on the button or less.

        Safe to repeat with the same ``key``: it is paid for once. If it costs more, the button says so, and all stays.
        """
        self._draft = draft = replace(await self._current(), prompt=prompt)
        actor = await current_actor(self)
        try:
            views = await send(actor, draft, key, max_price_micros=price_micros)
        except SynthLabelError as error:
            return await self._not_taken(actor, key, error)
        self._mistakes_shown = False
        self._refused = None
        self.taken = ""
        self.answered = f"{key}:accepted"
        stream = await self.get_state(StudioStreamState)
        if len(views) > 1:
            await load_page(stream)
        else:
            show(stream, views[0])
        return None

    async def _not_taken(self, actor: Actor, key: str, error: SynthLabelError) -> Done:
        self.answered = f"{key}:refused"
        if not isinstance(error, InvalidInputError | PriceChangedError):
            return toast_for(error)
        self._mistakes_shown = True
        await self._show(actor)
        return toast_for(error) if isinstance(error, PriceChangedError) else None

    async def _load(self) -> None:
        services = get_services()
        actor = await current_actor(self)
        self._draft = self._kept = drafts.read_draft(await services.drafts.load(actor, DRAFT), services.catalog)
        self._library = tuple(await services.loras.list_own(actor))
        self._presets = tuple(await services.presets.list_all(actor))
        await self._look_up(actor, self._draft.sources)
        self.models = model_cards(services.catalog)
        self.storage_key = f"synthlabel:{DRAFT}:{actor.user_id}"
        self.revision = revision("load")
        await self._show(actor)

    async def _look_up(self, actor: Actor, sources: Sequence[SourcePick]) -> None:
        """Make addresses for sources' thumbnails. Those that are gone get none."""
        found = {source.id: await find_picture(actor, source) for source in sources}
        made = {source_id: picture for source_id, picture in found.items() if picture is not None}
        self._pictures = {**self._pictures, **made}

    async def _current(self) -> Draft:
        """Return the draft. A tab that lost its state on a reconnect reads it again before anything is changed."""
        if not self.form.loaded:
            await self._load()
        return replace(self._draft)  # a state's own value is wrapped; the copy is plain

    async def _change(self, draft: Draft) -> Done:
        """Keep a changed draft, then show it: what the page shows as kept is kept."""
        actor = await current_actor(self)
        self._draft = draft
        try:
            if changed := drafts.changes(replace(self._kept), draft):
                await get_services().drafts.save(actor, DRAFT, changed)
            self._kept = draft
        except SynthLabelError as error:
            return toast_for(error)
        finally:
            await self._show(actor)
        return None

    async def _replace(self, draft: Draft, *, words: str) -> Done:
        """Change much of the draft at once, with a way back."""
        self._before = await self._current()
        self.taken = words
        self.revision = revision("take")
        return await self._change(draft)

    async def _set_param(self, name: str, value: FieldValue) -> Done:
        """Change one of the model's own fields; the page has no others."""
        draft = await self._current()
        for item in drafts.fields_of(draft, drafts.model_of(draft, get_services().catalog)):
            if item.name == name:
                return await self._change(drafts.set_param(draft, item, value))
        return None

    async def _show(self, actor: Actor) -> None:
        catalog = get_services().catalog
        draft = replace(self._draft)
        priced = await price(actor, draft, drafts.model_of(draft, catalog), before=self.price)
        errors = [*refusals(self._refused, draft), *priced.errors]
        if not self._mistakes_shown:
            errors = [error for error in errors if error.field != "prompt" or draft.prompt.strip()]
        messages = {error.field: error.message for error in errors}
        self.form = form_card(draft, catalog, errors)
        self.price = priced.price
        self._put("batch", priced.batch)
        self._put("sources", sources_card(draft, catalog, self._pictures, messages))
        self._put("loras", loras_card(draft, catalog, self._library, messages))
        self._put("presets", presets_card(draft, self._presets, catalog))

    def _put(self, name: str, value: Any) -> None:
        """Change a var if it differs: what is set is sent."""
        if getattr(self, name) != value:
            setattr(self, name, value)


def revision(kind: str) -> str:
    """Return a new text for ``StudioFormState.revision``."""
    return f"{kind}-{secrets.token_hex(4)}"


async def note_refusal(form: StudioFormState, view: GenerationView) -> None:
    """Say at the form's fields what the provider found wrong there, as long as they are as they were sent."""
    if not form.form.loaded or view.error is None or not view.error.fields:
        return
    form._refused = view  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    await form._show(await current_actor(form))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
