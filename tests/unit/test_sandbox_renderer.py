"""The sandbox's pictures: what a prompt's words do to them, and what never changes."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from synthlabel.sandbox import renderer
from synthlabel.sandbox.renderer import Format, Picture, blank, encode, render
from synthlabel.sandbox.renderer.illustrations import library
from synthlabel.sandbox.renderer.lexicon import Hour, Place, Weather
from synthlabel.sandbox.renderer.reading import Reading, read

FOX = Picture("a red fox in the snow", seed=7, width_px=256, height_px=192)
AMBER = np.array([245, 165, 36])


def reading(prompt: str, negative_prompt: str = "") -> Reading:
    return read(prompt, negative_prompt, library())


def cast(prompt: str, negative_prompt: str = "") -> list[tuple[str, int]]:
    return [(role.sprite.name, role.count) for role in reading(prompt, negative_prompt).roles]


def picture(prompt: str, *, seed: int = 1, side: int = 128, negative_prompt: str = "", style: str = "") -> Picture:
    return Picture(prompt, seed, side, side, negative_prompt, style)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean absolute difference of two pictures of one size, 0-255."""
    return float(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).mean())


def shape_of(image: Image.Image) -> tuple[tuple[int, int], str]:
    return image.size, image.mode


# What stays the same


def test_the_same_picture_has_the_same_pixels() -> None:
    assert render(FOX).tobytes() == render(FOX).tobytes()


def test_another_process_draws_the_same_pixels() -> None:
    program = (
        "from hashlib import sha256; from synthlabel.sandbox.renderer import Picture, render;"
        f"print(sha256(render({FOX!r}).tobytes()).hexdigest())"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == sha256(render(FOX).tobytes()).hexdigest()


def test_threads_that_draw_at_the_same_time_do_not_disturb_each_other() -> None:
    prompts = ["neon city at night in the rain", "a cat in a library", "submarine under water", "abstract gold marble"]
    alone = [render(picture(prompt)).tobytes() for prompt in prompts]
    with ThreadPoolExecutor(max_workers=8) as pool:
        together = [image.tobytes() for image in pool.map(lambda prompt: render(picture(prompt)), prompts * 4)]
    assert together == alone * 4


@pytest.mark.parametrize("size", [(64, 64), (65, 131), (64, 1024), (1024, 64), (321, 320), (513, 257), (1000, 750)])
def test_a_picture_has_exactly_the_size_asked_for(size: tuple[int, int]) -> None:
    image = render(Picture("two cats on the beach at sunset", 3, *size))
    assert shape_of(image) == (size, "RGB")


@pytest.mark.parametrize("size", [(63, 64), (64, 4097), (0, 64)])
def test_a_side_out_of_range_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="64-4096"):
        Picture("a cat", 1, *size)


# What changes


def test_another_seed_is_another_picture() -> None:
    assert difference(render(picture("a fox in a meadow", seed=1)), render(picture("a fox in a meadow", seed=2))) > 3


def test_subjects_are_read_from_the_prompt_alone_so_that_every_seed_shows_them() -> None:
    for seed in range(4):
        shown = render(picture("a cat in a studio", seed=seed))
        removed = render(picture("a cat in a studio", seed=seed, negative_prompt="cat"))
        assert difference(shown, removed) > 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a cat in a meadow", "a dog in a meadow"),
        ("a meadow at noon", "a meadow at night"),
        ("zorblax quintet", "glimmerwock of vantoria"),
        ("one apple on a table", "five apples on a table"),
        ("a blue car", "a green car"),
        ("", "a"),
    ],
)
def test_other_words_are_another_picture(one: str, other: str) -> None:
    assert difference(render(picture(one)), render(picture(other))) > 1


def test_an_endpoint_draws_in_its_own_way() -> None:
    flux = Picture("a cat", 1, 128, 128, endpoint="fal-ai/flux/dev")
    other = Picture("a cat", 1, 128, 128, endpoint="fal-ai/qwen-image")
    assert difference(render(flux), render(other)) > 1


def test_a_style_is_plainly_visible_and_its_own() -> None:
    plain, first, second = (render(picture("a cat in a meadow", style=style)) for style in ("", "first", "second"))
    assert min(difference(plain, first), difference(plain, second), difference(first, second)) > 12


def test_a_negative_prompt_takes_a_subject_out_of_the_picture() -> None:
    assert cast("a cat and a dog in a meadow", "cat") == [("dog", 1)]


def test_a_negative_prompt_takes_people_animals_places_and_weather_away() -> None:
    assert cast("a wizard and a fox in a forest", "people, animals") == []
    assert reading("rain in a forest", "rain").weather is not Weather.RAIN
    assert reading("a forest by the sea", "forest").place is Place.SEA


