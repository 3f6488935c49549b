"""The graph of nodes that ComfyUI writes: ``{id: {"class_type": …, "inputs": {name: value or [id, output]}}}``.

There is no list of facts in it: a sampler is found, and its inputs are followed to the nodes that they come from.
https://docs.comfy.org, "API format"
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthlabel.domain.imported_recipes.found import (
    GUIDANCE,
    MAX_LORAS,
    STEPS,
    STRENGTH,
    FoundLora,
    FoundRecipe,
    Source,
    file_name,
    lora,
    others_of,
    params_of,
)
from synthlabel.domain.imported_recipes.values import as_name, as_number, as_object, as_text, as_whole, parse_json

KEYWORD = "prompt"
MAX_NODES = 2000
MAX_INPUTS = 200
MAX_SAMPLERS = 8
_TEXT_INPUTS = ("text", "t5xxl", "text_g", "clip_l", "prompt", "string", "value", "text_l")
_MODEL_INPUTS = ("ckpt_name", "unet_name", "model_name")
_NUMBER_INPUTS = ("seed", "noise_seed", "value", "number", "int", "float")


@dataclass(frozen=True, slots=True)
class Node:
    kind: str
    inputs: Mapping[str, Any]


Graph = Mapping[str, Node]


def read(texts: Mapping[str, str]) -> FoundRecipe | None:
    # In PNG under a keyword of its own; in EXIF, which has none, behind one
    candidates = [texts.get(KEYWORD, ""), *(texts.get(name, "").removeprefix("prompt:") for name in ("Make", "Model"))]
    return next((found for text in candidates if (found := _read(_graph(as_object(parse_json(text)))))), None)


def _graph(raw: Mapping[str, Any]) -> Graph:
    nodes = {name: as_object(value) for name, value in list(raw.items())[:MAX_NODES]}
    return {
        name: Node(str(as_name(node.get("class_type"))), dict(list(as_object(node.get("inputs")).items())[:MAX_INPUTS]))
        for name, node in nodes.items()
        if as_name(node.get("class_type"))
    }


def _read(graph: Graph) -> FoundRecipe | None:
    sampler = _sampler(graph)
    if sampler is None:
        return None
    inputs = _own_inputs(graph, sampler)
    latent = list(_upstream(graph, inputs.get("latent_image")))
    size = next((node.inputs for node in latent if {"width", "height"} <= set(node.inputs)), {})
    models = list(_upstream(graph, inputs.get("model")))
    positive = list(_upstream(graph, inputs.get("positive")))
    return FoundRecipe(
        source=Source.COMFYUI,
        prompt=_words(positive),
        negative_prompt=_words(_upstream(graph, inputs.get("negative"))),
        model=next(
            (name for node in models for key in _MODEL_INPUTS if (name := file_name(node.inputs.get(key)))), None
        ),
        seed=as_whole(_number(graph, inputs.get("seed", inputs.get("noise_seed")))),
        width_px=as_whole(_number(graph, size.get("width"))),
        height_px=as_whole(_number(graph, size.get("height"))),
        params=_params(graph, inputs, positive),
        loras=tuple(each for node in models for each in _loras(node))[:MAX_LORAS],
        others=_others(inputs, latent),
    )


def _sampler(graph: Graph) -> Node | None:
    """Return the sampler that begins: the one whose latent image comes from no other."""
    samplers = [node for node in graph.values() if _is_sampler(node)][:MAX_SAMPLERS]
    first = (node for node in samplers if not any(map(_is_sampler, _upstream(graph, node.inputs["latent_image"]))))
    return next(first, samplers[0] if samplers else None)


def _is_sampler(node: Node) -> bool:
    return "sampler" in node.kind.lower() and "latent_image" in node.inputs


def _own_inputs(graph: Graph, sampler: Node) -> dict[str, Any]:
    """Return the inputs of a sampler, with those of the nodes over which newer ones spread theirs."""
    spread = [sampler.inputs]
    for name in ("noise", "guider", "sigmas", "sampler"):
        spread.extend(node.inputs for node in _node_at(graph, sampler.inputs.get(name)))
    merged: dict[str, Any] = {}
    for inputs in spread:
        for name, value in inputs.items():
            merged.setdefault(name, value)
    if "conditioning" in merged:
        merged.setdefault("positive", merged["conditioning"])
    return merged


def _params(graph: Graph, inputs: Mapping[str, Any], positive: Sequence[Node]) -> dict[str, Any]:
    guided = next((node.inputs["guidance"] for node in positive if "guidance" in node.inputs), inputs.get("cfg"))
    strength = _number(graph, inputs.get("denoise"))
    return params_of(
        **{
            STEPS: as_whole(_number(graph, inputs.get("steps"))),
            GUIDANCE: _number(graph, guided),
            STRENGTH: strength if strength is not None and strength < 1 else None,
        }
    )


def _words(nodes: Iterable[Node]) -> str | None:
    """Return the nearest text: of the node that encodes it, or of one that it comes from."""
    values = (node.inputs.get(name) for node in nodes for name in _TEXT_INPUTS)
    return next((text for value in values if (text := as_text(value)) is not None), None)


def _number(graph: Graph, value: object) -> float | int | None:
    """Return a number, or the one of the node that it comes from."""
    found = as_number(value)
    if found is not None or isinstance(value, str):
        return found
    nodes = _node_at(graph, value)
    return next(
        (n for node in nodes for key in _NUMBER_INPUTS if (n := as_number(node.inputs.get(key))) is not None), None
    )


def _loras(node: Node) -> Iterator[FoundLora]:
    if "lora_name" in node.inputs:
        weight = node.inputs.get("strength_model", node.inputs.get("strength"))
        yield from lora(file_name(node.inputs["lora_name"]), as_number(weight))
    for value in node.inputs.values():  # a list of several, each with a switch
        row = as_object(value)
        if "lora" in row and row.get("on", True):
            yield from lora(file_name(row["lora"]), as_number(row.get("strength")))


def _others(inputs: Mapping[str, Any], latent: Sequence[Node]) -> tuple[tuple[str, str], ...]:
    named: dict[str, object] = {"Sampler": inputs.get("sampler_name"), "Scheduler": inputs.get("scheduler")}
    source = next(
        (node.inputs["image"] for node in latent if "image" in node.inputs and node.kind == "LoadImage"), None
    )
    return others_of({**named, "Source image": source})


def _node_at(graph: Graph, value: object) -> list[Node]:
    """Return the node that a link leads to, in a list; an empty one for anything but a link."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int):
        node = graph.get(str(value[0]))
        return [] if node is None else [node]
    return []


def _upstream(graph: Graph, value: object) -> Iterator[Node]:
    """Yield the nodes from which a link comes, nearest first, each once: graphs may be circles."""
    seen: set[int] = set()
    waiting = deque(_node_at(graph, value))
    while waiting:
        node = waiting.popleft()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        waiting.extend(found for item in node.inputs.values() for found in _node_at(graph, item))
