"""Recipes out of picture files: our own, and those of other tools. Pure; whatever the texts say, nothing here fails."""

from collections.abc import Mapping

from synthlabel.domain.imported_recipes import a1111, comfyui, invokeai, ours
from synthlabel.domain.imported_recipes.found import FoundLora, FoundRecipe, Source

__all__ = ["FoundLora", "FoundRecipe", "Source", "read_recipe"]

# A tool's own form is more exact than the text that it writes for others besides
_READERS = (ours.read, invokeai.read, a1111.read, comfyui.read)


def read_recipe(texts: Mapping[str, str]) -> FoundRecipe:
    """Return the recipe that a file's texts hold; one of ``Source.NONE`` if there is none that we can read."""
    return next((found for read in _READERS if (found := read(texts)) is not None), FoundRecipe())
