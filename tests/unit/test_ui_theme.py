"""One file holds the colours, and they can be read by everybody."""

import re
from pathlib import Path

import pytest

from synthlabel.ui.theme import COLOURS

ROOT = Path(__file__).parents[2]
CSS = (ROOT / "assets" / "theme.css").read_text()
TEXT = ("ink", "muted", "amber", "ok", "warn", "bad")
GROUNDS = ("canvas", "surface", "raised")


def tokens(selector: str) -> dict[str, str]:
    block = CSS.partition(selector)[2].partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


THEMES = {"light": tokens(":root {"), "dark": tokens(".dark {")}


def luminance(colour: str) -> float:
    channels = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it: 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXT)
def test_text_is_readable_on_every_ground(theme: str, ground: str, text: str) -> None:
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_words_of_the_primary_button_are_readable(theme: str) -> None:
    assert contrast(THEMES[theme]["on-amber"], THEMES[theme]["amber"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_the_edge_of_a_control_can_be_seen(theme: str, ground: str) -> None:
    assert contrast(THEMES[theme]["control"], THEMES[theme][ground]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_greys_are_not_tinted(theme: str) -> None:
    for name in (*GROUNDS, "line", "ink", "muted"):
        channels = [int(THEMES[theme][name][index : index + 2], 16) for index in (1, 3, 5)]
        assert max(channels) - min(channels) <= 4, name


def test_both_themes_define_every_colour() -> None:
    for selector in (":root {", ".dark {"):
        block = CSS.partition(selector)[2].partition("}")[0]
        assert {name for name in COLOURS if f"--{name}:" not in block} == set()


def test_no_colour_is_written_outside_of_the_theme() -> None:
    hex_colour = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![-\w])")
    sources = [path for path in (ROOT / "synthlabel" / "ui").rglob("*") if path.suffix in {".py", ".jsx", ".js"}]
    found = {
        f"{path.name}: {match}"
        for path in sources
        for match in hex_colour.findall(path.read_text())
        if re.search(r"\d|[a-fA-F]{6}", match)
    }
    assert found == set()
