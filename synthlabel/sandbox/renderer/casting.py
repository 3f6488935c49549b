"""Who plays in the picture: subjects found in a prompt's words, how many of each, in which colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from synthlabel.sandbox.renderer import lexicon
from synthlabel.sandbox.renderer.illustrations import Library, Sprite
from synthlabel.sandbox.renderer.lexicon import Rgb
from synthlabel.sandbox.renderer.words import singulars

_LONGEST_PHRASE: Final = 4
_MAX_ROLES: Final = 4
_PLURAL_COUNT: Final = 3


@dataclass(frozen=True, slots=True)
class Role:
    """A subject of the picture. ``scale`` is what size words ask for; ``paint`` the colour the prompt gives it.

    ``known``: the prompt speaks of it as "the …" or "this …", not as of something new.
    """

    sprite: Sprite
    count: int = 1
    scale: float = 1.0
    paint: Rgb | None = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """Roles in the prompt's order, and the positions of the tokens that named or described them."""

    roles: tuple[Role, ...]
    used: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Mention:
    name: str
    start: int
    end: int
    plural: bool


def cast(words: list[str], library: Library, *, hints: bool = True) -> Cast:
    """Subjects of ``words``. With ``hints``, words that only hint at a subject count when none is named."""
    mentions = _mentions(words, library.names, length=_LONGEST_PHRASE)
    if hints and not mentions:
        mentions = _mentions(words, library.keywords, length=2)[:2]
    roles: dict[str, Role] = {}
    used: set[int] = set()
    for mention in mentions:
        role, described = _role(mention, words, library)
        used |= described
        if mention.name not in roles and len(roles) < _MAX_ROLES:
            roles[mention.name] = role
    return Cast(tuple(roles.values()), frozenset(used))


def _mentions(words: list[str], index: Mapping[str, str], *, length: int) -> list[_Mention]:
    found: list[_Mention] = []
    start = 0
    while start < len(words):
        mention = _longest(words, index, start=start, length=length)
        if mention:
            found.append(mention)
        start = mention.end if mention else start + 1
    return found


def _longest(words: list[str], index: Mapping[str, str], *, start: int, length: int) -> _Mention | None:
    for end in range(min(len(words), start + length), start, -1):
        phrase = " ".join(words[start:end])
        if end == start + 1 and _is_scenery(phrase):
            return None
        if phrase in index:
            return _Mention(index[phrase], start, end, plural=False)
        head = phrase[: len(phrase) - len(words[end - 1])]
        for single in singulars(words[end - 1]):
            if head + single in index and not (not head and _is_scenery(single)):
                return _Mention(index[head + single], start, end, plural=True)
    return None


def _is_scenery(word: str) -> bool:
    """Words that set the scene even where an illustration bears the same name ("mountain", "snow", "orange")."""
    return (
        word in lexicon.PLACES
        or word in lexicon.HOURS
        or word in lexicon.WEATHERS
        or word in lexicon.COLOURS
        or word in lexicon.FILLERS
    )


def _role(mention: _Mention, words: list[str], library: Library) -> tuple[Role, set[int]]:
    count = _PLURAL_COUNT if mention.plural else 1
    scale, paint, known = 1.0, None, False
    described = set(range(mention.start, mention.end))
    for position in range(mention.start - 1, max(-1, mention.start - 5), -1):
        word = words[position]
        if word in lexicon.COLOURS and paint is None and position >= mention.start - 3:
            paint = lexicon.COLOURS[word]
        elif word in lexicon.NUMBERS or (word.isdigit() and 1 <= int(word) <= 99):
            count = min(lexicon.NUMBERS.get(word) or int(word), lexicon.MAX_COUNT)
            described.add(position)
            break
        elif word in lexicon.BIG_WORDS or word in lexicon.SMALL_WORDS:
            scale = 1.5 if word in lexicon.BIG_WORDS else 0.55
        elif word in lexicon.ONES or word == "of":
            if word in lexicon.ONES:
                known = word == "the"
                break
            continue
        elif word in lexicon.POINTERS:
            known = True
            break
        elif word in {"and", "with", "in", "on", "over"} or word in lexicon.PLACES:
            break
        else:
            continue
        described.add(position)
    return Role(library.sprites[mention.name], count, scale, paint, known), described
