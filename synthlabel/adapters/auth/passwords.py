"""Passwords are stored as argon2id hashes."""

import asyncio
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

# One hash takes about 110 ms of one core and 19 MiB: two at once leave room for everybody else.
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
AT_ONCE = 2


class Argon2Hasher:
    """Hashes in two threads of its own, so that a burst of sign-ins stalls neither the event loop nor memory."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._argon2 = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES, type=Type.ID)
        self._nobody = _unmatched_hash(memory_kib=memory_kib, passes=passes)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")

    async def hash(self, password: str) -> str:
        """Return a hash in PHC form, with its own random salt."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._argon2.hash, _bytes(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Compare. With no hash (an unknown person) it takes as long as with one, and answers False."""
        stored = self._nobody if password_hash is None else password_hash
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._matches, stored, _bytes(password))

    def needs_rehash(self, password_hash: str) -> bool:
        """True if the hash was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(password_hash)

    def _matches(self, stored: str, password: bytes) -> bool:
        try:
            return self._argon2.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _bytes(password: str) -> bytes:
    # A lone surrogate is no text, yet a password that holds one must be wrong, not an error.
    return password.encode("utf-8", "surrogatepass")


def _unmatched_hash(*, memory_kib: int, passes: int) -> str:
    """Return a well-formed hash of no password: checking against it costs as much as against any other."""
    salt, digest = (b64encode(bytes(length)).decode().rstrip("=") for length in (16, 32))
    return f"$argon2id$v=19$m={memory_kib},t={passes},p={LANES}${salt}${digest}"
