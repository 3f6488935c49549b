"""Passwords: which are accepted, and how they are kept."""

import asyncio
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthlabel.adapters.auth.passwords import Argon2Hasher
from synthlabel.domain.account import check_registration
from synthlabel.errors import InvalidInputError
from synthlabel.services.throttle import network_of

QUICK = Argon2Hasher(memory_kib=64, passes=1)


def errors_of(password: str) -> list[str]:
    try:
        check_registration("ada@example.com", password, "Ada")
    except InvalidInputError as error:
        return [item.field for item in error.errors]
    return []


@pytest.mark.parametrize("password", ["seven wet umbrellas", "x1 y2 z3", "пароль на завтра", "a b" * 42])
def test_any_long_enough_text_is_a_password(password: str) -> None:
    assert errors_of(password) == []


@pytest.mark.parametrize(
    "password", ["", "short", "a" * 129, "password1", "12345678", "ada@example.com", "ADA@example.com", "abababab"]
)
def test_short_long_common_and_obvious_passwords_are_refused(password: str) -> None:
    assert errors_of(password) == ["password"]


async def test_hashes_are_argon2id_with_the_documented_cost_and_their_own_salt() -> None:
    hasher = Argon2Hasher()
    first, second = await asyncio.gather(hasher.hash("seven wet umbrellas"), hasher.hash("seven wet umbrellas"))
    assert re.fullmatch(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]+\$[^$]+", first)
    assert first != second
    assert not hasher.needs_rehash(first)
    assert QUICK.needs_rehash(first)


async def test_only_the_right_password_matches() -> None:
    stored = await QUICK.hash("seven wet umbrellas")
    assert await QUICK.verify(stored, "seven wet umbrellas")
    assert not await QUICK.verify(stored, "seven wet umbrella")
    assert not await QUICK.verify("not a hash", "seven wet umbrellas")


async def test_nobodys_password_never_matches() -> None:
    for guess in ("", "\x00", "seven wet umbrellas"):
        assert not await QUICK.verify(None, guess)


async def test_checking_nobodys_password_computes_a_hash_like_any_other() -> None:
    from argon2 import extract_parameters

    assert extract_parameters(QUICK._nobody) == extract_parameters(await QUICK.hash("seven wet umbrellas"))


@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_can_be_hashed_and_checked(password: str) -> None:
    async def round_trip() -> bool:
        return await QUICK.verify(await QUICK.hash(password), password)

    assert asyncio.run(round_trip())


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_neighbours_count_as_one_client(client: str, network: str) -> None:
    assert network_of(client) == network