# What the words mean


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a fox and a cat", [("fox", 1), ("cat", 1)]),
        ("three apples on a wooden table", [("red apple", 3)]),
        ("2 wolves howling", [("wolf", 2)]),
        ("puppies", [("dog", 3)]),
        ("5 shiny red balloons", [("balloon", 5)]),
        ("40 mice", [("mouse", 12)]),
        ("portrait of a wizard", [("mage", 1)]),
        ("a palm tree", [("palm tree", 1)]),
        ("a lighthouse and a submarine", [("lighthouse", 1), ("submarine", 1)]),
        ("a hot dog", [("hot dog", 1)]),
        ("a sunflower field", [("sunflower", 11)]),
        ("mountains", []),
        ("Ein Wort, 日本語, ...!?", []),
    ],
)
def test_subjects_and_their_number_are_found(prompt: str, expected: list[tuple[str, int]]) -> None:
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("a red fox in the snow", Place.SNOW),
        ("astronaut riding a horse on mars", Place.MARS),
        ("submarine under water", Place.UNDERWATER),
        ("a vase on a marble table", Place.TABLE),
        ("product photo of a sneaker", Place.STUDIO),
        ("a rabbit on the moon", Place.MOON),
        ("a penguin", Place.SNOW),
        ("a sailboat", Place.SEA),
    ],
)
def test_the_place_is_named_or_where_the_subject_is_at_home(prompt: str, place: Place) -> None:
    assert reading(prompt).place is place


def test_hour_and_weather_are_read() -> None:
    seen = reading("a dragon over a castle at night in a storm")
    assert (seen.hour, seen.weather, seen.flying) == (Hour.NIGHT, Weather.STORM, True)


def test_a_colour_belongs_to_the_subject_that_follows_it_or_else_to_the_picture() -> None:
    assert reading("a blue car").roles[0].paint is not None
    assert len(reading("abstract gold and teal marble").colours) == 2


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("size", [(64, 64), (64, 400), (400, 64)])
def test_every_place_is_drawn_in_every_shape(place: Place, size: tuple[int, int]) -> None:
    words = {Place.MOON: "lunar"}
    prompt = words.get(place, place.value)
    assert reading(prompt).place is place
    image = render(Picture(f"{prompt}, a cat and two birds, night, rain, snowy", 5, *size))
    assert float(np.asarray(image).std()) > 4


# What says that no model drew it


def _amber_pixels(image: Image.Image) -> int:
    foot = np.asarray(image.crop((0, image.height * 3 // 4, image.width, image.height)), np.int16)
    return int((np.abs(foot - AMBER).max(axis=2) < 40).sum())


@pytest.mark.parametrize("style", ["", "some-lora"])
@pytest.mark.parametrize("side", [64, 300, 1024])
def test_the_badge_is_in_the_corner_of_every_picture(style: str, side: int) -> None:
    image = render(picture("underwater", side=side, style=style, negative_prompt="badge, text, watermark, sandbox"))
    assert _amber_pixels(image) > 0


@pytest.mark.parametrize("file_format", ["jpeg", "webp", "png"])
def test_metadata_say_that_it_is_a_sandbox_picture(file_format: Format) -> None:
    opened = Image.open(BytesIO(encode(render(FOX), format=file_format, label=FOX)))
    exif = opened.getexif()
    software, text = exif.get(0x0131), exif.get(0x010E)
    if file_format == "png":
        software, text = opened.info["Software"], opened.info["Description"]
    assert opened.format == file_format.upper()
    assert software == "SynthLabel sandbox"
    assert json.loads(str(text)).items() >= {"sandbox": True, "prompt": FOX.prompt, "seed": 7}.items()


@pytest.mark.parametrize("file_format", ["jpeg", "webp", "png"])
def test_the_same_picture_is_the_same_file(file_format: Format) -> None:
    odd = Picture("日本語 \N{FOX FACE}", 1, 64, 64)
    image = render(odd)
    assert encode(image, format=file_format, label=odd) == encode(image, format=file_format, label=odd)


def test_the_safety_filter_s_picture_is_black() -> None:
    assert blank(80, 64).getextrema() == ((0, 0), (0, 0), (0, 0))


# The illustrations


def test_every_illustration_can_be_shown_and_every_word_leads_to_one() -> None:
    shelf = library()
    for sprite in shelf.sprites.values():
        for variant in range(len(sprite.files)):
            shown = sprite.picture(variant)
            assert shown.mode == "RGBA"
            assert np.asarray(shown.getchannel("A")).max() > 200
    assert set(shelf.names.values()) | set(shelf.keywords.values()) <= set(shelf.sprites)


def test_the_licence_lies_beside_the_illustrations_which_stay_small() -> None:
    folder = Path(renderer.__file__).parent.parent / "illustrations"
    assert "Permission is hereby granted, free of charge" in (folder / "LICENSE").read_text()
    assert (folder / "fluent-emoji.zip").stat().st_size <= 3_000_000
