"""What is done to a finished image, or in place of a run that is on its way: requests without the form."""

from dataclasses import replace
from typing import Final

import reflex as rx

from synthlabel.domain.catalog import Task
from synthlabel.domain.generation import GenerationSpec, LoraChoice
from synthlabel.domain.money import usd_label
from synthlabel.errors import SynthLabelError
from synthlabel.services.registry import get_services
from synthlabel.services.views import GenerationView
from synthlabel.ui.feedback import toast, toast_for
from synthlabel.ui.pages.studio.cards import TASKS
from synthlabel.ui.pages.studio.stream_state import StudioStreamState, newest_live, show
from synthlabel.ui.session import current_actor

_TOOLS: Final = {task.value: task for task in Task if task is not Task.GENERATE}

Done = rx.event.EventType[()] | None


class StudioToolState(rx.State):
    @rx.event
    async def run(self, key: str, task: str, image_id: str) -> Done:
        """Upscale an image, remove its background, describe it. Safe to repeat with the same ``key``."""
        if task not in _TOOLS:
            return None
        generations = get_services().generations
        try:
            actor = await current_actor(self)
            image = await get_services().gallery.get(actor, image_id)
            spec = generations.tool_spec(_TOOLS[task], image_id, prompt=image.prompt, params={})
            view = await generations.request(actor, spec, origin="studio", idempotency_key=key)
        except SynthLabelError as error:
            return toast_for(error)
        show(await self.get_state(StudioStreamState), view)
        return toast(f"{TASKS[view.task]}, for {usd_label(view.price_micros)}: on top of the results.")

    @rx.event
    async def start_over(self) -> Done:
        """Cancel the newest that is on its way and request it again with another seed. Once for each."""
        stream = await self.get_state(StudioStreamState)
        run_id = newest_live(stream)
        if run_id is None:
            return None
        generations = get_services().generations
        try:
            actor = await current_actor(self)
            old = await generations.cancel(actor, run_id)
            show(stream, old)
            new = await generations.request(
                actor, _spec_of(old), origin="studio", idempotency_key=f"start over:{run_id}"
            )
        except SynthLabelError as error:
            return toast_for(error)
        show(stream, new)
        return None


def _spec_of(view: GenerationView) -> GenerationSpec:
    """Return the same request, with a seed that is yet to be drawn."""
    spec = GenerationSpec(
        prompt=view.prompt,
        model=view.model,
        width_px=view.width_px,
        height_px=view.height_px,
        count=view.count,
        negative_prompt=view.negative_prompt,
        params=view.params,
        loras=tuple(LoraChoice(str(lora["id"]), lora["weight"]) for lora in view.loras),
    )
    sources = [source.image_id or source.upload_id for source in view.sources]
    return replace(spec, sources=tuple(str(source_id) for source_id in sources if source_id))
