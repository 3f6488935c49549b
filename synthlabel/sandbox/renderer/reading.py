"""From a prompt to a reading: what the picture should show, before anything is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from synthlabel.sandbox.renderer import lexicon
from synthlabel.sandbox.renderer.casting import Role, cast
from synthlabel.sandbox.renderer.chance import hashed
from synthlabel.sandbox.renderer.illustrations import Library
from synthlabel.sandbox.renderer.lexicon import Hour, Mood, Place, Rgb, Weather
from synthlabel.sandbox.renderer.words import singulars, tokens

T = TypeVar("T")

_FIELDFUL: Final = 11
_SUBJECTLESS: Final = (
    Place.MOUNTAINS, Place.SEA, Place.MEADOW, Place.FOREST, Place.DESERT, Place.CITY, Place.SKY, Place.ABSTRACT,
    Place.BEACH,
)  # fmt: skip
_HOURS: Final = (Hour.DAY, Hour.DAY, Hour.DAY, Hour.DAY, Hour.DAY, Hour.DAWN, Hour.SUNSET, Hour.SUNSET)


@dataclass(frozen=True, slots=True)
class Reading:
    """``salt`` stands for the wording itself, so that words nobody knows still vary the scene."""

    place: Place
    hour: Hour
    weather: Weather
    moods: frozenset[Mood]
    colours: tuple[Rgb, ...]
    roles: tuple[Role, ...]
    words: frozenset[str]
    without: frozenset[str]
    portrait: bool
    riding: bool
    flying: bool  # the first subject is in the air
    salt: int

    def mentions(self, *words: str) -> bool:
        """Whether the prompt has one of ``words`` and the negative prompt does not take it away."""
        return any(word in self.words and word not in self.without for word in words)

    def casts(self, *names: str) -> bool:
        """Whether one of the illustrations plays in the picture."""
        return any(role.sprite.name in names for role in self.roles)

    def allows(self, *words: str) -> bool:
        """Whether the negative prompt leaves all of ``words`` in the picture."""
        return not any(word in self.without for word in words)


def read(prompt: str, negative_prompt: str, library: Library) -> Reading:
    """Read English word by word; every other word only varies the picture. Never fails."""
    words = tokens(prompt)
    without = _with_singulars(tokens(negative_prompt))
    found = cast(words, library, hints="abstract" not in words)
    roles = tuple(role for role in found.roles if not _unwanted(role, without, negative_prompt, library))
    scene = [word for position, word in enumerate(words) if position not in found.used]
    portrait = bool(lexicon.PORTRAIT_WORDS & set(scene))
    salt = hashed("salt", *sorted(set(words) - lexicon.FILLERS))
    place = _place(scene, without, roles, salt=salt)
    hour = Hour.DAY if place is Place.MOON else _hour(scene, words, without, salt=salt)
    weather = _first(scene, lexicon.WEATHERS, without) or _default_weather(salt)
    roles = tuple(role for role in roles if not _is_in_the_sky_anyway(role, place, hour, weather))
    return Reading(
        place=place,
        hour=hour,
        weather=weather,
        moods=frozenset(mood for word, mood in lexicon.MOODS.items() if word in scene and word not in without),
        colours=tuple(lexicon.COLOURS[word] for word in scene if word in lexicon.COLOURS and word not in without)[:4],
        roles=tuple(_in_bloom(role, scene) for role in (_sitter(roles) if portrait else roles)),
        words=_with_singulars(words),
        without=without,
        portrait=portrait,
        flying=bool(lexicon.FLYING_WORDS & set(words)) or (len(roles) > 1 and bool(lexicon.OVER_WORDS & set(words))),
        riding=bool(lexicon.RIDING_WORDS & set(words)) and len(roles) > 1,
        salt=salt,
    )


def _with_singulars(words: list[str]) -> frozenset[str]:
    return frozenset(words) | {form for word in words for form in singulars(word)}


def _unwanted(role: Role, without: frozenset[str], negative_prompt: str, library: Library) -> bool:
    if role.sprite.kind in {"bust", "person"} and without & lexicon.PEOPLE_WORDS:
        return True
    if role.sprite.kind in {"beast", "head", "swimmer"} and without & lexicon.ANIMAL_WORDS:
        return True
    return any(other.sprite.name == role.sprite.name for other in cast(tokens(negative_prompt), library).roles)


def _is_in_the_sky_anyway(role: Role, place: Place, hour: Hour, weather: Weather) -> bool:
    """The sky has a sun or a full moon of its own, unless it is veiled: one is enough."""
    if place in lexicon.INDOORS | lexicon.WORLDS or weather in lexicon.VEILS:
        return False
    return role.sprite.name == {Hour.NIGHT: "full moon", Hour.DUSK: ""}.get(hour, "sun")


def _sitter(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """A portrait shows one person, whatever else its words call ("an old man with a beard")."""
    people = [role for role in roles if role.sprite.kind == "bust"]
    return tuple(role for role in roles if role not in people[1:])


def _in_bloom(role: Role, scene: list[str]) -> Role:
    """A field of a flower is full of it."""
    return (
        replace(role, count=_FIELDFUL)
        if role.sprite.kind == "flower" and {"field", "fields", "garden"} & set(scene)
        else role
    )


def _place(scene: list[str], without: frozenset[str], roles: tuple[Role, ...], *, salt: int) -> Place:
    for word in scene:
        if word in lexicon.STRONG_PLACES and word not in without:
            return lexicon.PLACES[word]
    firm = {word: place for word, place in lexicon.PLACES.items() if place not in lexicon.SOFT_PLACES}
    named = _first(scene, firm, without) or _first(scene, lexicon.PLACES, without)
    if named:
        return named
    if "moon" in scene and "on" in scene[: scene.index("moon")]:
        return Place.MOON
    for role in roles:
        name = role.sprite.name.replace(" ", "_")
        return lexicon.HOMES.get(name) or lexicon.KIND_HOMES[role.sprite.kind]
    return _SUBJECTLESS[salt % len(_SUBJECTLESS)]


def _hour(scene: list[str], words: list[str], without: frozenset[str], *, salt: int) -> Hour:
    """A subject may tell the hour as well: there is a sprite of a full moon."""
    named = _first(scene, lexicon.HOURS, without) or _first(words, lexicon.HOURS, without)
    return named or _HOURS[(salt >> 8) % len(_HOURS)]


def _default_weather(salt: int) -> Weather:
    return Weather.CLOUDS if (salt >> 16) % 3 else Weather.CLEAR


def _first(scene: list[str], table: Mapping[str, T], without: frozenset[str]) -> T | None:
    for word in scene:
        for form in (word, *singulars(word)):
            if form in table and form not in without and word not in without:
                return table[form]
    return None
