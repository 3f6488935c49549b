"""Boards: named sets of images, and who sees them."""

from enum import StrEnum


class Visibility(StrEnum):
    PRIVATE = "private"
    TEAM = "team"
