"""The form's state: the draft, what it costs, and the request that is made of it."""

import secrets
from dataclasses import replace
from typing import Final

import reflex as rx

from synthlabel.domain.catalog import FieldValue
from synthlabel.errors import InvalidInputError, SynthLabelError
from synthlabel.services.registry import get_services
from synthlabel.ui.feedback import toast_for
from synthlabel.ui.pages.studio import draft as drafts
from synthlabel.ui.pages.studio.draft import Draft
from synthlabel.ui.pages.studio.forms import FormCard, ModelCard, PriceCard, form_card, model_cards, price_card
from synthlabel.ui.pages.studio.stream_state import StudioStreamState, show, shown_runs
from synthlabel.ui.session import current_actor

DRAFT: Final = "studio"
TAKEN: Final = {
    "prompt": "Took the prompt",
    "seed": "Took the seed",
    "size": "Took the size",
    "all": "Took all settings",
    "all_but_seed": "Took all settings but the seed",
}

Done = rx.event.EventType[()] | None


class StudioFormState(rx.State):
    models: rx.Field[list[ModelCard]] = rx.field(default_factory=list[ModelCard])
    form: rx.Field[FormCard] = rx.field(default_factory=FormCard)
    price: rx.Field[PriceCard] = rx.field(default_factory=PriceCard)
    storage_key: str = ""
    """Where the browser keeps its own copy of the texts: one place per person."""
    revision: str = ""
    """Changes when the texts on the page are to be replaced; see ``prompt.jsx``."""
    answered: str = ""
    """The key of the last press of Generate, and how it went; see ``generate.jsx``."""
    taken: str = ""
    """What was put into the form from elsewhere and can still be undone, in words."""
    _draft: Draft = Draft()
    _before: Draft | None = None
    _mistakes_shown: bool = False
    """Whether an empty prompt is called a mistake: not before Generate was pressed."""

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
        self.revision = _revision("take-focus")
        return await self._change(replace(await self._current(), prompt=text))

    @rx.event
    async def take_from_image(self, what: str, image_id: str) -> Done:
        """Take a part of an image's recipe into the form; ``what`` as in ``draft.take``."""
        try:
            image = await get_services().gallery.get(await current_actor(self), image_id)
        except SynthLabelError as error:
            return toast_for(error)
        return await self._take(image, what)

    @rx.event
    async def take_from_run(self, what: str, run_id: str) -> Done:
        try:
            run = await get_services().generations.get(await current_actor(self), run_id)
        except SynthLabelError as error:
            return toast_for(error)
        return await self._take(run, what)

    @rx.event
    async def undo(self) -> Done:
        """Put back what the last replacement overwrote."""
        if self._before is None:
            return None
        before, self._before = self._before, None
        self.taken = ""
        self.revision = _revision("take")
        return await self._change(before)

    @rx.event
    async def submit(self, key: str, prompt: str) -> Done:
        """Make the request for the prompt on the screen. Safe to repeat with the same ``key``: it is paid for once."""
        services = get_services()
        self._draft = draft = replace(await self._current(), prompt=prompt)
        spec, errors = drafts.read_spec(draft, drafts.model_of(draft, services.catalog))
        try:
            if errors:
                raise InvalidInputError(*errors)
            actor = await current_actor(self)
            view = await services.generations.request(actor, spec, origin="studio", idempotency_key=key)
        except SynthLabelError as error:
            return self._refused(key, error)
        self._mistakes_shown = False
        self.taken = ""
        self.answered = f"{key}:accepted"
        show(await self.get_state(StudioStreamState), view)
        return None

    def _refused(self, key: str, error: SynthLabelError) -> Done:
        self.answered = f"{key}:refused"
        if not isinstance(error, InvalidInputError):
            return toast_for(error)
        self._mistakes_shown = True
        self._show()
        return None

    async def _load(self) -> None:
        services = get_services()
        actor = await current_actor(self)
        self._draft = drafts.read_draft(await services.drafts.load(actor, DRAFT), services.catalog)
        self.models = model_cards(services.catalog)
        self.storage_key = f"synthlabel:{DRAFT}:{actor.user_id}"
        self.revision = _revision("load")
        self._show()

    async def _current(self) -> Draft:
        """Return the draft. A tab that lost its state on a reconnect reads it again before anything is changed."""
        if not self.form.loaded:
            await self._load()
        return self._draft

    async def _change(self, draft: Draft) -> Done:
        """Keep a changed draft, then show it: what the page shows as kept is kept."""
        actor = await current_actor(self)
        self._draft = draft
        try:
            await get_services().drafts.save(actor, DRAFT, drafts.write_draft(draft))
        except SynthLabelError as error:
            return toast_for(error)
        finally:
            self._show()
        return None

    async def _replace(self, draft: Draft, *, words: str) -> Done:
        self._before = await self._current()
        self.taken = words
        self.revision = _revision("take")
        return await self._change(draft)

    async def _set_param(self, name: str, value: FieldValue) -> Done:
        """Change one of the model's own fields; the page has no others."""
        draft = await self._current()
        for item in drafts.model_of(draft, get_services().catalog).fields:
            if item.name == name:
                return await self._change(drafts.set_param(draft, item, value))
        return None

    async def _take(self, made: drafts.Recipe, what: str) -> Done:
        draft = await self._current()
        if what not in TAKEN:
            return None
        return await self._replace(drafts.take(draft, made, what, catalog=get_services().catalog), words=TAKEN[what])

    def _show(self) -> None:
        services = get_services()
        model = drafts.model_of(self._draft, services.catalog)
        self.price, errors = price_card(self._draft, model, services.generations.estimate, before=self.price)
        if not self._mistakes_shown:
            errors = [error for error in errors if error.field != "prompt" or self._draft.prompt.strip()]
        self.form = form_card(self._draft, services.catalog, errors)


def _revision(kind: str) -> str:
    return f"{kind}-{secrets.token_hex(4)}"
