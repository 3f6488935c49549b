"""What the Studio does when something changes in the database, from whichever tab or process."""

import reflex as rx

from synthlabel.errors import NotFoundError
from synthlabel.ports import Change
from synthlabel.services.registry import get_services
from synthlabel.ui import live
from synthlabel.ui.pages.studio.form_state import StudioFormState, note_refusal
from synthlabel.ui.pages.studio.stream_state import ROUTE, StudioStreamState, load_page, refresh
from synthlabel.ui.session import current_actor


@live.listener("generation")
async def on_generation(root: rx.State, change: Change) -> None:
    """Bring a tab that shows the Studio up to date with one generation, or with all of them."""
    if root.router.url.path != ROUTE:
        return None
    stream = await root.get_state(StudioStreamState)
    if change.id is None:
        return await load_page(stream)
    view = await refresh(stream, await current_actor(root), str(change.id))
    if view is not None and view.error is not None:
        await note_refusal(await root.get_state(StudioFormState), view)
    return None


@live.listener("image")
async def on_image(root: rx.State, change: Change) -> None:
    """Bring cards up to date whose images were judged, went to the trash or came back."""
    if root.router.url.path != ROUTE:
        return None
    stream = await root.get_state(StudioStreamState)
    if change.id is None:
        return await load_page(stream)
    actor = await current_actor(root)
    try:
        image = await get_services().gallery.get(actor, str(change.id))
    except NotFoundError:
        return None  # purged
    await refresh(stream, actor, str(image.generation_id))
    return None
