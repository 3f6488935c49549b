"""Templates: what they stand for, in which order, and what is wrong with them in words."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthlabel.domain.prompt_syntax import (
    LIST_NAME,
    MAX_COUNT,
    MAX_LIST_DEPTH,
    MAX_NESTING,
    PromptSyntaxError,
    TemplateReader,
    escape,
    names_in,
    read_template,
)

ANIMALS = {"animal": ["fox", "{red|grey} squirrel"], "place": ["a __animal__ den", "the sea"]}


def expand(template: str, *, first: int = 1000, **lists: list[str]) -> list[str]:
    return list(read_template(template, lists or ANIMALS).expand(first))


def problem(template: str, **lists: list[str]) -> PromptSyntaxError:
    with pytest.raises(PromptSyntaxError) as wrong:
        read_template(template, lists or ANIMALS)
    return wrong.value


def test_text_without_alternatives_stands_for_itself() -> None:
    assert expand("a red lighthouse, 50% grey | no people") == ["a red lighthouse, 50% grey | no people"]


def test_the_last_choice_changes_fastest() -> None:
    assert expand("{a|b} {1|2|3}") == ["a 1", "a 2", "a 3", "b 1", "b 2", "b 3"]


def test_alternatives_may_be_nested_and_empty() -> None:
    assert expand("{|old {red|blue} }boat") == ["boat", "old red boat", "old blue boat"]


def test_a_name_stands_for_each_value_of_its_list() -> None:
    assert expand("a __Animal__") == ["a fox", "a red squirrel", "a grey squirrel"]


def test_lists_may_name_lists() -> None:
    assert expand("__place__") == ["a fox den", "a red squirrel den", "a grey squirrel den", "the sea"]


def test_each_naming_of_a_list_is_a_choice_of_its_own() -> None:
    assert expand("__n__ and __n__", n=["1", "2"]) == ["1 and 1", "1 and 2", "2 and 1", "2 and 2"]


def test_a_backslash_makes_marks_ordinary() -> None:
    assert expand(r"\{a\|b\} \__animal__ C:\new") == [r"{a|b} __animal__ C:\new"]


def test_braces_without_a_bar_are_ordinary_text() -> None:
    assert expand('{"light": {"kind": "{soft|hard}"}}') == [
        '{"light": {"kind": "soft"}}',
        '{"light": {"kind": "hard"}}',
    ]


def test_only_as_many_as_asked_for_are_written_out() -> None:
    template = "{a|b}" * 500
    assert read_template(template, {}).count == MAX_COUNT
    assert expand(template, first=2) == ["a" * 500, "a" * 499 + "b"]


def test_lists_that_name_each_other_many_times_are_counted_without_being_written_out() -> None:
    lists = {str(depth): [f"__{depth + 1}__" * 5] * 50 for depth in range(1, MAX_LIST_DEPTH)}
    lists[str(MAX_LIST_DEPTH)] = ["a", "b"]
    assert read_template("__1__", lists).count == MAX_COUNT


@pytest.mark.parametrize("last", ["x" * 500, "{|}" * 166])
def test_lists_that_multiply_to_a_prompt_without_end_are_refused_where_they_are_named(last: str) -> None:
    lists = {name: [f"__{inner}__" * 100] for name, inner in pairwise("abcde")} | {"e": [last]}
    error = problem("an __a__", **lists)
    assert error.position == 3
    assert error.message.startswith("In the list “")
    assert error.message.endswith("one prompt would have more than 20,000 characters and alternatives.")


def test_the_longest_alternative_counts_even_if_it_is_not_the_first() -> None:
    assert read_template("__a__" * 40, {"a": ["x", "y" * 450]}).count == 2**40
    assert problem("__a__" * 45, a=["x", "y" * 450]).position == 0


def test_what_is_wrong_with_a_list_is_found_once_for_many_templates() -> None:
    class Values(list[str]):
        reads = 0

        def __iter__(self) -> Iterator[str]:
            self.reads += 1
            return super().__iter__()

    good, bad = Values(["fox", "cat"]), Values(["fox", "{"])
    reader = TemplateReader({"good": good, "bad": bad})
    for _ in range(3):
        assert reader.read("a __good__").count == 2
        with pytest.raises(PromptSyntaxError, match="In the list “bad”"):
            reader.read("a __bad__")
    assert (good.reads, bad.reads) == (1, 1)


def test_a_list_that_is_too_deep_within_others_may_be_named_by_itself() -> None:
    lists = {f"l{depth}": [f"__l{depth + 1}__"] for depth in range(1, 6)} | {"l6": ["end"]}
    reader = TemplateReader(lists)
    with pytest.raises(PromptSyntaxError, match="at most 5 deep"):
        reader.read("__l1__")
    assert list(reader.read("__l2__").expand(2)) == ["end"]


@pytest.mark.parametrize(
    ("template", "position", "words"),
    [
        ("a {b|c", 2, "This { is never closed."),
        ("{a {b|c}", 0, "This { is never closed."),
        ("a|b}", 3, "This } closes nothing."),
        ("an __unicorn__", 3, "There is no list “unicorn”."),
        ("{" * (MAX_NESTING + 1), MAX_NESTING, "Braces may stand at most 20 deep"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(template: str, position: int, words: str) -> None:
    error = problem(template)
    assert (error.position, error.message[: len(words)]) == (position, words)


def test_what_is_wrong_in_a_list_is_told_with_its_name() -> None:
    assert problem("a __bad__", bad=["{"]).message == "In the list “bad”: This { is never closed."


def test_a_list_that_holds_itself_is_refused() -> None:
    error = problem("x __a__", a=["__b__"], b=["{1|__a__}"])
    assert (error.position, "The list “a” holds itself" in error.message) == (2, True)


def test_lists_may_stand_five_deep_and_no_deeper() -> None:
    lists = {f"l{depth}": [f"__l{depth + 1}__"] for depth in range(1, 100)} | {"l100": ["end"]}
    assert list(read_template("__l96__", lists).expand(2)) == ["end"]
    assert "at most 5 deep" in problem("__l95__", **lists).message
    assert "at most 5 deep" in problem("__l1__", **lists).message


def test_an_empty_list_is_refused() -> None:
    assert problem("__e__", e=[]).message == "The list “e” is empty."


NAMES = {"a": True, "my_list-2": True, "a" * 40: True, "_a": False, "a__b": False, "": False, "A": False, "é": False}


@pytest.mark.parametrize(("name", "fits"), [*NAMES.items(), ("a" * 41, False), ("a\n", False)])
def test_names_are_short_plain_words(name: str, fits: bool) -> None:
    assert bool(LIST_NAME.fullmatch(name)) is fits


def test_the_names_that_a_template_holds_are_known_without_reading_it() -> None:
    assert names_in(r"{__a__|__B-2__} \__c__ __d_e__") == {"a", "b-2", "d_e"}


@pytest.mark.parametrize("sign", [" ", '"', ",", "_", "__a", "_a", "\\", "\\_", "|", "{|}", "{a}"])
def test_a_template_made_to_keep_a_reader_busy_does_not(sign: str) -> None:
    """The suite's time limit is the judge."""
    text = f"x{sign * 100_000}x"
    assert not names_in(text) - {"a"}
    assert outcome(text, {"a": ["b"]})


