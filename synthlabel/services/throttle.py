"""Guessing passwords gets slower and slower: failures are counted by account, and by account and network."""

import hashlib
import math
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.errors import ThrottledError
from synthlabel.ports import Clock

FREE_TRIES_OF_NETWORK = 5
FREE_TRIES_OF_ACCOUNT = 20
"""More than from one network: somebody else's guesses should not easily keep a person out."""
FIRST_DELAY_S = 2
LONGEST_DELAY_S = 15 * 60
FORGET_AFTER = timedelta(hours=24)


class SignInThrottle:
    """Counts in the database, so that it holds across processes. Unknown addresses count like known ones."""

    def __init__(self, uow: Callable[[], UnitOfWork], clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def begin(self, email: str, *, client: str) -> None:
        """Count a try as failed before its password is checked: a hundred at once are a hundred tries.

        Raises ThrottledError, and counts nothing, while the account or the network has to wait.
        """
        now = self._clock.now()
        limits = dict(_limits(email, client=client))
        async with self._uow() as work:
            # Always in the same order: two tries at once wait for one another instead of locking each other out.
            failures = {
                key: await work.accounts.add_failure(key, now=now, forget_before=now - FORGET_AFTER) for key in limits
            }
            rows = await work.accounts.list_throttles(list(limits))
            until = max((row.blocked_until for row in rows if row.blocked_until is not None), default=now)
            if until > now:
                raise _too_many(until - now)
            for key, free_tries in limits.items():
                if failures[key] >= free_tries:
                    await work.accounts.block_until(key, now + _delay(failures[key] - free_tries))
            await work.commit()

    async def clear(self, email: str, *, client: str) -> None:
        """Forget the failures: the password was right. Safe to repeat."""
        async with self._uow() as work:
            await work.accounts.clear_failures([key for key, _ in _limits(email, client=client)])
            await work.commit()


def network_of(client: str) -> str:
    """Return the network that counts as one client: /24 of IPv4, /64 of IPv6; the text itself if it is no address."""
    try:
        address = ip_address(client)
    except ValueError:
        return client[:64]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return str(ip_network((int(address), 64), strict=False))
        address = address.ipv4_mapped
    return str(ip_network((int(address), 24), strict=False))


def _limits(email: str, *, client: str) -> Iterator[tuple[str, int]]:
    # Hashed: people type passwords into the wrong field.
    account = hashlib.sha256(email.encode()).hexdigest()
    yield account, FREE_TRIES_OF_ACCOUNT
    yield f"{account} {network_of(client)}", FREE_TRIES_OF_NETWORK


def _delay(failures_too_many: int) -> timedelta:
    return timedelta(seconds=min(FIRST_DELAY_S * 2 ** min(failures_too_many, 20), LONGEST_DELAY_S))


def _too_many(wait: timedelta) -> ThrottledError:
    seconds = max(1, math.ceil(wait.total_seconds()))
    minutes = math.ceil(seconds / 60)
    text = f"{seconds} seconds" if seconds < 120 else f"{minutes} minutes"
    return ThrottledError(f"Too many attempts to sign in. Try again in {text}.", retry_after_s=seconds)
