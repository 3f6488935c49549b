"""Copies of images that leave the product: the stored file, with its recipe written into it."""

from synthlabel.db.tables import Generation, Image
from synthlabel.domain.catalog import Catalog
from synthlabel.domain.provenance import ImageRecipe, marks_of
from synthlabel.errors import NotFoundError
from synthlabel.ports import ObjectStorage, PictureMarks


class Copies:
    def __init__(self, catalog: Catalog, storage: ObjectStorage, marks: PictureMarks) -> None:
        self._catalog = catalog
        self._storage = storage
        self._marks = marks

    async def marked(self, image: Image, generation: Generation, *, has_sources: bool) -> bytes:
        """Return the file with its recipe and the declaration that a model made it. Raises NotFoundError."""
        data = await self._storage.get(image.storage_key)
        return self._marks.embed(data, marks_of(self._recipe(image, generation, has_sources=has_sources)))

    async def plain(self, image: Image) -> bytes:
        """Return the file as it is stored. Raises NotFoundError."""
        return await self._storage.get(image.storage_key)

    def _recipe(self, image: Image, generation: Generation, *, has_sources: bool) -> ImageRecipe:
        return ImageRecipe(
            prompt=generation.prompt,
            negative_prompt=generation.negative_prompt,
            model=generation.model,
            model_name=self._model_name(generation.model),
            seed=image.seed,
            width_px=generation.width_px,
            height_px=generation.height_px,
            params=generation.params,
            loras=generation.loras,
            task=generation.task,
            has_sources=has_sources,
            created_at=image.created_at,
        )

    def _model_name(self, model_id: str) -> str:
        try:
            return self._catalog.get_model(model_id).name
        except NotFoundError:
            return model_id  # a model that the catalogue has dropped since


def file_name(image: Image, generation: Generation) -> str:
    """Return what a single image is called on somebody's disk."""
    return f"synthlabel-{generation.model}-{image.seed}-{image.index}.{extension_of(image)}"


def extension_of(image: Image) -> str:
    return image.storage_key.rpartition(".")[2]