words = st.text(alphabet="ab {|}_\\", max_size=12)
plain = st.text(alphabet="ab _", max_size=5)
templates = st.recursive(
    plain.map(escape),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda options: "{" + "|".join(options) + "}"),
        st.lists(inner, min_size=1, max_size=3).map(" ".join),
    ),
    max_leaves=12,
)


@given(words)
def test_escaped_text_stands_for_itself(text: str) -> None:
    assert expand(escape(text)) == [text]


@given(templates)
def test_as_many_prompts_are_written_out_as_were_counted(template: str) -> None:
    read = read_template(template, {})
    assert len(list(read.expand(10_000))) == min(read.count, 10_000)


@given(templates, st.integers(0, 50))
def test_fewer_prompts_are_the_first_of_more(template: str, limit: int) -> None:
    read = read_template(template, {})
    assert list(read.expand(limit)) == list(read.expand(limit + 50))[:limit]


@given(templates, templates)
def test_side_by_side_multiplies_and_alternatives_add(one: str, other: str) -> None:
    first, second = read_template(one, {}).count, read_template(other, {}).count
    assert read_template(f"{one} {other}", {}).count == first * second
    assert read_template(f"{{{one}|{other}}}", {}).count == first + second


@given(st.text(alphabet="ab{|}_\\", max_size=40), st.lists(st.text(alphabet="ab{|}_", max_size=8), max_size=3))
def test_any_text_is_either_read_or_refused_in_words(text: str, values: list[str]) -> None:
    found = outcome(text, {"a": values, "b": ["x"]})
    if isinstance(found, PromptSyntaxError):
        assert 0 <= found.position < len(text)
        assert found.message
    else:
        assert found >= 1


def outcome(text: str, lists: dict[str, list[str]]) -> int | PromptSyntaxError:
    try:
        return read_template(text, lists).count
    except PromptSyntaxError as error:
        return error
