"""One's own account."""

from fastapi import APIRouter

from synthlabel.api.answers import User
from synthlabel.api.bodies import Renaming
from synthlabel.api.dependencies import CurrentActor, CurrentServices

router = APIRouter(prefix="/me", tags=["me"])


@router.get("")
async def get_me(actor: CurrentActor, services: CurrentServices) -> User:
    """Who is calling."""
    return User.of(await services.accounts.me(actor))


@router.patch("")
async def change_me(body: Renaming, actor: CurrentActor, services: CurrentServices) -> User:
    """Change one's name."""
    return User.of(await services.accounts.rename(actor, body.name))
