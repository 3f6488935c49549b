"""What people write is made fit to be stored, and nothing else of it changes."""

from typing import Any

import pytest

from synthlabel.domain.text import storable_json, storable_text


@pytest.mark.parametrize(
    ("text", "kept"), [("a\x00b", "ab"), ("a\ud800b", "ab"), ("🦊 é\n", "🦊 é\n"), ("\\u0000", "\\u0000")]
)
def test_only_what_cannot_be_stored_is_dropped(text: str, kept: str) -> None:
    assert storable_text(text) == kept


def test_texts_in_json_data_are_treated_wherever_they_are() -> None:
    data: dict[str, Any] = {"a\x00": ["b\x00", {"c": "\\u0000"}], "n": 1.5, "yes": True, "none": None}
    assert storable_json(data) == {"a": ["b", {"c": "\\u0000"}], "n": 1.5, "yes": True, "none": None}
