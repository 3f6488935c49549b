"""What the sign-in pages have to know before anybody has signed in."""

import reflex as rx
from reflex.event import EventType

from synthlabel.services.registry import get_services
from synthlabel.ui.session import find_actor


class AccountsState(rx.State):
    registration: str = ""
    """Empty until known, then ``first`` (nobody has an account yet), ``open`` or ``closed``."""

    sandbox: str = ""
    """``yes`` or ``no``; known here already, so that the frame is right from the first moment."""

    @rx.event
    async def look(self) -> EventType[()] | None:
        """Public. Lead the signed-in on, and the very first person to the registration."""
        if await find_actor(self) is not None:
            return rx.redirect("/")
        services = get_services()
        self.sandbox = "yes" if services.settings.uses_sandbox else "no"
        self.registration = await services.accounts.registration()
        if self.registration == "first" and self.router.url.path.startswith("/sign-in"):
            return rx.redirect("/register", replace=True)
        return None
