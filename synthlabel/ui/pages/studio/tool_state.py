"""What is done to a finished image, or in place of a run that is on its way: requests without the form."""

from typing import Final

import reflex as rx

from synthlabel.domain.catalog import Task
from synthlabel.domain.money import usd_label
from synthlabel.errors import SynthLabelError
from synthlabel.services.registry import get_services
from synthlabel.ui.feedback import toast, toast_for
from synthlabel.ui.pages.studio.cards import TASKS
from synthlabel.ui.pages.studio.stream_state import StudioStreamState, newest_live, show
from synthlabel.ui.session import current_actor

_TOOLS: Final = {task.value: task for task in Task if task is not Task.GENERATE}

Done = rx.event.EventType[()] | None


class StudioToolState(rx.State):
    answered: str = ""
    """The key of the last use of a tool that is made or refused for good; see ``tools.jsx``."""

    @rx.event
    async def run(self, key: str, task: str, image_id: str, price_micros: int) -> Done:
        """Upscale an image, remove its background, describe it, for the price that was shown or less.

        Safe to repeat with the same ``key``.
        """
        if task not in _TOOLS:
            return None
        generations = get_services().generations
        try:
            actor = await current_actor(self)
            image = await get_services().gallery.get(actor, image_id)
            spec = generations.tool_spec(_TOOLS[task], image_id, prompt=image.prompt, params={})
            view = await generations.request(
                actor, spec, origin="studio", idempotency_key=key, max_price_micros=price_micros
            )
        except SynthLabelError as error:
            self.answered = self.answered if error.retryable else key
            return toast_for(error)
        self.answered = key
        show(await self.get_state(StudioStreamState), view)
        return toast(f"{TASKS[view.task]}, for {usd_label(view.price_micros)}: on top of the results.")

    @rx.event
    async def start_over(self) -> Done:
        """Cancel the newest that is on its way and request it again with another seed. Once for each.

        If what went into it is not there any more, it goes on: without its sources it would be something else.
        """
        stream = await self.get_state(StudioStreamState)
        run_id = newest_live(stream)
        if run_id is None:
            return None
        generations = get_services().generations
        try:
            actor = await current_actor(self)
            spec = await generations.spec_again(actor, run_id)
            show(stream, await generations.cancel(actor, run_id))
            new = await generations.request(actor, spec, origin="studio", idempotency_key=f"start over:{run_id}")
        except SynthLabelError as error:
            return toast_for(error)
        show(stream, new)
        return None
