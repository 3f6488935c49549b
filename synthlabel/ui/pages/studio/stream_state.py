"""The stream's state: the newest pages of a person's generations, kept up to date by pushes."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Final

import reflex as rx

from synthlabel.domain.account import Actor
from synthlabel.errors import NotFoundError, SynthLabelError
from synthlabel.services.registry import get_services
from synthlabel.services.views import GenerationView
from synthlabel.ui.feedback import toast, toast_for
from synthlabel.ui.pages.studio.batches import BatchHead, batch_head, cancel_rest, heads_of
from synthlabel.ui.pages.studio.cards import LiveCard, RunCard, live_card, news, run_card
from synthlabel.ui.session import current_actor

PAGE_SIZE: Final = 20
MAX_SHOWN: Final = 200
"""As many are read again when a connection comes back."""
MAX_MOVING: Final = 4
"""More than these, and runs that came to rest leave the list that is sent often."""
ROUTE: Final = "/"

Done = rx.event.EventType[()] | None


class StudioStreamState(rx.State):
    """A list that changes goes to the browser as a whole, so what changes often is kept apart and small."""

    moving: rx.Field[list[RunCard]] = rx.field(default_factory=list[RunCard])
    """The newest runs, down to the last one that is on its way."""
    settled: rx.Field[list[RunCard]] = rx.field(default_factory=list[RunCard])
    """All others that are shown, newest first."""
    live: rx.Field[dict[str, LiveCard]] = rx.field(default_factory=dict[str, LiveCard])
    """How those stand that are on their way, by id."""
    batches: rx.Field[dict[str, BatchHead]] = rx.field(default_factory=dict[str, BatchHead])
    """How the presses stand that made several, by the id of the run above which that is said."""
    waiting: int = 0
    """How many of those shown wait here and have cost nothing yet."""
    phase: str = "loading"
    """``loading``, ``ready`` or ``failed``."""
    cursor: str = ""
    """Where the next older page starts; empty if there is none."""
    loading_older: bool = False
    retried: rx.Field[list[str]] = rx.field(default_factory=list[str])
    """Ids of what was requested again already: a second time would be paid for a second time."""
    announcement: str = ""

    @rx.event
    async def load(self) -> Done:
        """Read what is shown again: on each page load, reconnect and when changes may have been missed."""
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
            await _read_batches(self, actor)
        finally:
            self.loading_older = False

    @rx.event
    async def look_again(self) -> None:
        """Read those on their way again: what is said of their time changes without any news of them."""
        actor = await current_actor(self)
        for run_id in list(self.live)[:PAGE_SIZE]:
            await refresh(self, actor, run_id)

    @rx.event
    async def cancel(self, run_id: str) -> Done:
        """Cancel a generation, or give up an unconfirmed one."""
        return await self._act(get_services().generations.cancel, run_id)

    @rx.event
    async def cancel_newest(self) -> Done:
        """Cancel the newest generation that is on its way, if there is one."""
        run_id = newest_live(self)
        return None if run_id is None else await self._act(get_services().generations.cancel, run_id)

    @rx.event
    async def cancel_waiting(self) -> Done:
        """Cancel all that wait here. What is at the provider goes on."""
        outcomes = await get_services().activity.cancel_waiting(await current_actor(self))
        for outcome in outcomes:
            if outcome.view is not None:
                show(self, outcome.view)
        count = sum(outcome.view is not None for outcome in outcomes)
        if not count:
            return toast("Nothing waits that could be cancelled.")
        await _read_batches(self, await current_actor(self))
        return toast(f"Cancelled {count} that waited. Nothing is charged for {'it' if count == 1 else 'them'}.")

    @rx.event
    async def cancel_batch(self, batch_id: str) -> Done:
        """Cancel what is left of a press that made several."""
        try:
            await cancel_rest(await current_actor(self), batch_id)
            await load_page(self)
        except SynthLabelError as error:
            return toast_for(error)
        return None

    @rx.event
    async def check_again(self, run_id: str) -> Done:
        return await self._act(get_services().generations.check_again, run_id)

    @rx.event
    async def retry(self, run_id: str) -> Done:
        """Request the same again, once per card: a double click must not pay twice."""
        if run_id in self.retried:
            return None
        self.retried = [*self.retried, run_id]
        problem = await self._act(_retry, run_id)
        if problem is not None:
            self.retried = [other for other in self.retried if other != run_id]
        return problem

    async def _act(self, act: Callable[[Actor, str], Awaitable[GenerationView]], run_id: str) -> Done:
        try:
            show(self, await act(await current_actor(self), run_id))
        except SynthLabelError as error:
            return toast_for(error)
        return None


async def load_page(state: StudioStreamState) -> None:
    """Read the newest runs again, and as many as are shown: a reconnect must not fold the list."""
    actor = await current_actor(state)
    wanted = min(max(PAGE_SIZE, len(shown_runs(state))), MAX_SHOWN)
    page = await get_services().generations.list_page(actor, limit=wanted)
    state.retried = [str(view.retry_of) for view in page.items if view.retry_of is not None]
    state.live = _live_cards(page.items)
    moving, settled = _parted([run_card(view) for view in page.items])
    if state.moving != moving:
        state.moving = moving
    if state.settled != settled:  # what is set is sent, and this is long
        state.settled = settled
    state.cursor = page.next_cursor or ""
    _count_waiting(state)
    await _read_batches(state, actor)


async def refresh(state: StudioStreamState, actor: Actor, run_id: str) -> GenerationView | None:
    """Read one generation again and show it. None if it is not there."""
    try:
        view = await get_services().generations.get(actor, run_id)
    except NotFoundError:
        return None
    was_live = run_id in state.live
    show(state, view)
    if not run_card(view).live:
        state.announcement = news(view)
        if was_live and view.batch_id is not None:
            await _read_batches(state, actor, only=str(view.batch_id))
    return view


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


def newest_live(state: StudioStreamState) -> str | None:
    return next((run.id for run in shown_runs(state) if run.live), None)


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
    _count_waiting(state)


def _count_waiting(state: StudioStreamState) -> None:
    waiting = sum(card.waits for card in state.live.values())
    if waiting != state.waiting:
        state.waiting = waiting


def _live_cards(views: Sequence[GenerationView]) -> dict[str, LiveCard]:
    return {card.id: live_card(view) for view in views if (card := run_card(view)).live}


async def _read_batches(state: StudioStreamState, actor: Actor, *, only: str | None = None) -> None:
    """Count how the presses stand whose runs are shown; with ``only``, one of them. What has come to rest is known."""
    heads = heads_of(shown_runs(state))
    kept = {run_id: head for run_id, head in state.batches.items() if run_id in heads}
    at_rest = {run_id for run_id, head in kept.items() if not head.live}
    for run_id, batch_id in heads.items():
        if batch_id == only or (only is None and run_id not in at_rest):
            kept[run_id] = await batch_head(actor, batch_id)
    if state.batches != kept:
        state.batches = kept


async def _retry(actor: Actor, run_id: str) -> GenerationView:
    # One key for all tabs of the person: whichever asks again meets the retry that is there already.
    return await get_services().generations.retry(actor, run_id, origin="studio", idempotency_key=f"retry:{run_id}")
