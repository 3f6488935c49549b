"""Names of files that are made of facts: safe on every system, and each once."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from synthlabel.errors import FieldError, InvalidInputError

DEFAULT_TEMPLATE = "{model}-{seed}-{index}"
PLACEHOLDERS = ("model", "seed", "index", "date", "time", "width", "height", "rating", "id", "prompt")
MAX_TEMPLATE_CHARS = 200
MAX_PART_BYTES = 150
"""Of a folder or a file without its ending: file systems take 255, and tools add to names."""
MAX_FOLDERS = 4
MAX_PROMPT_CHARS = 60

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices, also with an ending, and with spaces before it.

https://learn.microsoft.com/windows/win32/fileio/naming-a-file
"""


def check_template(template: str) -> str:
    """Return the template, or the usual one for an empty one. Raises InvalidInputError on ``name``."""
    template = template.strip() or DEFAULT_TEMPLATE
    unknown = [name for name in _PLACEHOLDER.findall(template) if name not in PLACEHOLDERS]
    if len(template) > MAX_TEMPLATE_CHARS:
        raise InvalidInputError(FieldError("name", f"Use at most {MAX_TEMPLATE_CHARS} characters."))
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise InvalidInputError(FieldError("name", f"There is no {{{unknown[0][:40]}}}. There are: {known}."))
    if template.count("/") > MAX_FOLDERS:
        raise InvalidInputError(FieldError("name", f"Use at most {MAX_FOLDERS} folders."))
    return template


def fill(template: str, facts: Mapping[str, object]) -> str:
    """Return a path without an ending. A ``/`` of the template makes a folder, one out of a fact never does."""
    parts = template.split("/")
    return "/".join(_part(_PLACEHOLDER.sub(lambda match: str(facts.get(match[1], "")), part)) for part in parts)


@dataclass(slots=True)
class Names:
    """Names within one archive: a second one of the same gets a number. Case makes no difference, as on most disks."""

    taken: dict[str, int] = field(default_factory=dict[str, int])
    """How often a name was asked for."""

    def take(self, path: str) -> str:
        name = path
        while (times := self.taken.get(name.casefold(), 0)) > 0:
            self.taken[name.casefold()] = times + 1
            name = f"{name}-{times + 1}"
        self.taken[name.casefold()] = 1
        return name


def _part(text: str) -> str:
    """Return one part of a path: never empty, hidden, a device, or too long."""
    plain = unicodedata.normalize("NFC", _UNSAFE.sub("_", text))
    plain = "".join(character for character in plain if character.isprintable())
    plain = plain.encode("utf-8", "ignore")[:MAX_PART_BYTES].decode("utf-8", "ignore").strip(" .")
    return f"_{plain}" if not plain or _RESERVED.fullmatch(plain) else plain


def words_of(prompt: str) -> str:
    """Return the beginning of a prompt, cut at a word."""
    line = " ".join(prompt.split())
    return (
        line if len(line) <= MAX_PROMPT_CHARS else line[:MAX_PROMPT_CHARS].rpartition(" ")[0] or line[:MAX_PROMPT_CHARS]
    )
