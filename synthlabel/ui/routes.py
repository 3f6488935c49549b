"""Which address shows which page, what loads with it, and who may open it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from synthlabel.ui.pages.accounts import page as accounts
from synthlabel.ui.pages.accounts.state import AccountsState
from synthlabel.ui.pages.activity import page as activity
from synthlabel.ui.pages.activity.state import ActivityState
from synthlabel.ui.pages.gallery import page as gallery
from synthlabel.ui.pages.gallery.state import GalleryState
from synthlabel.ui.pages.shared import page as shared
from synthlabel.ui.pages.studio import page as studio
from synthlabel.ui.shell.frame import frame
from synthlabel.ui.shell.pages import ACTIVITY, GALLERY, STUDIO, Page
from synthlabel.ui.shell.state import ShellState

_PRODUCT: Final = "SynthLabel"


@dataclass(frozen=True, slots=True)
class Route:
    path: str
    title: str | rx.Var[str]
    description: str
    build: Callable[[], rx.Component]
    on_load: Sequence[Any]
    meta: Sequence[Mapping[str, str]] = ()


def _private(page: Page, content: Callable[[], rx.Component], on_load: Sequence[Any]) -> Route:
    title = f"{page.name} · {_PRODUCT}"
    return Route(
        path=page.route,
        # A dot in the browser's tab while something runs
        title=rx.cond(ShellState.running > 0, f"● {title}", title),
        description=page.description,
        build=lambda: frame(page, content()),
        on_load=[ShellState.enter, *on_load],
    )


ROUTES: Final = (
    _private(STUDIO, studio.page, studio.ON_LOAD),
    _private(GALLERY, gallery.page, [GalleryState.load]),
    _private(ACTIVITY, activity.page, [ActivityState.load]),
    Route("/sign-in", f"Sign in · {_PRODUCT}", "Sign in to SynthLabel.", accounts.sign_in, [AccountsState.look]),
    Route("/register", f"Create account · {_PRODUCT}", "Create an account.", accounts.register, [AccountsState.look]),
    # For everybody who holds a link: no handler at all runs here.
    Route("/s/[link]", _PRODUCT, "Shared images.", shared.page, [], shared.META),
)


def add_pages(app: rx.App) -> None:
    """Register every page with the app. Once per process."""
    for route in ROUTES:
        app.add_page(
            route.build,
            route=route.path,
            title=route.title,
            description=route.description,
            on_load=list(route.on_load),
            meta=list(route.meta),
        )
