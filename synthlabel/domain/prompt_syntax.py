"""Prompts with alternatives: ``{a|b|c}`` and named lists, ``__animal__``.

A template stands for many prompts: one for each way to choose. Alternatives may be nested and may be empty. Braces
without a ``|`` between them are ordinary text, since some models take JSON. ``\\{``, ``\\|``, ``\\}`` and ``\\_`` mean
the character itself.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MAX_NESTING = 20
MAX_LIST_DEPTH = 5

LIST_NAME = re.compile(r"(?=.{1,40}\Z)[a-z0-9-]+(?:_[a-z0-9-]+)*")
"""Names never begin or end with ``_`` and hold no two in a row: so ``__`` always ends one."""

_TOKEN = re.compile(r"\\(?P<escaped>[{|}_])|(?P<mark>[{|}])|__(?P<name>[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*)__")


class PromptSyntaxError(ValueError):
    """``position`` is the offset of the character in the template that ``message`` is about."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    count: int = 1

    def pick(self, _number: int) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class _Choice:
    """One of its options. The ways to choose are those of the first option, then those of the second, and so on."""

    options: tuple["_Node", ...]
    count: int

    def pick(self, number: int) -> str:
        for option in self.options:
            if number < option.count:
                return option.pick(number)
            number -= option.count
        raise IndexError(number)


@dataclass(frozen=True, slots=True)
class _Row:
    """Its parts one after the other. The choice in the last part changes fastest."""

    parts: tuple["_Node", ...]
    count: int

    def pick(self, number: int) -> str:
        texts: list[str] = []
        for part in reversed(self.parts):
            number, own = divmod(number, part.count)
            texts.append(part.pick(own))
        return "".join(reversed(texts))


_Node = _Text | _Choice | _Row
_ONE_BRACE = _Text("{")


def _choice(options: Sequence[_Node]) -> _Node:
    return _Choice(tuple(options), sum(option.count for option in options))


def _row(parts: Sequence[_Node]) -> _Node:
    return parts[0] if len(parts) == 1 else _Row(tuple(parts), math.prod(part.count for part in parts))


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read. ``count`` may be astronomical; nothing is expanded to know it."""

    _root: _Node

    @property
    def count(self) -> int:
        return self._root.count

    def expand(self, limit: int) -> Iterator[str]:
        """Yield the first ``limit`` prompts, always in the same order: the last choice changes fastest."""
        return (self._root.pick(number) for number in range(min(limit, self.count)))


def read_template(text: str, lists: Mapping[str, Sequence[str]]) -> Template:
    """Read a template. ``lists`` holds the values of the named lists, which may be templates themselves.

    Raises PromptSyntaxError, also for a list that is missing, empty, holds itself, or goes deeper than
    ``MAX_LIST_DEPTH``. Pure; takes time in proportion to the text and to the lists that it names, not to the count.
    """
    return Template(_Reader(lists).read(text, ()).node)


def names_in(text: str) -> frozenset[str]:
    """Return the names of the lists that a template names, without those in the lists."""
    return frozenset(name.lower() for found in _TOKEN.finditer(text) if (name := found["name"]))


def escape(text: str) -> str:
    """Return the template that stands for exactly this text."""
    return re.sub(r"[{|}_]", r"\\\g<0>", text)


@dataclass(frozen=True, slots=True)
class _Read:
    node: _Node
    depth: int
    """How many lists stand within each other in it."""


@dataclass(slots=True)
class _Group:
    """Braces that are open, from ``position`` on: the options that are complete, and the parts of the next."""

    position: int
    options: list[_Node] = field(default_factory=list[_Node])
    parts: list[_Node] = field(default_factory=list[_Node])

    def bar(self) -> None:
        self.options.append(_row(self.parts or [_Text("")]))
        self.parts = []

    def close(self) -> Sequence[_Node]:
        """Return what the group stands for: a choice; or, without a bar, its text with the braces."""
        if not self.options:
            return [_ONE_BRACE, *self.parts, _Text("}")]
        self.bar()
        return [_choice(self.options)]


class _Reader:
    """Reads each list once, however often it is named."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists
        self._known: dict[str, _Read] = {}

    def read(self, text: str, within: tuple[str, ...]) -> _Read:
        groups = [_Group(0)]
        depth = end = 0
        for token in _TOKEN.finditer(text):
            if token.start() > end:
                groups[-1].parts.append(_Text(text[end : token.start()]))
            end = token.end()
            if name := token["name"]:
                found = self._list(name.lower(), within, token.start())
                groups[-1].parts.append(found.node)
                depth = max(depth, found.depth)
            elif escaped := token["escaped"]:
                groups[-1].parts.append(_Text(escaped))
            else:
                _mark(token[0], groups, token.start())
        if len(groups) > 1:
            raise PromptSyntaxError("This { is never closed.", groups[-1].position)
        return _Read(_row([*groups[0].parts, _Text(text[end:])]), depth)

    def _list(self, name: str, within: tuple[str, ...], position: int) -> _Read:
        if name in within:
            raise PromptSyntaxError(f"The list “{name}” holds itself.", position)
        if name not in self._known:
            if len(within) >= MAX_LIST_DEPTH:
                raise _too_deep(position)
            self._known[name] = self._read_list(name, within, position)
        found = self._known[name]
        if len(within) + found.depth > MAX_LIST_DEPTH:
            raise _too_deep(position)
        return found

    def _read_list(self, name: str, within: tuple[str, ...], position: int) -> _Read:
        values = self._lists.get(name)
        if values is None:
            raise PromptSyntaxError(f"There is no list “{name}”. Write \\__ for two underscores.", position)
        if not values:
            raise PromptSyntaxError(f"The list “{name}” is empty.", position)
        try:
            read = [self.read(value, (*within, name)) for value in values]
        except PromptSyntaxError as error:
            inner = (
                error.message if error.message.startswith("In the list") else f"In the list “{name}”: {error.message}"
            )
            raise PromptSyntaxError(inner, position) from None
        return _Read(_choice([value.node for value in read]), 1 + max(value.depth for value in read))


def _too_deep(position: int) -> PromptSyntaxError:
    return PromptSyntaxError(f"Lists may stand at most {MAX_LIST_DEPTH} deep within each other.", position)


def _mark(mark: str, groups: list[_Group], position: int) -> None:
    is_outermost = len(groups) == 1
    if mark == "{":
        if len(groups) > MAX_NESTING:
            raise PromptSyntaxError(f"Braces may stand at most {MAX_NESTING} deep within each other.", position)
        groups.append(_Group(position))
    elif is_outermost and mark == "}":
        raise PromptSyntaxError("This } closes nothing. Write \\} for a brace.", position)
    elif is_outermost:
        groups[-1].parts.append(_Text("|"))
    elif mark == "|":
        groups[-1].bar()
    else:
        closed = groups.pop()
        groups[-1].parts.extend(closed.close())
