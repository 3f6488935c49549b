"""Presets: the form under a name."""

from dataclasses import replace

import reflex as rx

from synthlabel.errors import InvalidInputError, NotFoundError, SynthLabelError
from synthlabel.services.presets import PresetView
from synthlabel.services.registry import get_services
from synthlabel.ui.feedback import toast_for
from synthlabel.ui.pages.studio.form_state import Done, StudioFormState
from synthlabel.ui.pages.studio.presets import apply_preset, preset_data
from synthlabel.ui.session import current_actor


class StudioPresetState(StudioFormState):
    problem: str = ""
    """What is wrong with the name under which the form is to be saved."""
    saved: str = ""
    """The id of the preset that was made last: its form can close."""
    deleted_name: str = ""
    """The preset that was deleted last, and can be brought back."""
    _deleted: PresetView | None = None

    @rx.event
    async def choose(self, preset_id: str) -> Done:
        """Fill the form from a preset; an empty id lets go of the present one."""
        draft = await self._current()
        preset = self._find(preset_id)
        if preset is None:
            return await self._change(replace(draft, preset=""))
        filled = apply_preset(replace(draft, preset=preset_id), preset.data, get_services().catalog)
        return await self._replace(filled, words=f"Filled in from “{preset.name}”")

    @rx.event
    async def save(self) -> Done:
        """Replace what is in the present preset by the form."""
        draft = await self._current()
        try:
            actor = await current_actor(self)
            await get_services().presets.update(actor, draft.preset, data=preset_data(draft))
        except SynthLabelError as error:
            return toast_for(error)
        return await self._read_again()

    @rx.event
    async def save_as(self, name: str) -> Done:
        """Keep the form under a new name, and go on with that."""
        draft = await self._current()
        self.problem = ""
        try:
            actor = await current_actor(self)
            made = await get_services().presets.create(actor, name, preset_data(draft))
        except InvalidInputError as error:
            self.problem = error.errors[0].message
            return None
        except SynthLabelError as error:
            self.problem = error.user_message
            return None
        self.saved = str(made.id)
        self._presets = tuple(await get_services().presets.list_all(actor))
        return await self._change(replace(draft, preset=self.saved))

    @rx.event
    async def rename(self, name: str) -> Done:
        draft = await self._current()
        self.problem = ""
        try:
            await get_services().presets.update(await current_actor(self), draft.preset, name=name)
        except InvalidInputError as error:
            self.problem = error.errors[0].message
            return None
        except SynthLabelError as error:
            self.problem = error.user_message
            return None
        self.saved = f"{draft.preset} {name}"
        return await self._read_again()

    @rx.event
    async def delete(self, preset_id: str) -> Done:
        await self._current()
        preset = self._find(preset_id)
        if preset is None:
            return None
        try:
            await get_services().presets.delete(await current_actor(self), preset_id)
        except NotFoundError:
            pass  # deleted in another tab
        except SynthLabelError as error:
            return toast_for(error)
        self._deleted, self.deleted_name = preset, preset.name
        return await self._read_again()

    @rx.event
    async def bring_back(self) -> Done:
        """Keep the deleted preset again, as it was."""
        if self._deleted is None:
            return None
        actor = await current_actor(self)
        try:
            made = await get_services().presets.create(actor, self._deleted.name, self._deleted.data)
        except SynthLabelError as error:
            return toast_for(error)
        draft = await self._current()
        was_chosen = draft.preset == str(self._deleted.id)
        self._deleted, self.deleted_name = None, ""
        self._presets = tuple(await get_services().presets.list_all(actor))
        return await self._change(replace(draft, preset=str(made.id)) if was_chosen else draft)

    def _find(self, preset_id: str) -> PresetView | None:
        return next((preset for preset in self._presets if str(preset.id) == preset_id), None)

    async def _read_again(self) -> Done:
        actor = await current_actor(self)
        self._presets = tuple(await get_services().presets.list_all(actor))
        await self._show(actor)
        return None
