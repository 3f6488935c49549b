"""Removing the background: what differs from the picture's borders is the subject."""

import numpy as np
from PIL import Image, ImageFilter

from synthlabel.sandbox.renderer import finish


def cut_out(source: Image.Image) -> Image.Image:
    """``source`` with a soft alpha: RGBA, the same size, with the badge."""
    cut = source.convert("RGB")
    cut.putalpha(mask_of(source))
    finish.badge(cut)
    return cut


def mask_of(source: Image.Image) -> Image.Image:
    """L, the same size: 255 where the subject is."""
    pixels = np.asarray(source.convert("RGB").resize((160, 160)), np.float32)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    distance = np.abs(pixels[:, :, None, :] - edge[None, None, ::8, :]).sum(axis=3).min(axis=2)
    mask = Image.fromarray(np.clip((distance - 30) * 6, 0, 255).astype(np.uint8))
    return mask.resize(source.size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1))
