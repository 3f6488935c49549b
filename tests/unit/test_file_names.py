"""Names of downloaded files: safe everywhere, and each once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthlabel.domain.file_names import (
    DEFAULT_TEMPLATE,
    MAX_PART_BYTES,
    PLACEHOLDERS,
    Names,
    check_template,
    fill,
    words_of,
)
from synthlabel.errors import InvalidInputError

DEVICES = ("CON", "nul", "com1", "LPT9.txt", "COM¹", "lpt³.png", "CONIN$", "conout$.txt", "con .x", "Nul  .tar.gz")


@given(
    st.text(max_size=80).filter(lambda text: "{" not in text),
    st.lists(st.sampled_from(PLACEHOLDERS), max_size=3),
    st.dictionaries(st.sampled_from(PLACEHOLDERS), st.text(max_size=300)),
)
def test_every_part_of_a_path_is_safe(text: str, names: list[str], facts: dict[str, str]) -> None:
    path = fill(text + "".join(f"{{{name}}}" for name in names), facts)
    for part in path.split("/"):
        assert 0 < len(part.encode()) <= MAX_PART_BYTES + 1
        assert part.isprintable()
        assert not set('<>:"\\|?*') & set(part)
        assert part not in (".", "..")
        assert not part.startswith((" ", "."))
        assert not part.endswith((" ", "."))


@pytest.mark.parametrize("name", DEVICES)
def test_no_file_is_called_like_a_device(name: str) -> None:
    assert fill("{prompt}", {"prompt": name}) == f"_{name}"


def test_a_slash_of_the_template_makes_a_folder_and_one_of_a_fact_does_not() -> None:
    assert fill("{model}/{prompt}", {"model": "flux-dev", "prompt": "../a/b"}) == "flux-dev/_a_b"
    assert "/../" not in f"/{fill('../../{model}', {'model': '..'})}/"


def test_an_empty_template_is_the_usual_one() -> None:
    assert check_template("  ") == DEFAULT_TEMPLATE


@pytest.mark.parametrize("template", ["{nothing}", "x" * 201, "a/b/c/d/e/f", "{model.__class__}", "{}"])
def test_a_template_that_cannot_be_filled_is_refused(template: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_template(template)
    assert refused.value.errors[0].field == "name"


@given(st.lists(st.sampled_from(["a", "A", "a-2", "a-3", "b", "a-2-2"]), max_size=30))
def test_no_name_is_given_twice_on_any_disk(wanted: list[str]) -> None:
    names = Names()
    given_names = [names.take(name).casefold() for name in wanted]
    assert len(set(given_names)) == len(wanted)


def test_ten_thousand_equal_names_are_numbered() -> None:
    names = Names()
    taken = [names.take("fox") for _ in range(10_000)]
    assert taken[:3] == ["fox", "fox-2", "fox-3"]
    assert len(set(taken)) == 10_000


def test_the_beginning_of_a_prompt_is_cut_at_a_word() -> None:
    assert words_of("a red\nfox") == "a red fox"
    assert words_of("word " * 40) == " ".join(["word"] * 12)
    assert len(words_of("x" * 500)) == 60
