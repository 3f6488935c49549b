"""Answers about many images at once, and about where one comes from."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import BaseModel, Field

from synthlabel.domain.catalog import Catalog
from synthlabel.errors import NotFoundError
from synthlabel.services import gallery


class Anchors(BaseModel):
    total: int
    step: Annotated[int, Field(description="Images from one anchor to the next.")]
    anchors: Annotated[list[str], Field(description="Pass one as `cursor`, with `limit=200`, to read its chunk.")]

    @classmethod
    def of(cls, anchors: gallery.Anchors) -> Self:
        return cls(total=anchors.total, step=gallery.CHUNK, anchors=[str(row_id) for row_id in anchors.ids])


class Facet(BaseModel):
    value: Annotated[str, Field(description="For the filter.")]
    name: Annotated[str, Field(description="For people.")]
    count: int


class Facets(BaseModel):
    """The most frequent first. Of more than 100,000 images only the newest are counted."""

    models: list[Facet]
    tags: list[Facet]
    ratings: list[Facet]
    boards: list[Facet]

    @classmethod
    def of(cls, facets: Sequence[gallery.Facet], catalog: Catalog) -> Self:
        kinds: dict[str, list[Facet]] = {"model": [], "tag": [], "rating": [], "board": []}
        for facet in facets:
            kinds[facet.kind].append(Facet(value=facet.value, name=_name(facet, catalog), count=facet.count))
        return cls(models=kinds["model"], tags=kinds["tag"], ratings=kinds["rating"], boards=kinds["board"])


class SmallImage(BaseModel):
    id: str
    thumbnail_url: str
    thumbhash: str
    width: int
    height: int

    @classmethod
    def of(cls, view: gallery.SmallView) -> Self:
        return cls(
            id=str(view.id),
            thumbnail_url=view.thumbnail_url,
            thumbhash=view.thumbhash,
            width=view.width_px,
            height=view.height_px,
        )


class MadeFrom(BaseModel):
    """One of the two: an image of the gallery, or an upload of yours."""

    image: SmallImage | None = None
    upload: SmallImage | None = None

    @classmethod
    def of(cls, source: gallery.Source) -> Self:
        picture = SmallImage.of(source.picture)
        return cls(image=picture) if source.kind == "image" else cls(upload=picture)


class UsedIn(BaseModel):
    generation_id: str
    task: str
    images: list[SmallImage]

    @classmethod
    def of(cls, use: gallery.Use) -> Self:
        images = [SmallImage.of(image) for image in use.images]
        return cls(generation_id=str(use.generation_id), task=use.task, images=images)


class Lineage(BaseModel):
    made_from: list[MadeFrom]
    used_in: list[UsedIn]

    @classmethod
    def of(cls, lineage: gallery.Lineage) -> Self:
        return cls(
            made_from=[MadeFrom.of(source) for source in lineage.sources],
            used_in=[UsedIn.of(use) for use in lineage.uses],
        )


def _name(facet: gallery.Facet, catalog: Catalog) -> str:
    if facet.kind == "rating":
        return "1 star" if facet.value == "1" else f"{facet.value} stars"
    return _model_name(catalog, facet.value) if facet.kind == "model" else facet.name


def _model_name(catalog: Catalog, model_id: str) -> str:
    try:
        return catalog.get_model(model_id).name
    except NotFoundError:
        return model_id  # a model that the catalogue has dropped since
