"""Accounts as a service: time, throttling, keys. On a clock that the test moves."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import argon2
import pytest

from synthlabel.adapters.auth.passwords import Argon2Hasher
from synthlabel.adapters.auth.tokens import JwtSigner
from synthlabel.db.tables import Account
from synthlabel.domain.account import Role
from synthlabel.domain.generation import GenerationSpec
from synthlabel.errors import InvalidInputError, NotSignedInError, ThrottledError
from synthlabel.services.accounts import LOCAL_EMAIL, AccountService
from synthlabel.services.views import Views
from tests.api.installation import PASSWORD, SECRET, Installation, Person


class MovableClock:
    def __init__(self) -> None:
        self._now = datetime.now(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, **duration: float) -> None:
        self._now += timedelta(**duration)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def accounts(installation: Installation, clock: MovableClock) -> AccountService:
    return build(installation, clock)


def build(
    installation: Installation, clock: MovableClock, *, secret: str = SECRET, issuer: str = "https://here"
) -> AccountService:
    views = Views(installation.services.catalog, installation.services.storage, api_url="")
    return AccountService(
        installation.uow,
        Argon2Hasher(memory_kib=1024, passes=1),
        JwtSigner(secret),
        clock,
        issuer=issuer,
        open_registration=True,
        views=views,
    )


async def sign_in(
    accounts: AccountService, person: Person, password: str = PASSWORD, client: str = "198.51.100.7"
) -> str:
    return (await accounts.sign_in(person.email, password, client=client, user_agent="tests")).token


async def fail(accounts: AccountService, person: Person, times: int, *, client: str = "198.51.100.7") -> None:
    for _ in range(times):
        with pytest.raises(NotSignedInError):
            await sign_in(accounts, person, "wrong", client)


# --- sessions -------------------------------------------------------------------------------------------------------


async def test_a_session_ends_after_seven_days_however_busy(
    accounts: AccountService, clock: MovableClock, ada: Person
) -> None:
    token = await sign_in(accounts, ada)
    for _ in range(7 * 2 - 1):
        clock.advance(hours=12)
        assert await accounts.actor_for_session(token) is not None
    clock.advance(hours=12)
    assert await accounts.actor_for_session(token) is None


async def test_a_session_ends_after_a_day_without_use(
    accounts: AccountService, clock: MovableClock, ada: Person
) -> None:
    token = await sign_in(accounts, ada)
    clock.advance(hours=24, seconds=1)
    assert await accounts.actor_for_session(token) is None


async def test_use_is_noted_at_most_once_a_minute(
    accounts: AccountService, clock: MovableClock, ada: Person, installation: Installation
) -> None:
    token = await sign_in(accounts, ada)
    started = clock.now()
    clock.advance(seconds=59)
    await accounts.actor_for_session(token)
    early = await _last_seen(installation, token, clock)
    clock.advance(seconds=1)
    await accounts.actor_for_session(token)
    assert early == started
    assert await _last_seen(installation, token, clock) == clock.now()


async def _last_seen(installation: Installation, token: str, clock: MovableClock) -> datetime:
    token_hash = hashlib.sha256(token.encode()).hexdigest()
    async with installation.uow() as work:
        found = await work.accounts.find_session(token_hash, now=clock.now())
    assert found is not None
    return found[0].last_seen_at


@pytest.mark.parametrize("token", ["", "x", "é" * 50, "\ud800", "a" * 10_000])
async def test_an_invented_session_opens_nothing(accounts: AccountService, token: str) -> None:
    assert await accounts.actor_for_session(token) is None


async def test_deactivation_ends_sessions_and_tokens_at_once(
    accounts: AccountService, ada: Person, installation: Installation
) -> None:
    session = await sign_in(accounts, ada)
    token = (await accounts.issue_token(ada.email, PASSWORD, client="::1")).token
    async with installation.uow() as work:
        (await work.accounts.get(ada.id)).deactivated_at = datetime.now(UTC)
        await work.commit()
    assert await accounts.actor_for_session(session) is None
    with pytest.raises(NotSignedInError):
        await accounts.actor_for_token(token)


# --- throttling -----------------------------------------------------------------------------------------------------


async def test_after_five_failures_even_the_right_password_has_to_wait(
    accounts: AccountService, clock: MovableClock, ada: Person
) -> None:
    await fail(accounts, ada, 5)
    with pytest.raises(ThrottledError) as refused:
        await sign_in(accounts, ada)
    clock.advance(seconds=refused.value.retry_after_s)
    assert await sign_in(accounts, ada)


async def test_the_wait_doubles_up_to_a_quarter_of_an_hour(
    accounts: AccountService, clock: MovableClock, ada: Person
) -> None:
    await fail(accounts, ada, 5)
    waits: list[int] = []
    for _ in range(12):
        with pytest.raises(ThrottledError) as refused:
            await sign_in(accounts, ada)
        waits.append(refused.value.retry_after_s)
        clock.advance(seconds=refused.value.retry_after_s)
        await fail(accounts, ada, 1)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


async def test_a_success_forgets_the_failures(accounts: AccountService, ada: Person) -> None:
    for _ in range(3):
        await fail(accounts, ada, 4)
        assert await sign_in(accounts, ada)


async def test_failures_from_one_network_do_not_keep_the_person_out_elsewhere(
    accounts: AccountService, ada: Person
) -> None:
    await fail(accounts, ada, 5, client="203.0.113.5")
    with pytest.raises(ThrottledError):
        await sign_in(accounts, ada, client="203.0.113.99")
    assert await sign_in(accounts, ada, client="198.51.100.1")


async def test_guesses_from_many_networks_are_slowed_down_as_well(accounts: AccountService, ada: Person) -> None:
    for number in range(20):
        await fail(accounts, ada, 1, client=f"10.0.{number}.1")
    with pytest.raises(ThrottledError):
        await sign_in(accounts, ada, client="10.0.77.1")


async def test_one_persons_failures_do_not_touch_another(accounts: AccountService, ada: Person, bob: Person) -> None:
    await fail(accounts, ada, 5)
    assert await sign_in(accounts, bob)


async def test_of_many_guesses_at_once_five_are_checked(accounts: AccountService, ada: Person) -> None:
    results = await asyncio.gather(*(sign_in(accounts, ada, "wrong") for _ in range(30)), return_exceptions=True)
    assert sum(isinstance(result, NotSignedInError) for result in results) == 5
    assert sum(isinstance(result, ThrottledError) for result in results) == 25


async def test_one_password_for_many_accounts_is_slowed_down_as_well(
    accounts: AccountService, clock: MovableClock, ada: Person
) -> None:
    for number in range(50):
        stranger = Person(ada.id, f"stranger{number}@example.com", "", ada.actor)
        await fail(accounts, stranger, 1, client=f"203.0.113.{number}")
    with pytest.raises(ThrottledError) as refused:
        await sign_in(accounts, ada, client="203.0.113.99")
    assert await sign_in(accounts, ada, client="198.51.100.1")
    clock.advance(seconds=refused.value.retry_after_s)
    assert await sign_in(accounts, ada, client="203.0.113.99")


async def test_signing_in_often_is_no_failure_and_forgives_the_network_nothing(
    accounts: AccountService, ada: Person
) -> None:
    stranger = ada
    for number in range(49):
        stranger = Person(ada.id, f"stranger{number}@example.com", "", ada.actor)
        await fail(accounts, stranger, 1)
        assert await sign_in(accounts, ada)
    await fail(accounts, stranger, 1)
    with pytest.raises(ThrottledError):
        await sign_in(accounts, ada)


async def test_unknown_people_are_throttled_like_known_ones(accounts: AccountService, ada: Person) -> None:
    nobody = Person(ada.id, "nobody@example.com", "", ada.actor)
    await fail(accounts, nobody, 5)
    with pytest.raises(ThrottledError):
        await sign_in(accounts, nobody)


# --- passwords and keys ---------------------------------------------------------------------------------------------


async def test_an_old_hash_is_renewed_at_sign_in(accounts: AccountService, installation: Installation) -> None:
    old = argon2.PasswordHasher(time_cost=1, memory_cost=512, parallelism=1).hash(PASSWORD)
    account = Account(email="old@example.com", name="Old", role=Role.MEMBER, password_hash=old)
    async with installation.uow() as work:
        work.accounts.add(account)
        await work.commit()
    await accounts.sign_in(account.email, PASSWORD, client="", user_agent="")
    async with installation.uow() as work:
        renewed = (await work.accounts.get(account.id)).password_hash
    assert renewed is not None
    assert renewed.startswith("$argon2id$v=19$m=1024,t=1,p=1$")


async def test_two_processes_that_start_together_share_one_signing_key(
    installation: Installation, clock: MovableClock
) -> None:
    published = await asyncio.gather(*(build(installation, clock).jwks() for _ in range(3)))
    assert len(published[0]["keys"]) == 1
    assert all(keys == published[0] for keys in published)


async def test_a_token_of_another_process_is_recognised_though_its_key_is_new(
    installation: Installation, clock: MovableClock, ada: Person
) -> None:
    early, late = build(installation, clock), build(installation, clock)
    with pytest.raises(NotSignedInError):
        await early.actor_for_token("nonsense")  # reads the table, which is empty yet
    token = (await late.issue_token(ada.email, PASSWORD, client="")).token
    with pytest.raises(NotSignedInError):
        await early.actor_for_token(token)  # has just read it
    clock.advance(seconds=61)
    assert (await early.actor_for_token(token)).user_id == ada.id


async def test_after_a_change_of_the_secret_old_tokens_still_count_and_new_ones_are_made(
    installation: Installation, clock: MovableClock, ada: Person
) -> None:
    old_token = (await build(installation, clock).issue_token(ada.email, PASSWORD, client="")).token
    changed = build(installation, clock, secret="another secret of the tests, as long")
    new_token = (await changed.issue_token(ada.email, PASSWORD, client="")).token
    assert (await changed.actor_for_token(old_token)).user_id == ada.id
    assert (await changed.actor_for_token(new_token)).user_id == ada.id
    assert len((await changed.jwks())["keys"]) == 2


async def test_the_private_key_is_not_in_the_database_in_clear(
    accounts: AccountService, installation: Installation
) -> None:
    await accounts.jwks()
    async with installation.uow() as work:
        (row,) = await work.accounts.list_signing_keys()
    assert b"PRIVATE KEY" not in row.sealed_private_pem


async def test_a_token_expires_after_an_hour(accounts: AccountService, clock: MovableClock, ada: Person) -> None:
    token = (await accounts.issue_token(ada.email, PASSWORD, client="")).token
    clock.advance(minutes=59)
    assert (await accounts.actor_for_token(token)).user_id == ada.id
    clock.advance(minutes=1)
    with pytest.raises(NotSignedInError):
        await accounts.actor_for_token(token)


async def test_a_token_for_another_installation_is_refused(
    installation: Installation, clock: MovableClock, ada: Person
) -> None:
    elsewhere = build(installation, clock, issuer="https://elsewhere")
    token = (await elsewhere.issue_token(ada.email, PASSWORD, client="")).token
    with pytest.raises(NotSignedInError):
        await build(installation, clock).actor_for_token(token)


async def test_a_tokens_session_cannot_be_used_as_a_cookie(
    accounts: AccountService, ada: Person, installation: Installation
) -> None:
    token = (await accounts.issue_token(ada.email, PASSWORD, client="")).token
    actor = await accounts.actor_for_token(token)
    for guess in (token, str(actor.session_id), token.split(".")[1]):
        assert await accounts.actor_for_session(guess) is None


# --- the command line -----------------------------------------------------------------------------------------------


async def test_the_command_line_acts_for_the_first_administrator(
    accounts: AccountService, installation: Installation
) -> None:
    admin = await installation.add_person("root", role=Role.ADMIN)
    assert (await accounts.local_actor()).user_id == admin.id


async def test_without_an_administrator_the_command_line_has_an_account_that_does_not_count(
    accounts: AccountService,
) -> None:
    actors = await asyncio.gather(*(accounts.local_actor() for _ in range(3)))
    with pytest.raises(InvalidInputError):
        await accounts.register(LOCAL_EMAIL, PASSWORD, "Eve")
    assert len({actor.user_id for actor in actors}) == 1
    assert not actors[0].is_admin
    assert await accounts.registration() == "first"


async def test_the_first_person_to_register_takes_over_what_the_command_line_made(
    accounts: AccountService, installation: Installation
) -> None:
    shell = await accounts.local_actor()
    spec = GenerationSpec(prompt="a fox", model="flux-schnell", width_px=512, height_px=512)
    made = await installation.services.generations.request(shell, spec, origin="shell")
    first = await accounts.register("ada@example.com", PASSWORD, "Ada")
    second = await accounts.register("bob@example.com", PASSWORD, "Bob")
    ada = Person(first.id, first.email, "", shell)
    actor = await accounts.actor_for_session(await sign_in(accounts, ada))
    assert actor is not None
    assert (await installation.services.generations.get(actor, str(made.id))).prompt == "a fox"
    assert (first.name, first.role, second.role) == ("Ada", "admin", "member")
    assert (await accounts.local_actor()).user_id == first.id
