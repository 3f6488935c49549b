"""What the frame shows of the person and of what is going on."""

import reflex as rx
from reflex.event import EventType

from synthlabel.domain.account import Actor
from synthlabel.domain.money import usd_label
from synthlabel.errors import SynthLabelError
from synthlabel.ports import Change
from synthlabel.services.registry import get_services
from synthlabel.ui import live
from synthlabel.ui.feedback import toast_for
from synthlabel.ui.session import current_actor


class ShellState(rx.State):
    name: str = ""
    email: str = ""
    initials: str = ""
    spend: str = ""
    reserved: str = ""
    running: int = 0
    sandbox: str = ""
    """``yes`` or ``no``; empty until known."""

    @rx.event
    async def enter(self) -> EventType[()] | None:
        """Runs first on every private page: joins the tab to its person's news and shows who that is."""
        actor = await current_actor(self)
        live.join(live.token_of(self), actor.user_id)
        services = get_services()
        self.sandbox = "yes" if services.settings.uses_sandbox else "no"
        try:
            account = await services.accounts.me(actor)
            await count(self, actor)
        except SynthLabelError as error:
            return toast_for(error)
        self.name, self.email = account.name, account.email
        self.initials = initials_of(account.name or account.email)
        return None


async def count(shell: ShellState, actor: Actor) -> None:
    """Read what the person has spent and what runs."""
    services = get_services()
    spend = await services.usage.spend(actor)
    shell.spend = usd_label(spend.month_micros)
    shell.reserved = usd_label(spend.reserved_micros) if spend.reserved_micros else ""
    shell.running = await services.generations.count_active(actor)


@live.listener("generation", once=True)
async def _count_again(root: rx.State, _change: Change) -> None:
    await count(await root.get_state(ShellState), await current_actor(root))


def initials_of(name: str) -> str:
    """Return one or two letters for a person: ``Ada Lovelace`` gives ``AL``."""
    words = [word for word in name.replace("@", " ").split() if word]
    letters = (words[0][0] + words[-1][0]) if len(words) > 1 and "@" not in name else name[:1]
    return letters.upper()
