"""Gathering figures and printing them."""

import math
import os
import statistics
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile, ``share`` from 0 to 1: with few values, one that really occurred."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread_ms(seconds: Sequence[float]) -> tuple[str, str]:
    """Return p50 and p95 in milliseconds, as text."""
    return f"{statistics.median(seconds) * 1000:.1f}", f"{percentile(seconds, 0.95) * 1000:.1f}"


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table. The load of the machine is part of its title: without it no figure means much."""
    table = Table()
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(*(f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in row))
    console = Console(width=120, highlight=False)
    console.print(f"\n[bold]{title}[/] ({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})")
    console.print(table)
