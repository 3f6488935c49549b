"""Prompts with alternatives: ``{a|b|c}`` and named lists, ``__animal__``.

A template stands for many prompts: one for each way to choose. Alternatives may be nested and may be empty. Braces
without a ``|`` between them are ordinary text, since some models take JSON. ``\\{``, ``\\|``, ``\\}`` and ``\\_`` mean
the character itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MAX_NESTING = 20
MAX_LIST_DEPTH = 5
MAX_SIZE = 20_000
"""What one prompt may be made of, in characters and alternatives: lists that name lists multiply without end."""

MAX_COUNT = 10**15
"""Larger counts are taken for this one: exact ones would have as many digits as fit into the memory."""

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

    @property
    def size(self) -> int:
        return len(self.text)

    def pick(self, _number: int) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class _Choice:
    """One of its options. The ways to choose are those of the first option, then those of the second, and so on."""

    options: tuple["_Node", ...]
    count: int
    size: int

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
    size: int

    def pick(self, number: int) -> str:
        texts: list[str] = []
        for part in reversed(self.parts):
            number, own = divmod(number, part.count)
            texts.append(part.pick(own))
        return "".join(reversed(texts))


_Node = _Text | _Choice | _Row
"""``size`` is that of the largest prompt of it: its characters, and the choices that are made for it."""

_NOTHING = _Text("")
_MARKS = {mark: _Text(mark) for mark in "{|}_"}


def _choice(options: Sequence[_Node]) -> _Node:
    count = min(sum(option.count for option in options), MAX_COUNT)
    return _Choice(tuple(options), count, 1 + max(option.size for option in options))


def _row(parts: Sequence[_Node]) -> _Node:
    if len(parts) == 1:
        return parts[0]
    return _Row(tuple(parts), _product(part.count for part in parts), sum(part.size for part in parts))


def _product(counts: Iterable[int]) -> int:
    product = 1
    for count in counts:
        product = min(product * count, MAX_COUNT)
    return product


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read. ``count`` is ``MAX_COUNT`` also for more; nothing is expanded to know it."""

    _root: _Node

    @property
    def count(self) -> int:
        return self._root.count

    def expand(self, limit: int) -> Iterator[str]:
        """Yield the first ``limit`` prompts, always in the same order: the last choice changes fastest."""
        return (self._root.pick(number) for number in range(min(limit, self.count)))


def read_template(text: str, lists: Mapping[str, Sequence[str]]) -> Template:
    """Read one template, see ``TemplateReader``."""
    return TemplateReader(lists).read(text)


def names_in(text: str) -> frozenset[str]:
    """Return the names of the lists that a template names, without those in the lists."""
    if "__" not in text:
        return frozenset()
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
        self.options.append(_row(self.parts or [_NOTHING]))
        self.parts = []

    def close(self) -> Sequence[_Node]:
        """Return what the group stands for: a choice; or, without a bar, its text with the braces."""
        if not self.options:
            return [_MARKS["{"], *self.parts, _MARKS["}"]]
        self.bar()
        return [_choice(self.options)]


class TemplateReader:
    """Reads templates. ``lists`` holds the values of the named lists, which may be templates themselves.

    A list is read when it is first named, and kept: many templates that name it are best read by one reader.
    """

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists
        self._known: dict[str, _Read] = {}
        self._wrong: dict[tuple[str, int], str] = {}
        """What is wrong with a list: within more lists more may be."""

    def read(self, text: str) -> Template:
        """Raise PromptSyntaxError, also for a list that is missing, empty, holds itself, goes deeper than
        ``MAX_LIST_DEPTH``, or makes prompts beyond ``MAX_SIZE``.

        Pure; takes time in proportion to the text and to the lists that it names, not to the count.
        """
        return Template(self._read(text, ()).node)

    def _read(self, text: str, within: tuple[str, ...]) -> _Read:
        groups = [_Group(0)]
        depth = end = 0
        named_at: int | None = None
        for token in _TOKEN.finditer(text):
            if token.start() > end:
                groups[-1].parts.append(_Text(text[end : token.start()]))
            end = token.end()
            if name := token["name"]:
                found = self._list(name.lower(), within, token.start())
                groups[-1].parts.append(found.node)
                depth = max(depth, found.depth)
                named_at = token.start() if named_at is None else named_at
            elif escaped := token["escaped"]:
                groups[-1].parts.append(_MARKS[escaped])
            else:
                _mark(token[0], groups, token.start())
        if len(groups) > 1:
            raise PromptSyntaxError("This { is never closed.", groups[-1].position)
        node = _row([*groups[0].parts, _Text(text[end:])])
        if named_at is not None and node.size > MAX_SIZE:
            message = f"With the lists, one prompt would have more than {MAX_SIZE:,} characters and alternatives."
            raise PromptSyntaxError(message, named_at)
        return _Read(node, depth)

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
        place = (name, len(within))
        if place in self._wrong:
            raise PromptSyntaxError(self._wrong[place], position)
        try:
            read = [self._read(value, (*within, name)) for value in values]
        except PromptSyntaxError as error:
            is_told = error.message.startswith("In the list")
            self._wrong[place] = error.message if is_told else f"In the list “{name}”: {error.message}"
            raise PromptSyntaxError(self._wrong[place], position) from None
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
        groups[-1].parts.append(_MARKS["|"])
    elif mark == "|":
        groups[-1].bar()
    else:
        closed = groups.pop()
        groups[-1].parts.extend(closed.close())
