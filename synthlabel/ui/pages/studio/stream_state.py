"""The stream's state: the newest page of a person's generations, kept up to date by pushes."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Final

import reflex as rx

from synthlabel.domain.account import Actor
from synthlabel.errors import NotFoundError, SynthLabelError
from synthlabel.ports import Change
from synthlabel.services.registry import get_services
from synthlabel.services.views import GenerationView
from synthlabel.ui import live
from synthlabel.ui.feedback import toast_for
from synthlabel.ui.pages.studio.cards import LiveCard, RunCard, live_card, news, run_card
from synthlabel.ui.session import current_actor

PAGE_SIZE: Final = 20
MAX_MOVING: Final = 4
"""More than these, and runs that came to rest leave the list that is sent often."""
ROUTE: Final = "/"


class StudioStreamState(rx.State):
    """A list that changes goes to the browser as a whole, so what changes often is kept apart and small."""

    moving: rx.Field[list[RunCard]] = rx.field(default_factory=list[RunCard])
    """The newest runs, down to the last one that is on its way."""
    settled: rx.Field[list[RunCard]] = rx.field(default_factory=list[RunCard])
    """All others that are shown, newest first."""
    live: rx.Field[dict[str, LiveCard]] = rx.field(default_factory=dict[str, LiveCard])
    """How those stand that are on their way, by id."""
    phase: str = "loading"
    """``loading``, ``ready`` or ``failed``."""
    cursor: str = ""
    """Where the next older page starts; empty if there is none."""
    loading_older: bool = False
    retried: rx.Field[list[str]] = rx.field(default_factory=list[str])
    """Ids of what was requested again already: a second time would be paid for a second time."""
    announcement: str = ""

    @rx.event
    async def load(self) -> rx.event.EventType[()] | None:
        """Read the newest page again: on each page load, reconnect and when changes may have been missed."""
        self.phase = "failed"  # what is left if the reading breaks off
        try:
            await load_page(self)
        except SynthLabelError as error:
            return toast_for(error)
        self.phase = "ready"
        return None

    @rx.event
    async def load_older(self) -> AsyncGenerator[None, None]:
        if not self.cursor or self.loading_older:
            return
        self.loading_older = True
        yield
        try:
            actor = await current_actor(self)
            page = await get_services().generations.list_page(actor, cursor=self.cursor, limit=PAGE_SIZE)
            self.live = {**self.live, **_live_cards(page.items)}
            self.settled = [*self.settled, *map(run_card, page.items)]
            self.cursor = page.next_cursor or ""
        finally:
            self.loading_older = False

    @rx.event
    async def cancel(self, run_id: str) -> rx.event.EventType[()] | None:
        """Cancel a generation, or give up an unconfirmed one."""
        return await self._act(get_services().generations.cancel, run_id)

    @rx.event
    async def cancel_newest(self) -> rx.event.EventType[()] | None:
        """Cancel the newest generation that is on its way, if there is one."""
        run_id = next((run.id for run in shown_runs(self) if run.live), None)
        return None if run_id is None else await self._act(get_services().generations.cancel, run_id)

    @rx.event
    async def check_again(self, run_id: str) -> rx.event.EventType[()] | None:
        return await self._act(get_services().generations.check_again, run_id)

    @rx.event
    async def retry(self, run_id: str) -> rx.event.EventType[()] | None:
        """Request the same again, once per card: a double click must not pay twice."""
        if run_id in self.retried:
            return None
        self.retried = [*self.retried, run_id]
        problem = await self._act(_retry, run_id)
        if problem is not None:
            self.retried = [other for other in self.retried if other != run_id]
        return problem

    async def _act(
        self, act: Callable[[Actor, str], Awaitable[GenerationView]], run_id: str
    ) -> rx.event.EventType[()] | None:
        try:
            show(self, await act(await current_actor(self), run_id))
        except SynthLabelError as error:
            return toast_for(error)
        return None


async def load_page(state: StudioStreamState) -> None:
    """Read the newest page again."""
    actor = await current_actor(state)
    page = await get_services().generations.list_page(actor, limit=PAGE_SIZE)
    state.retried = [str(view.retry_of) for view in page.items if view.retry_of is not None]
    state.live = _live_cards(page.items)
    state.moving, state.settled = _parted([run_card(view) for view in page.items])
    state.cursor = page.next_cursor or ""


async def refresh(state: StudioStreamState, run_id: str) -> None:
    """Read one generation again: the answer to a push."""
    actor = await current_actor(state)
    try:
        view = await get_services().generations.get(actor, run_id)
    except NotFoundError:
        return
    show(state, view)
    if not run_card(view).live:
        state.announcement = news(view)


def show(state: StudioStreamState, view: GenerationView) -> None:
    """Put a generation's newest facts in its place; on top if it is new. Sends no more than what changed."""
    card = run_card(view)
    _show_progress(state, view, live=card.live)
    shown = shown_runs(state)
    if card in shown:
        return
    if any(run.id == card.id for run in state.moving):
        state.moving = _with(state.moving, card)
    elif any(run.id == card.id for run in state.settled):
        state.settled = _with(state.settled, card)
    elif not shown or card.id > shown[-1].id:
        # Ids grow with time: an older one that is not shown belongs to a page that was not asked for
        _put_on_top(state, card)


def shown_runs(state: StudioStreamState) -> list[RunCard]:
    """Return all cards of the page, newest first."""
    return [*state.moving, *state.settled]


def _put_on_top(state: StudioStreamState, card: RunCard) -> None:
    state.moving = [card, *state.moving]
    if len(state.moving) > MAX_MOVING:
        state.moving, at_rest = _parted(state.moving)
        if at_rest:
            state.settled = [*at_rest, *state.settled]


def _parted(runs: list[RunCard]) -> tuple[list[RunCard], list[RunCard]]:
    """Part a list behind the last run that is on its way."""
    place = max((i + 1 for i, run in enumerate(runs) if run.live), default=0)
    return runs[:place], runs[place:]


def _with(runs: list[RunCard], card: RunCard) -> list[RunCard]:
    return [card if run.id == card.id else run for run in runs]


def _show_progress(state: StudioStreamState, view: GenerationView, *, live: bool) -> None:
    run_id = str(view.id)
    if live and state.live.get(run_id) != live_card(view):
        state.live = {**state.live, run_id: live_card(view)}
    elif not live and run_id in state.live:
        state.live = {key: card for key, card in state.live.items() if key != run_id}


def _live_cards(views: Sequence[GenerationView]) -> dict[str, LiveCard]:
    return {card.id: live_card(view) for view in views if (card := run_card(view)).live}


async def _retry(actor: Actor, run_id: str) -> GenerationView:
    # One key for all tabs of the person: whichever asks again meets the retry that is there already.
    return await get_services().generations.retry(actor, run_id, origin="studio", idempotency_key=f"retry:{run_id}")


@live.listener("generation")
async def on_generation(root: rx.State, change: Change) -> None:
    """Bring a tab that shows the Studio up to date with one generation, or with all of them."""
    if root.router.url.path != ROUTE:
        return
    stream = await root.get_state(StudioStreamState)
    if change.id is None:
        await load_page(stream)
    else:
        await refresh(stream, str(change.id))


@live.listener("image")
async def on_image(root: rx.State, change: Change) -> None:
    """Bring the card of an image up to date that went to the trash or came back."""
    if change.id is None or root.router.url.path != ROUTE:
        return
    stream = await root.get_state(StudioStreamState)
    image = await get_services().gallery.get(await current_actor(stream), str(change.id))
    await refresh(stream, str(image.generation_id))
