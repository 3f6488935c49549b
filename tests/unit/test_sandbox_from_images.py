"""What the sandbox makes of a picture that it is given: redrawn, edited, enlarged, cut out, described."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from synthlabel.sandbox.renderer import (
    Note,
    Picture,
    caption,
    cut_out,
    edit,
    encode,
    mask_of,
    note_of,
    redraw,
    render,
    upscale,
)
from synthlabel.sandbox.renderer.encoding import Format
from synthlabel.sandbox.renderer.illustrations import library
from synthlabel.sandbox.renderer.reading import read

TINY = [(1, 1), (1, 90), (90, 1), (7, 20)]


@cache
def drawn(prompt: str, *, seed: int = 7, side: int = 320, negative_prompt: str = "") -> Image.Image:
    return render(Picture(prompt, seed, side, side, negative_prompt=negative_prompt))


def square_on(ground: str, ink: str, size: tuple[int, int] = (300, 200)) -> Image.Image:
    image = Image.new("RGB", size, ground)
    image.paste(ink, (size[0] // 3, size[1] // 3, size[0] * 2 // 3, size[1] * 2 // 3))
    return image


def difference(one: Image.Image, other: Image.Image) -> float:
    pair = [np.asarray(image.convert("RGB").resize(other.size), np.float32) for image in (one, other)]
    return float(np.abs(pair[0] - pair[1]).mean())


# Image to image


def test_no_strength_leaves_the_source_and_full_strength_draws_the_prompt() -> None:
    source, picture = drawn("a cat in a meadow"), Picture("a wolf on mars", 3, 320, 320)
    assert difference(redraw(picture, source, strength=0), source) < 1
    assert redraw(picture, source, strength=1).tobytes() == render(picture).tobytes()


def test_the_stronger_the_farther_from_the_source_and_the_nearer_to_the_prompt() -> None:
    source, picture = drawn("a cat in a meadow"), Picture("a wolf on mars", 3, 320, 320)
    steps = [redraw(picture, source, strength=strength) for strength in (0.1, 0.4, 0.6, 0.8, 0.97)]
    from_source = [difference(step, source) for step in steps]
    to_prompt = [difference(step, render(picture)) for step in steps]
    assert from_source == sorted(from_source)
    assert to_prompt == sorted(to_prompt, reverse=True)


def test_a_redrawn_picture_keeps_the_palette_of_its_source_at_middle_strength() -> None:
    source = drawn("a red apple on a table")
    blue, green = (Image.new("RGB", source.size, colour) for colour in ("#2040c0", "#20a040"))
    picture = Picture("a lighthouse", 3, 320, 320)
    means = [np.asarray(redraw(picture, each, strength=0.6), np.float32).mean(axis=(0, 1)) for each in (blue, green)]
    assert means[0][2] > means[1][2] + 20
    assert means[1][1] > means[0][1] + 20


def test_the_new_subject_stands_where_the_old_one_stood() -> None:
    left, right = square_on("#78a0c8", "#d02818"), square_on("#78a0c8", "#d02818")
    left, right = (
        left.transform(left.size, Image.Transform.AFFINE, (1, 0, 80, 0, 1, 0), fillcolor="#78a0c8"),
        (right.transform(right.size, Image.Transform.AFFINE, (1, 0, -80, 0, 1, 0), fillcolor="#78a0c8")),
    )

    def middle(source: Image.Image) -> float:
        picture = Picture("a cat in a studio", 1, 300, 200)
        without = Picture("a cat in a studio", 1, 300, 200, negative_prompt="cat")
        pair = [np.asarray(redraw(each, source, strength=0.6), np.float32) for each in (picture, without)]
        columns = np.abs(pair[0] - pair[1]).sum(axis=(0, 2))
        return float((columns * np.arange(300)).sum() / columns.sum())

    assert middle(right) - middle(left) > 60


# Edits


def test_an_edit_that_names_no_place_keeps_the_picture_and_adds_what_is_new() -> None:
    source = drawn("a cat in a meadow")
    unchanged = edit(Picture("keep it", 1, 320, 320), [source])
    with_dog = edit(Picture("add a dog", 1, 320, 320), [source])
    assert difference(unchanged, source) < 2
    assert difference(with_dog, source) > 2
    assert difference(edit(Picture("brush the cat", 1, 320, 320), [source]), source) < 2


def test_an_edit_that_asks_for_another_light_changes_the_tone_of_the_picture() -> None:
    source = drawn("a cat in a meadow at noon")
    night = edit(Picture("make it night", 1, 320, 320), [source])
    assert np.asarray(night, np.float32).mean() < np.asarray(source, np.float32).mean() - 25


def test_an_edit_that_names_a_place_puts_every_subject_there() -> None:
    sources = [square_on("#8899aa", "#e01010"), square_on("#8899aa", "#10c020")]
    image = edit(Picture("both in a library", 1, 512, 384), sources)
    pixels = np.asarray(image, np.int32)
    red = (pixels[..., 0] > 150) & (pixels[..., 1] < 70) & (pixels[..., 2] < 70)
    green = (pixels[..., 1] > 120) & (pixels[..., 0] < 80) & (pixels[..., 2] < 90)
    assert red.mean() > 0.02
    assert green.mean() > 0.02
    assert np.nonzero(red)[1].mean() < np.nonzero(green)[1].mean()


@pytest.mark.parametrize(
    ("prompt", "known"), [("the fox", True), ("a fox", False), ("this red fox", True), ("three foxes", False)]
)
def test_the_article_says_whether_a_subject_is_in_the_source_already(prompt: str, known: bool) -> None:
    assert [role.known for role in read(prompt, "", library()).roles] == [known]


# Upscaling


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_enlarged_picture_shows_the_same_at_exactly_the_size(mode: str) -> None:
    source = drawn("a cat in a meadow", side=128).convert(mode)
    grown = upscale(source, (333, 512))
    assert (grown.size, grown.mode) == ((333, 512), mode)
    assert difference(grown, source) < 6


# Backgrounds


@pytest.mark.parametrize(
    "prompt",
    ["a cat in a meadow", "three apples on a wooden table", "a car in the city", "a red fox in the snow",
     "submarine under water", "product photo of a sneaker", "a parrot in a forest"],
)  # fmt: skip
def test_the_subject_of_the_sandbox_s_own_pictures_is_found(prompt: str) -> None:
    """The truth: where the picture differs from the same one without its subject, shadows aside."""
    subject = library().sprites[read(prompt, "", library()).roles[0].sprite.name].name.split()[-1]
    shown, bare = drawn(prompt), drawn(prompt, negative_prompt=subject)
    truth = np.abs(np.asarray(shown, np.int32) - np.asarray(bare, np.int32)).max(axis=2) > 60
    found = np.asarray(mask_of(shown)) > 128
    overlap = (truth & found).sum() / (truth | found).sum()
    assert overlap > 0.6


def test_a_cut_picture_has_clear_surroundings_a_solid_inside_and_a_soft_edge() -> None:
    alpha = np.asarray(mask_of(square_on("#1e3ca0", "#dc281e")))
    assert alpha[100, 150] == 255
    assert alpha[:40].max() == 0
    disc = Image.new("RGB", (1200, 1200), "#e8e8e0")
    ImageDraw.Draw(disc).ellipse((350, 350, 850, 850), fill="#204060")
    disc = disc.resize((300, 300), Image.Resampling.LANCZOS)
    edges = np.asarray(mask_of(disc))
    assert ((edges > 20) & (edges < 235)).any()


def test_transparency_that_is_there_already_is_believed() -> None:
    source = Image.new("RGBA", (100, 100))
    source.paste((200, 30, 30, 255), (10, 10, 50, 50))
    assert mask_of(source).tobytes() == source.getchannel("A").tobytes()


def test_a_picture_in_which_nothing_stands_out_stays_whole() -> None:
    assert np.asarray(mask_of(Image.new("RGB", (120, 80), "#406080"))).min() == 255


# Captions


def test_a_picture_of_the_sandbox_tells_its_prompt_and_another_one_what_it_looks_like() -> None:
    picture = drawn("a red fox in the snow")
    assert "a red fox in the snow" in caption(picture, Note("A red fox in the snow.", 7), length="short")
    plain = caption(square_on("#1e3ca0", "#dc281e"), None, length="long")
    assert plain.startswith("A landscape picture in ")
    assert "red stands out in the middle" in plain


def test_a_longer_caption_says_more() -> None:
    picture, note = drawn("a red fox in the snow"), Note("a red fox in the snow", 7)
    lengths = [len(caption(picture, note, length=length)) for length in ("short", "normal", "long")]
    assert lengths == sorted(set(lengths))


@pytest.mark.parametrize("file_format", ["jpeg", "webp", "png", "gif"])
def test_a_file_tells_the_words_that_it_was_made_from(file_format: Format) -> None:
    label = Note("日本語 fox", 12, "fal-ai/birefnet/v2", "some lora")
    data = encode(drawn("a fox", side=64), format=file_format, label=label)
    assert note_of(Image.open(BytesIO(data))) == label


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sandbox": true}', '{"prompt": "x", "seed": 1}'])
def test_a_foreign_description_is_no_note(text: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = text
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=exif)
    assert note_of(Image.open(buffer)) is None


# All of them


@pytest.mark.parametrize("size", TINY)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_smallest_pictures_are_taken_as_well(size: tuple[int, int], mode: str) -> None:
    source, picture = Image.new(mode, size, (9, 90, 200)), Picture("a cat on a beach", 1, 64, 64)
    assert cut_out(source).size == size
    assert upscale(source, (size[0] * 3, size[1] * 3)).size == (size[0] * 3, size[1] * 3)
    assert redraw(picture, source, strength=0.5).size == edit(picture, [source, source]).size == (64, 64)
    assert caption(source, None, length="long")


def test_the_same_sources_give_the_same_pixels_in_any_thread() -> None:
    source, picture = drawn("a cat in a meadow"), Picture("a dog on a beach", 5, 160, 160)

    def work(kind: int) -> bytes:
        made = [
            lambda: redraw(picture, source, strength=0.5),
            lambda: edit(picture, [source, source]),
            lambda: cut_out(source),
            lambda: upscale(source, (400, 400)),
        ]
        return made[kind % 4]().tobytes()

    alone = [work(kind) for kind in range(4)]
    with ThreadPoolExecutor(max_workers=4) as pool:
        assert list(pool.map(work, range(8))) == alone * 2


# The sky


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("a castle under a full moon", ["castle"]),
        ("the sun over a meadow", []),
        ("a crescent moon over the sea", ["crescent moon"]),
        ("a full moon in the rain", ["full moon"]),
        ("a full moon in space", ["full moon"]),
    ],
)
def test_a_picture_has_one_moon_and_one_sun(prompt: str, shown: list[str]) -> None:
    assert [role.sprite.name for role in read(prompt, "", library()).roles] == shown
