"""The kinds of arguments that components take: plain values while a page is built, Vars where the browser decides."""

from typing import Any, TypeAlias

import reflex as rx
from reflex.event import EventType

Text: TypeAlias = str | rx.Var[str]
Flag: TypeAlias = bool | rx.Var[bool]
Number: TypeAlias = int | float | rx.Var[int] | rx.Var[float]
OnClick: TypeAlias = EventType[()] | None
Child: TypeAlias = rx.Component | str | rx.Var[Any]


def joined(*classes: Text) -> Text:
    """Join class names; any of them may be a Var."""
    result: Text = ""
    for name in classes:
        if isinstance(name, str) and not name:
            continue
        result = name if isinstance(result, str) and not result else result + " " + name  # pyright: ignore[reportOperatorIssue]
    return result
