"""Blocking: where each subject stands, how tall, in which order; numbers only, nothing is drawn here."""

from dataclasses import dataclass, replace
from math import sqrt
from typing import Final

from PIL import Image

from synthlabel.sandbox.renderer import costume
from synthlabel.sandbox.renderer.casting import Role
from synthlabel.sandbox.renderer.chance import Rng
from synthlabel.sandbox.renderer.reading import Reading
from synthlabel.sandbox.renderer.stage import Ground

_AIRBORNE: Final = frozenset({"flyer", "sky"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One subject, placed: ``x`` is its middle, ``foot`` the row it stands on; all px of the finished picture.

    ``depth``: 1 near, 0 far.
    """

    picture: Image.Image
    kind: str
    x: float
    foot: float
    height: float
    depth: float
    airborne: bool
    cropped: bool  # goes on below the picture's edge

    @property
    def width(self) -> float:
        return self.height * self.picture.width / self.picture.height


def block(reading: Reading, ground: Ground, rng: Rng, *, width_px: int, height_px: int) -> list[Figure]:
    """Figures of all roles, farthest first."""
    unit = min(width_px, height_px * 1.15)
    cast = _company(reading, rng)
    figures = [
        _figure(role, picture, reading, ground, rng, order=order, company=len(cast), frame=(width_px, height_px, unit))
        for order, (role, picture) in enumerate(cast)
    ]
    return sorted(
        _fitted(figures, ground, width_px), key=lambda figure: (figure.cropped, not figure.airborne, figure.foot)
    )


def _company(reading: Reading, rng: Rng) -> list[tuple[Role, Image.Image]]:
    roles = list(reading.roles)
    if reading.riding:
        rider, mount = roles[0], roles[1]
        seat = costume.mounted(_dressed(rider, rng), _dressed(mount, rng))
        return [(replace(mount, count=1, scale=mount.scale * 1.35), seat), *_extras(roles[2:], rng)]
    return _extras(roles, rng)


def _extras(roles: list[Role], rng: Rng) -> list[tuple[Role, Image.Image]]:
    return [(role, _dressed(role, rng)) for role in roles for _ in range(role.count)]


def _dressed(role: Role, rng: Rng) -> Image.Image:
    picture = role.sprite.picture(int(rng.integers(0, 12)))
    if role.paint is None or role.sprite.kind in {"bust", "person"}:
        return picture
    return costume.painted(picture, role.paint, share=0.5 if role.sprite.kind in {"beast", "head", "food"} else 1.0)


def _figure(
    role: Role,
    picture: Image.Image,
    reading: Reading,
    ground: Ground,
    rng: Rng,
    *,
    order: int,
    company: int,
    frame: tuple[int, int, float],
) -> Figure:
    width, height, unit = frame
    kind = role.sprite.kind
    airborne = kind in _AIRBORNE or ground.afloat or (reading.flying and role is reading.roles[0])
    cropped = kind == "bust" and order == 0 and not reading.riding and role.count == 1
    lead = 1.25 if company == 1 else 1.0
    depth = float(rng.uniform(0.55, 1.0)) if company == 1 else float(rng.random())
    tall = (
        ground.size
        * unit
        * role.sprite.size**0.7
        * role.scale
        * lead
        / sqrt(sqrt(max(1, company - 1)))
        * (0.74 + 0.26 * depth)
    )
    if cropped:
        tall = unit * (0.8 if reading.portrait else 0.58) * float(rng.uniform(0.88, 1.1))
    elif reading.portrait and order == 0:
        tall, depth = unit * 0.62, 1.0
    foot = _foot(ground, rng, depth=depth, height=height, tall=tall, airborne=airborne)
    if cropped:
        foot, depth = height + tall * 0.02, 1.0
    x = _across(ground, rng, order=order, company=company, centred=reading.portrait) * width
    return Figure(picture, kind, x, foot, tall, depth, airborne and not cropped, cropped)


def _foot(ground: Ground, rng: Rng, *, depth: float, height: int, tall: float, airborne: bool) -> float:
    if not airborne:
        return height * (ground.far + (ground.near - ground.far) * depth)
    low, high = (ground.far, ground.near) if ground.afloat else (0.34, 0.52)
    return height * float(rng.uniform(low, high)) + tall * (0.45 if ground.afloat else 0.35)


def _across(ground: Ground, rng: Rng, *, order: int, company: int, centred: bool) -> float:
    """A share of the width: alone near a third or the middle, in company evenly spread with some disorder."""
    if company == 1:
        middle, reach = (ground.left + ground.right) / 2, (ground.right - ground.left) / 2
        return middle + reach * float(
            rng.uniform(-0.12, 0.12) if centred else rng.choice([-0.36, 0.0, 0.36]) + rng.uniform(-0.14, 0.14)
        )
    slot = (order + 0.5) / company + float(rng.uniform(-0.18, 0.18)) / company
    spread = 0.08 if company > 5 else 0.0
    return ground.left - spread + (ground.right - ground.left + 2 * spread) * slot


def _fitted(figures: list[Figure], ground: Ground, width_px: int) -> list[Figure]:
    """Shrink a company that is too wide for the stage, and keep everybody inside the frame."""
    room = (ground.right - ground.left + 0.1) * width_px
    needed = sum(figure.width for figure in figures) * (1.0 if len(figures) < 3 else 0.8 if len(figures) < 6 else 0.5)
    share = min(1.0, room / needed) if needed else 1.0
    return [_inside(replace(figure, height=figure.height * share), width_px) for figure in figures]


def _inside(figure: Figure, width_px: int) -> Figure:
    half = figure.width / 2
    margin = min(half + 0.02 * width_px, width_px / 2)
    return replace(figure, x=min(max(figure.x, margin), width_px - margin))
