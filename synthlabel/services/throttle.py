"""Guessing passwords gets slower and slower: failures are counted by account, by network, and by the two together."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.errors import ThrottledError
from synthlabel.ports import Clock

FREE_TRIES = 5
"""For one account from one network."""
FREE_TRIES_OF_ACCOUNT = 20
"""From all networks. More, because somebody else's guesses should not easily keep a person out."""
FREE_TRIES_OF_NETWORK = 50
"""For all accounts, in a day. It slows down who tries one password with many; an office behind one address has room."""
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
        limits = _keys(email, client=client, now=now).free_tries
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
        """Forget the account's failures: the password was right. To be called once for each ``begin``.

        The network's stay, but for this try, or an account of one's own would buy any number of guesses.
        """
        keys = _keys(email, client=client, now=self._clock.now())
        async with self._uow() as work:
            # In the order in which ``begin`` counts.
            await work.accounts.clear_failures(keys.account)
            await work.accounts.take_back_failure(keys.network)
            await work.accounts.clear_failures(keys.both)
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


@dataclass(frozen=True, slots=True)
class _Keys:
    """Under which names a try is counted."""

    account: str
    network: str
    both: str

    @property
    def free_tries(self) -> dict[str, int]:
        return {
            self.account: FREE_TRIES_OF_ACCOUNT,
            self.network: FREE_TRIES_OF_NETWORK,
            self.both: FREE_TRIES,
        }


def _keys(email: str, *, client: str, now: datetime) -> _Keys:
    # Hashed: people type passwords into the wrong field.
    account = hashlib.sha256(email.encode()).hexdigest()
    network = network_of(client)
    # By the day: a busy network's slips of the finger must not add up for ever.
    return _Keys(account, f"network {network} {now:%Y-%m-%d}", f"{account} {network}")


def _delay(failures_too_many: int) -> timedelta:
    return timedelta(seconds=min(FIRST_DELAY_S * 2 ** min(failures_too_many, 20), LONGEST_DELAY_S))


def _too_many(wait: timedelta) -> ThrottledError:
    seconds = max(1, math.ceil(wait.total_seconds()))
    minutes = math.ceil(seconds / 60)
    text = f"{seconds} seconds" if seconds < 120 else f"{minutes} minutes"
    return ThrottledError(f"Too many attempts to sign in. Try again in {text}.", retry_after_s=seconds)
