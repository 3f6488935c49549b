"""People: who they are, what their role allows, and what a valid name, address and password look like."""

import re
from dataclasses import dataclass
from enum import StrEnum
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
    if folded == email or folded == email.partition("@")[0] or len(set(folded)) < 3 or folded in COMMON_PASSWORDS:
        return [FieldError("password", "This password is too easy to guess. Choose another one.")]
    return []


COMMON_PASSWORDS = frozenset(
    """12345678 123456789 1234567890 password password1 password12 password123 qwertyui qwertyuiop qwerty123 1q2w3e4r
    1q2w3e4r5t 1qaz2wsx iloveyou iloveyou1 sunshine princess football baseball superman trustno1 starwars whatever
    letmein1 letmein123 welcome1 welcome123 admin123 admin1234 administrator changeme passw0rd p@ssword p@ssw0rd
    abcd1234 abc12345 asdfghjkl asdfghjk zxcvbnm1 zxcvbnm123 qazwsxedc 11111111 00000000 88888888 12121212 11223344
    87654321 987654321 9876543210 monkey123 dragon123 master123 shadow123 michael1 jennifer charlie1 computer
    internet samsung1 pokemon1 chocolate liverpool football1 baseball1 jordan23 michelle jonathan samantha
    victoria elizabeth alexander benjamin christian nicholas spiderman batman123 minecraft blink182 metallica
    default1 guest123 test1234 testtest test12345 secret123 mypassword synthlabel""".split()
)
