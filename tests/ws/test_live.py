"""News from the database into open tabs, over real sockets."""

from tests.ws.conftest import Backend
from tests.ws.raw import RawSocket

GENERATION = {"prompt": "a red lighthouse", "model": "flux-schnell", "width": 512, "height": 512}


def runs(count: int) -> object:
    return lambda frame: any(state.get("running_rx_state_") == count for state in (frame.get("delta") or {}).values())


async def test_a_generation_asked_for_elsewhere_shows_in_the_persons_tabs_only(backend: Backend) -> None:
    ada, bob = backend.sign_in(), backend.sign_in()
    async with RawSocket(backend.port, cookie=ada.cookie) as hers, RawSocket(backend.port, cookie=bob.cookie) as his:
        for socket in (hers, his):
            await socket.open_page("/")
            await socket.settle()
        assert ada.post("/generations", GENERATION).status_code == 202
        await hers.until(runs(1))
        await his.settle()
        assert his.values()["running_rx_state_"] == 0


async def test_a_second_tab_hears_the_same_news(backend: Backend) -> None:
    ada = backend.sign_in()
    async with RawSocket(backend.port, cookie=ada.cookie) as one, RawSocket(backend.port, cookie=ada.cookie) as other:
        for socket in (one, other):
            await socket.open_page("/")
            await socket.settle()
        ada.post("/generations", GENERATION)
        await one.until(runs(1))
        await other.until(runs(1))


async def test_a_tab_that_comes_back_reads_what_it_missed(backend: Backend) -> None:
    ada = backend.sign_in()
    async with RawSocket(backend.port, cookie=ada.cookie) as socket:
        await socket.open_page("/")
        await socket.settle()
        token = socket.token
    ada.post("/generations", GENERATION)
    async with RawSocket(backend.port, cookie=ada.cookie, token=token) as socket:
        await socket.open_page("/")
        await socket.until(runs(1))


async def test_a_connection_with_a_token_still_in_use_gets_a_state_of_its_own(backend: Backend) -> None:
    ada = backend.sign_in()
    async with RawSocket(backend.port, cookie=ada.cookie) as old:
        await old.open_page("/")
        await old.settle()
        async with RawSocket(backend.port, cookie=ada.cookie, token=old.token) as new:
            await new.open_page("/")
            ada.post("/generations", GENERATION)
            await new.until(runs(1))
            await old.until(runs(1))
