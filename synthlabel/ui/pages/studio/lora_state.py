"""LoRAs in the form: chosen, weighed, made known, forgotten."""

from dataclasses import replace

import reflex as rx

from synthlabel.errors import InvalidInputError, SynthLabelError
from synthlabel.services.registry import get_services
from synthlabel.ui.feedback import toast_for
from synthlabel.ui.pages.studio.draft import LoraPick
from synthlabel.ui.pages.studio.form_state import Done, StudioFormState
from synthlabel.ui.session import current_actor


class StudioLoraState(StudioFormState):
    mistakes: rx.Field[dict[str, str]] = rx.field(default_factory=dict[str, str])
    """What is wrong with the LoRA that is being added by its address, by field."""
    added: str = ""
    """The id of the one that was made known last: its form can close."""

    @rx.event
    async def add(self, lora_id: str) -> Done:
        await self._current()
        return await self._add(lora_id)

    @rx.event
    async def remove(self, lora_id: str) -> Done:
        draft = await self._current()
        return await self._change(replace(draft, loras=tuple(pick for pick in draft.loras if pick.id != lora_id)))

    @rx.event
    async def set_weight(self, lora_id: str, weight: float) -> Done:
        draft = await self._current()
        picks = [replace(pick, weight=round(weight, 2)) if pick.id == lora_id else pick for pick in draft.loras]
        return await self._change(replace(draft, loras=tuple(picks)))

    @rx.event
    async def make_known(self, name: str, url: str, family: str, trigger_word: str) -> Done:
        """Add a LoRA by its address to the person's, and to the form if the model takes it."""
        await self._current()
        self.mistakes = {}
        try:
            actor = await current_actor(self)
            lora = await get_services().loras.add(actor, name=name, url=url, family=family, trigger_word=trigger_word)
        except InvalidInputError as error:
            self.mistakes = {wrong.field: wrong.message for wrong in error.errors}
            return None
        except SynthLabelError as error:
            return toast_for(error)
        self._library = (lora, *self._library)
        self.added = str(lora.id)
        if self.loras.family == family:
            return await self._add(self.added)
        await self._show(actor)
        return None

    @rx.event
    async def forget(self, lora_id: str) -> Done:
        """Take a LoRA out of the person's. What was made with it stays."""
        await self._current()
        try:
            await get_services().loras.delete(await current_actor(self), lora_id)
        except SynthLabelError as error:
            return toast_for(error)
        return await self._read_library()

    @rx.event
    async def remember(self, lora_id: str) -> Done:
        """Bring a forgotten LoRA back."""
        await self._current()
        try:
            await get_services().loras.restore(await current_actor(self), lora_id)
        except SynthLabelError as error:
            return toast_for(error)
        return await self._read_library()

    async def _add(self, lora_id: str) -> Done:
        found = next((lora for lora in self._library if str(lora.id) == lora_id), None)
        if found is None or any(pick.id == lora_id for pick in self._draft.loras):
            return None
        pick = LoraPick(lora_id, found.family)
        return await self._change(replace(self._draft, loras=(*self._draft.loras, pick)))

    async def _read_library(self) -> Done:
        actor = await current_actor(self)
        self._library = tuple(await get_services().loras.list_own(actor))
        await self._show(actor)
        return None
