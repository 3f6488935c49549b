"""Taking things over into the form: from an image, a run, a file, or the address of the page."""

from collections.abc import Mapping
from typing import Any, Final

import reflex as rx

from synthlabel.domain.account import Actor
from synthlabel.errors import SynthLabelError
from synthlabel.services.gallery import Lineage, SmallView
from synthlabel.services.registry import get_services
from synthlabel.services.views import GenerationView, ImageView
from synthlabel.ui.feedback import toast, toast_for
from synthlabel.ui.pages.studio import taking
from synthlabel.ui.pages.studio.draft import SourcePick
from synthlabel.ui.pages.studio.form_state import Done, StudioFormState
from synthlabel.ui.pages.studio.taking import Around, Recipe
from synthlabel.ui.session import current_actor

_WITH_SOURCES: Final = frozenset({"all", "all_but_seed", "variations"})


class StudioTakeState(StudioFormState):
    @rx.event
    async def take_from_image(self, what: str, image_id: str) -> Done:
        """Take a part of an image's recipe into the form; ``what`` as in ``taking.WORDS``."""
        try:
            actor = await current_actor(self)
            image = await get_services().gallery.get(actor, image_id)
            return await self._take(image, what, await self._around_image(actor, image, what))
        except SynthLabelError as error:
            return toast_for(error)

    @rx.event
    async def take_from_run(self, what: str, run_id: str) -> Done:
        try:
            run = await get_services().generations.get(await current_actor(self), run_id)
        except SynthLabelError as error:
            return toast_for(error)
        await self._current()
        return await self._take(run, what, Around(sources=_sources_of(run), count=run.count, families=self._families()))

    @rx.event
    async def restore_file(self, settings: dict[str, Any]) -> Done:
        """Put in what was read from a picture's file: ``recipe`` of ``POST /recipes``."""
        found = taking.read_settings(settings)
        if found is None:
            return toast("These settings cannot be read.", "bad")
        draft = await self._current()
        catalog = get_services().catalog
        restored = taking.restore(draft, found, catalog=catalog, families=self._families())
        return await self._replace(restored, words="Restored the settings of the file")

    async def _around_image(self, actor: Actor, image: ImageView, what: str) -> Around:
        await self._current()
        lineage = (
            await get_services().gallery.lineage(actor, str(image.id)) if what in _WITH_SOURCES else Lineage((), ())
        )
        return Around(
            sources=tuple(_pick(source.kind, source.picture) for source in lineage.sources),
            image=SourcePick("image", str(image.id), image.width_px, image.height_px),
            families=self._families(),
        )

    def _families(self) -> Mapping[str, str]:
        return {str(lora.id): lora.family for lora in self._library}

    async def _take(self, made: Recipe, what: str, around: Around) -> Done:
        taken = taking.take(await self._current(), made, what, catalog=get_services().catalog, around=around)
        if taken is None:
            return None
        await self._look_up(await current_actor(self), taken.draft.sources)
        return await self._replace(taken.draft, words=taken.words)


def _sources_of(run: GenerationView) -> tuple[SourcePick, ...]:
    """Return what went into a run and is still there."""
    picks: list[SourcePick] = []
    for source in run.sources:
        if source.image_id is not None:
            picks.append(SourcePick("image", str(source.image_id), source.width_px, source.height_px))
        elif source.upload_id is not None:
            picks.append(SourcePick("upload", str(source.upload_id), source.width_px, source.height_px))
    return tuple(picks)


def _pick(kind: Any, picture: SmallView) -> SourcePick:
    return SourcePick(kind, str(picture.id), picture.width_px, picture.height_px)
