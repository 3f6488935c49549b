"""What a file says of how it was made: for other tools, for us, and as a declaration that a machine made it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

PRODUCT = "SynthLabel"
RECIPE_VERSION = 1
RECIPE_KEYWORD = "synthlabel"
"""Where our own recipe stands in a PNG; elsewhere it is the property ``recipe`` of our XMP namespace."""

PARAMETERS_KEYWORD = "parameters"
XMP_NAMESPACE = "urn:synthlabel:xmp:1:"

# The vocabulary of https://cv.iptc.org/newscodes/digitalsourcetype/, as of 2026
_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MADE_BY_A_MODEL = f"{_SOURCE_TYPES}trainedAlgorithmicMedia"
MADE_FROM_A_SOURCE = f"{_SOURCE_TYPES}compositeWithTrainedAlgorithmicMedia"

# What XML 1.0 cannot hold, not even escaped
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class ImageRecipe:
    """How one image was made. ``loras`` are ``{"id", "name", "weight"}``."""

    prompt: str
    negative_prompt: str
    model: str
    model_name: str
    seed: int
    width_px: int
    height_px: int
    params: Mapping[str, Any]
    loras: Sequence[Mapping[str, Any]]
    task: str
    has_sources: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Marks:
    """What is written into a copy of a file."""

    parameters: str
    """The line that most tools read; multi-line text."""
    recipe: str
    """Everything, as one JSON object in ASCII."""
    properties: Mapping[str, str]
    """XMP properties by qualified name, as XML."""


def marks_of(recipe: ImageRecipe) -> Marks:
    """Return what the file of an image says. Pure; texts are escaped where they must be."""
    text = recipe_json(recipe)
    return Marks(parameters=parameters_text(recipe), recipe=text, properties=_properties(recipe, text))


def recipe_json(recipe: ImageRecipe) -> str:
    """Return our own form, which ``imported_recipes`` reads back without loss."""
    facts: dict[str, Any] = {
        "version": RECIPE_VERSION,
        "task": recipe.task,
        "prompt": recipe.prompt,
        "negative_prompt": recipe.negative_prompt,
        "model": recipe.model,
        "model_name": recipe.model_name,
        "seed": recipe.seed,
        "width": recipe.width_px,
        "height": recipe.height_px,
        "params": dict(recipe.params),
        "loras": [dict(lora) for lora in recipe.loras],
        "created_at": recipe.created_at.isoformat(),
    }
    return json.dumps(facts)


def parameters_text(recipe: ImageRecipe) -> str:
    """Return the form in which AUTOMATIC1111's web UI writes parameters: prompt, negative prompt, a line of facts."""
    loras = "".join(f" <lora:{_plain(lora.get('name'))}:{lora.get('weight', 1)}>" for lora in recipe.loras)
    lines = [recipe.prompt + loras]
    if recipe.negative_prompt:
        lines.append(f"Negative prompt: {recipe.negative_prompt}")
    facts = {
        "Steps": recipe.params.get("num_inference_steps"),
        "CFG scale": recipe.params.get("guidance_scale"),
        "Seed": recipe.seed,
        "Size": f"{recipe.width_px}x{recipe.height_px}",
        "Model": recipe.model_name,
        "Denoising strength": recipe.params.get("strength"),
        "Version": PRODUCT,
    }
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in facts.items() if value is not None))
    return "\n".join(lines)


def xmp_packet(properties: Mapping[str, str], *, existing: str | None = None) -> str | None:
    """Return an XMP packet with these properties; added to an existing packet, what that says already stays.

    Returns None if the existing packet is in a form to which nothing can be added.
    """
    if existing is None:
        return _PACKET.format(description=_description(properties))
    place = existing.rfind("</rdf:RDF>")
    if place < 0:
        return None
    missing = {name: value for name, value in properties.items() if f":{name.partition(':')[2]}" not in existing}
    if not missing:
        return existing
    return existing[:place] + _description(missing) + existing[place:]


def xml_text(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    "{description}</rdf:RDF></x:xmpmeta>\n"
    '<?xpacket end="w"?>'
)
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "synthlabel": XMP_NAMESPACE,
}


def _properties(recipe: ImageRecipe, recipe_text: str) -> dict[str, str]:
    source_type = MADE_FROM_A_SOURCE if recipe.has_sources else MADE_BY_A_MODEL
    properties = {
        "Iptc4xmpExt:DigitalSourceType": source_type,
        "xmp:CreatorTool": xml_text(f"{PRODUCT}, {recipe.model_name}"),
        "xmp:CreateDate": recipe.created_at.isoformat(timespec="seconds"),
        "synthlabel:recipe": xml_text(recipe_text),
    }
    if recipe.prompt:
        text = xml_text(recipe.prompt)
        properties["dc:description"] = f'<rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt>'
    return properties


def _description(properties: Mapping[str, str]) -> str:
    prefixes = sorted({name.partition(":")[0] for name in properties})
    declared = "".join(f' xmlns:{prefix}="{_NAMESPACES[prefix]}"' for prefix in prefixes)
    lines = "".join(f"<{name}>{value}</{name}>\n" for name, value in properties.items())
    return f'<rdf:Description rdf:about=""{declared}>\n{lines}</rdf:Description>\n'


def _quoted(value: object) -> str:
    """Quote a value that would otherwise end early."""
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if re.search(r'[,:\n"]', text) else text


def _plain(name: object) -> str:
    return re.sub(r"[<>:\n]", " ", str(name))
