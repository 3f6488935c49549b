"""Taking things over into the form: what moves, what stays, and what cannot be had any more."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from synthlabel.adapters.catalog import load_catalog
from synthlabel.domain.generation import make_recipe
from synthlabel.ui.pages.studio.draft import (
    CUSTOM,
    Draft,
    LoraPick,
    SourcePick,
    choose_model,
    model_of,
    read_draft,
    read_spec,
    write_draft,
)
from synthlabel.ui.pages.studio.taking import (
    VARIATION_STRENGTH,
    WORDS,
    Around,
    Taken,
    add_source,
    move_source,
    read_settings,
    remove_source,
    restore,
    take,
)

CATALOG = load_catalog()
DEV, NANO = CATALOG.get_model("flux-dev"), CATALOG.get_model("nano-banana")
PICTURE = SourcePick("image", "0197e000-0000-7000-8000-00000000000a", 1344, 768)
PARENT = SourcePick("upload", "0197e000-0000-7000-8000-00000000000b", 640, 480)
AROUND = Around(sources=(PARENT,), image=PICTURE, families={"ink": "flux-1"})


@dataclass(frozen=True)
class Made:
    """A recipe as an image tells it."""

    prompt: str = "a fox"
    negative_prompt: str = ""
    model: str = "flux-dev"
    params: dict[str, Any] = field(default_factory=lambda: {"num_inference_steps": 36, "output_format": "jpeg"})
    seed: int = 77
    width_px: int = 1344
    height_px: int = 768
    loras: tuple[dict[str, Any], ...] = ()


def fresh(**changes: Any) -> Draft:
    return replace(read_draft({}, CATALOG), **changes)


def taken(draft: Draft, made: Made, what: str, around: Around | None = None) -> Taken:
    found = take(draft, made, what, catalog=CATALOG, around=around)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("prompt", {"prompt"}),
        ("seed", {"seed", "seed_fixed"}),
        ("size", {"shape"}),
        ("model", {"model"}),
        ("all", {"prompt", "seed", "seed_fixed", "shape", "model", "params"}),
        ("all_but_seed", {"prompt", "shape", "model", "params"}),
    ],
)
def test_taking_a_part_of_a_recipe_moves_nothing_else(what: str, changed: set[str]) -> None:
    before = fresh(prompt="mine")
    after = taken(before, Made(), what).draft
    names = {name for name, value in write_draft(after).items() if value != write_draft(before)[name]}
    assert names == changed


@pytest.mark.parametrize("what", ["nonsense", "source", "variations", "describe"])
def test_what_cannot_be_taken_changes_nothing(what: str) -> None:
    assert take(fresh(), Made(), what, catalog=CATALOG) is None


def test_taking_all_of_a_recipe_makes_the_same_request_again() -> None:
    made = Made(width_px=1000, height_px=600)
    spec, errors = read_spec(taken(fresh(), made, "all").draft, DEV)
    recipe = make_recipe(spec, DEV)
    assert errors == []
    assert (recipe.prompt, recipe.width_px, recipe.height_px, recipe.seed) == ("a fox", 1000, 600, 77)
    assert recipe.params["num_inference_steps"] == 36


def test_taking_all_brings_the_sources_and_the_loras_along() -> None:
    made = Made(model="flux-lora", loras=({"id": "ink", "name": "Ink", "weight": 0.7},))
    after = taken(fresh(), made, "all", AROUND)
    assert after.draft.sources == (PARENT,)
    assert after.draft.loras == (LoraPick("ink", "flux-1", 0.7),)
    assert after.words == f"Took {WORDS['all']}"


def test_what_is_gone_from_a_recipe_is_said() -> None:
    made = Made(model="gone", loras=({"id": "lost", "name": "Ink", "weight": 1},))
    after = taken(choose_model(fresh(), DEV), made, "all", AROUND)
    assert after.draft.model == "flux-dev"
    assert after.draft.loras == ()
    assert "its model" in after.words
    assert "the LoRA “Ink”" in after.words


def test_variations_start_from_the_image_half_way_where_its_model_can() -> None:
    after = taken(fresh(), Made(), "variations", AROUND).draft
    spec, errors = read_spec(after, DEV)
    assert errors == []
    assert (spec.prompt, spec.sources, spec.seed) == ("a fox", (PICTURE.id,), None)
    assert spec.params["strength"] == VARIATION_STRENGTH


def test_variations_of_a_model_without_similarity_are_all_but_the_seed() -> None:
    after = taken(fresh(seed_fixed=True, seed="5"), Made(model="flux-schnell", params={}), "variations", AROUND)
    assert (after.draft.prompt, after.draft.sources, after.draft.seed_fixed) == ("a fox", (PARENT,), False)
    assert after.words.startswith("Took all settings but the seed: FLUX.1 schnell takes no source")


def test_an_image_takes_the_place_of_the_only_source_and_joins_several() -> None:
    one = add_source(choose_model(fresh(sources=(PARENT,)), DEV), PICTURE, DEV)
    many = add_source(choose_model(fresh(sources=(PARENT,)), NANO), PICTURE, NANO)
    assert one.sources == (PICTURE,)
    assert many.sources == (PARENT, PICTURE)
    assert add_source(many, PARENT, NANO).sources == (PICTURE, PARENT)


def test_sources_keep_their_order_and_can_be_moved_and_removed() -> None:
    draft = fresh(sources=(PARENT, PICTURE))
    assert move_source(draft, PICTURE.id, -1).sources == (PICTURE, PARENT)
    assert move_source(draft, PICTURE.id, -9).sources == (PICTURE, PARENT)
    assert move_source(draft, "nobody", 1) == draft
    assert remove_source(draft, PARENT.id, model_of(draft, CATALOG)).sources == (PICTURE,)


def test_the_settings_of_a_file_fill_what_they_name_and_leave_the_rest() -> None:
    found = read_settings(
        {
            "prompt": "a castle",
            "model": "flux-dev",
            "seed": 12,
            "width": 640,
            "height": 512,
            "params": {"strength": 0.4},
        }
    )
    assert found is not None
    draft = restore(fresh(prompt="mine", count=3), found, catalog=CATALOG, families={})
    assert (draft.prompt, draft.model, draft.seed, draft.seed_fixed) == ("a castle", "flux-dev", "12", True)
    assert (draft.shape, draft.width, draft.height, draft.count) == (CUSTOM, "640", "512", 3)
    assert draft.params == {"strength": 0.4}


def test_a_file_that_names_only_a_size_changes_only_the_size() -> None:
    found = read_settings({"prompt": None, "width": 1344, "height": 768, "loras": []})
    assert found is not None
    assert restore(fresh(prompt="mine"), found, catalog=CATALOG, families={}) == fresh(prompt="mine", shape="16:9")


@pytest.mark.parametrize("data", [{"seed": "many"}, {"params": [1]}, {"loras": "all"}])
def test_settings_that_are_none_are_refused(data: dict[str, Any]) -> None:
    assert read_settings(data) is None
