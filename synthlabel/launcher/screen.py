"""What the launcher says on the terminal."""

import re

from rich.console import Console
from rich.markup import escape

_TROUBLE = re.compile(
    r"\[(warning|error|critical)\s*\]"  # our own logs
    r'|"level": ?"(warning|error|critical)"'  # and as JSON
    r"|^(\S+ ){0,3}\[?(WARNING|ERROR|CRITICAL|FATAL)\b"  # the standard library, servers
    r"|^(warning|error|fatal)\b.*:",
    re.IGNORECASE,
)
_TRACEBACK = "Traceback (most recent call last)"
_COLOURS = ("cyan", "magenta", "green", "blue", "yellow")


class Screen:
    """Progress of the start, and of the children's output only what needs attention (``verbose``: all of it)."""

    def __init__(self, console: Console | None = None, *, verbose: bool = False) -> None:
        self._console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        self._verbose = verbose
        self._in_traceback: set[str] = set()
        self._colours: dict[str, str] = {}

    def say(self, text: str) -> None:
        self._console.print(escape(text))

    def ready(self, name: str, *, seconds: float) -> None:
        self._console.print(f"  [green]✓[/] {escape(name):<10} [dim]{seconds:.1f} s[/]")

    def waiting(self, name: str, text: str) -> None:
        self._console.print(f"  [dim]… {escape(name)}: {escape(text)}[/]")

    def trouble(self, text: str) -> None:
        self._console.print(f"[bold red]✗[/] {escape(text)}")

    def line(self, name: str, text: str) -> bool:
        """Show a line of a child's output if it tells of trouble. Return whether it was shown."""
        if not (self._verbose or self._is_trouble(name, text)):
            return False
        self.quote(name, text)
        return True

    def quote(self, name: str, text: str) -> None:
        colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
        self._console.print(f"[{colour}]{escape(name):>10} │[/] {escape(text)}")

    def celebrate(self, url: str) -> None:
        self._console.print(f"\n[bold]SynthLabel is ready at [link={url}]{escape(url)}[/link][/]")
        self._console.print("[dim]Ctrl-C stops it.[/]\n")

    def _is_trouble(self, name: str, text: str) -> bool:
        if _TRACEBACK in text:
            self._in_traceback.add(name)
            return True
        if name in self._in_traceback:
            if text and not text[0].isspace() and text[0] not in "+|":
                self._in_traceback.discard(name)  # the exception itself is the last line
            return True
        return bool(_TROUBLE.search(text[:200]))
