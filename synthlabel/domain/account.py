"""People: who they are, what their role allows, and what a valid name, address and password look like."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from uuid import UUID

from synthlabel.errors import FieldError, InvalidInputError

MIN_PASSWORD_CHARS = 8
MAX_PASSWORD_CHARS = 128
MAX_EMAIL_CHARS = 254
MAX_NAME_CHARS = 80

# Deliberately loose: an address is proven by use, not by a pattern.
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)*")


class Role(StrEnum):
    ADMIN = "admin"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf a service acts: verified by a session or a token, never by the page."""

    user_id: UUID
    role: Role
    session_id: UUID | None = None

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN


def normalise_email(email: str) -> str:
    return email.strip().lower()


def check_registration(email: str, password: str, name: str) -> None:
    """Raise InvalidInputError that names every wrong field at once."""
    errors: list[FieldError] = []
    if len(email) > MAX_EMAIL_CHARS or not _EMAIL.fullmatch(email):
        errors.append(FieldError("email", "Enter an address such as name@example.com."))
    errors.extend(password_errors(password, email=email))
    errors.extend(name_errors(name))
    if errors:
        raise InvalidInputError(*errors)


def name_errors(name: str) -> list[FieldError]:
    if not name.strip():
        return [FieldError("name", "Enter a name.")]
    if len(name) > MAX_NAME_CHARS or any(ord(c) < 32 for c in name):
        return [FieldError("name", f"Use at most {MAX_NAME_CHARS} characters, no control characters.")]
    return []


def password_errors(password: str, *, email: str) -> list[FieldError]:
    if len(password) < MIN_PASSWORD_CHARS:
        return [FieldError("password", f"Use at least {MIN_PASSWORD_CHARS} characters.")]
    if len(password) > MAX_PASSWORD_CHARS:
        return [FieldError("password", f"Use at most {MAX_PASSWORD_CHARS} characters.")]
    folded = password.lower()
    own = {email, email.partition("@")[0]}
    if folded in own or len(set(folded)) < 3 or folded in _common_passwords():
        return [FieldError("password", "This password is too easy to guess. Choose another one.")]
    return []


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset((files("synthlabel.domain") / "common_passwords.txt").read_text(encoding="ascii").split())
