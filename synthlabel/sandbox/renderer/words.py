"""Plain words: a prompt as lower-case tokens, and the singular forms a plural may have."""

import re
from typing import Final

_IRREGULAR: Final = {
    "mice": "mouse", "geese": "goose", "men": "man", "women": "woman", "children": "child", "oxen": "ox",
    "wolves": "wolf", "knives": "knife", "leaves": "leaf", "elves": "elf", "puppies": "puppy", "feet": "foot",
}  # fmt: skip


def tokens(text: str) -> list[str]:
    """``"A red-haired fox's den"`` → ``["a", "red", "haired", "fox", "den"]``; digits and every script are kept."""
    plain = re.sub(r"['’]s\b", "", text.casefold())
    return re.findall(r"[^\W_]+", plain.replace("under water", "underwater").replace("close-up", "closeup"))


def singulars(word: str) -> list[str]:
    """What ``word`` may be the plural of, likeliest first; empty for a word that does not look like one."""
    if word in _IRREGULAR:
        return [_IRREGULAR[word]]
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return []
    forms = [word[:-1]]
    if word.endswith("ies"):
        forms.insert(0, word[:-3] + "y")
    elif word.endswith("es"):
        forms.append(word[:-2])
    return forms
