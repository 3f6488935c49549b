"""What a request asks to be made, and everything its pixels depend on."""

from dataclasses import dataclass, replace
from typing import Literal

from PIL import Image

from synthlabel.sandbox.catalogue import Arguments, Endpoint
from synthlabel.sandbox.faults import without_tokens
from synthlabel.sandbox.jobs import Job, Json
from synthlabel.sandbox.renderer import (
    Label,
    Note,
    Picture,
    blank,
    caption,
    cut_out,
    edit,
    mask_of,
    redraw,
    render,
    upscale,
)
from synthlabel.sandbox.sizing import Size, size_of
from synthlabel.sandbox.sources import Source, sizes

Role = Literal["images", "image", "mask_image"]


@dataclass(frozen=True, slots=True)
class Order:
    """A request whose input is valid and whose sources are open."""

    job: Job
    endpoint: Endpoint
    arguments: Arguments
    sources: tuple[Source, ...] = ()

    @property
    def size(self) -> Size:
        return size_of(self.endpoint, self.arguments, sizes(self.sources))

    @property
    def pieces(self) -> list["Piece"]:
        """The images to be made, in the order of the reply."""
        if self.endpoint.kind == "caption":
            return []
        if "images" in self.endpoint.output:
            return [Piece(self, "images", index) for index in range(self.arguments.get("num_images") or 1)]
        has_mask = self.arguments.get("output_mask") and not self.arguments.get("mask_only")
        return [Piece(self, "image"), *([Piece(self, "mask_image")] if has_mask else [])]

    @property
    def units(self) -> float:
        made = [] if self.endpoint.kind == "caption" else [self.size] * len(self.pieces)
        return self.endpoint.units_of(made, sizes(self.sources))

    def text(self) -> str:
        """What a model that describes its source says of it."""
        source = self.sources[0]
        return caption(source.image, source.note, length=self.arguments.get("length") or "long")


@dataclass(frozen=True, slots=True)
class Piece:
    """One image of an order. ``role`` is the key under which the reply names it."""

    order: Order
    role: Role
    index: int = 0

    @property
    def key(self) -> str:
        """The file's name without its extension, the same whenever the request is made again."""
        return f"{self.order.job.request_id}_{'mask' if self.role == 'mask_image' else self.index}"

    @property
    def label(self) -> Label:
        """What the file's metadata say. A tool's result keeps the words of its source."""
        order = self.order
        if order.endpoint.kind in ("upscale", "cutout"):
            note = order.sources[0].note
            return Note(note.prompt if note else "", note.seed if note else order.job.seed, order.endpoint.id)
        return self.picture

    @property
    def picture(self) -> Picture:
        order = self.order
        width, height = order.size
        return Picture(
            prompt=without_tokens(order.arguments["prompt"]),
            # Every image of a batch has its own seed, so that each can be made again alone.
            seed=order.job.seed + self.index,
            width_px=width,
            height_px=height,
            negative_prompt=order.arguments.get("negative_prompt") or "",
            style=" ".join(_identity(lora) for lora in _loras(order.arguments)),
            endpoint=order.endpoint.id,
        )

    def draw(self) -> Image.Image:
        if "filtered" in self.order.job.faults:
            return blank(*self.order.size)
        match self.order.endpoint.kind:
            case "upscale":
                return upscale(self.order.sources[0].image, self.order.size)
            case "cutout":
                return self._cut()
            case _:
                return self._styled()

    def _cut(self) -> Image.Image:
        image = self.order.sources[0].image
        wants_mask = self.role == "mask_image" or self.order.arguments.get("mask_only")
        return mask_of(image) if wants_mask else cut_out(image)

    def _styled(self) -> Image.Image:
        """The largest weight among the LoRAs, 1 at most, says how much of their style shows."""
        picture = self.picture
        shown = min(1.0, max((lora["scale"] for lora in _loras(self.order.arguments)), default=1.0))
        if picture.style and shown < 1:
            return Image.blend(self._painted(replace(picture, style="")), self._painted(picture), shown)
        return self._painted(picture)

    def _painted(self, picture: Picture) -> Image.Image:
        images = [source.image for source in self.order.sources]
        match self.order.endpoint.kind:
            case "redraw":
                return redraw(picture, images[0], strength=self.order.arguments["strength"])
            case "edit":
                return edit(picture, images)
            case _:
                return render(picture)


def _loras(arguments: Arguments) -> list[Json]:
    return [lora for lora in arguments.get("loras") or [] if lora["scale"] > 0]


def _identity(lora: Json) -> str:
    """Which LoRA it is: the signature of a URL changes, what it leads to does not."""
    return str(lora["path"]).partition("?")[0]
