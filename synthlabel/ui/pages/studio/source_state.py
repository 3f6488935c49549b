"""The images that go into a request: added, ordered, taken away."""

from typing import Final

import reflex as rx

from synthlabel.domain.account import Actor
from synthlabel.errors import SynthLabelError
from synthlabel.services.registry import get_services
from synthlabel.ui.feedback import toast, toast_for
from synthlabel.ui.pages.studio import taking
from synthlabel.ui.pages.studio.draft import Draft, SourcePick, model_of
from synthlabel.ui.pages.studio.form_state import Done, StudioFormState
from synthlabel.ui.pages.studio.source_cards import MAX_KEPT
from synthlabel.ui.session import current_actor

MAX_PICKED: Final = 20


class StudioSourceState(StudioFormState):
    @rx.event
    async def add_images(self, image_ids: list[str]) -> Done:
        """Add images of the gallery, in order."""
        try:
            actor = await current_actor(self)
            return await self._add([await _image(actor, image_id) for image_id in image_ids[:MAX_PICKED]])
        except SynthLabelError as error:
            return toast_for(error)

    @rx.event
    async def add_upload(self, upload_id: str) -> Done:
        """Add an upload that is ready."""
        try:
            upload = await get_services().uploads.get(await current_actor(self), upload_id)
        except SynthLabelError as error:
            return toast_for(error)
        return await self._add([SourcePick("upload", str(upload.id), upload.width_px or 0, upload.height_px or 0)])

    @rx.event
    async def remove(self, source_id: str) -> Done:
        draft = await self._current()
        after = taking.remove_source(draft, source_id, model_of(draft, get_services().catalog))
        return await self._replace_quietly(after, words="Removed the image")

    @rx.event
    async def move(self, source_id: str, by: int) -> Done:
        return await self._change(taking.move_source(await self._current(), source_id, by))

    async def _add(self, picks: list[SourcePick]) -> Done:
        before = draft = await self._current()
        model = model_of(draft, get_services().catalog)
        for pick in picks:
            draft = taking.add_source(draft, pick, model)
        if len(draft.sources) > MAX_KEPT:
            return toast(f"The form holds up to {MAX_KEPT} images. Remove one first.", "warn")
        await self._look_up(await current_actor(self), draft.sources)
        gone = [source for source in before.sources if source not in draft.sources]
        if gone:
            return await self._replace_quietly(draft, words=f"{model.name} takes one image: it took the other's place")
        return await self._change(draft)

    async def _replace_quietly(self, draft: Draft, *, words: str) -> Done:
        """Change with a way back, without touching the texts on the page."""
        self._before = await self._current()
        self.taken = words
        return await self._change(draft)


async def _image(actor: Actor, image_id: str) -> SourcePick:
    image = await get_services().gallery.get(actor, image_id)
    return SourcePick("image", str(image.id), image.width_px, image.height_px)
