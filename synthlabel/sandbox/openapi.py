"""The OpenAPI document of one endpoint, in the form of fal's."""

from typing import Any

from synthlabel.sandbox.catalogue import Endpoint, Field

_TYPES = {"string": "string", "enum": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


def openapi_of(endpoint: Endpoint) -> dict[str, Any]:
    name = "".join(word for word in endpoint.title.title() if word.isalnum())
    inputs: dict[str, Any] = {
        "type": "object",
        "title": f"{name}Input",
        "properties": {key: _property(key, field) for key, field in endpoint.fields.items()},
        "required": [key for key, field in endpoint.fields.items() if field.required],
        "x-fal-order-properties": sorted(endpoint.fields, key=lambda key: (key != "prompt", key)),
    }
    outputs: dict[str, Any] = {
        "type": "object",
        "title": f"{name}Output",
        "properties": {key: {"title": _title(key)} for key in endpoint.output},
        "required": [key for key in endpoint.output if key != "mask_image"],
    }
    return {
        "openapi": "3.0.4",
        "info": {
            "title": f"Queue OpenAPI for {endpoint.id}",
            "version": "1.0.0",
            "x-fal-metadata": {"endpointId": endpoint.id, "category": endpoint.category},
        },
        "components": {"schemas": {f"{name}Input": inputs, f"{name}Output": outputs}},
        "paths": {f"/{endpoint.id}": {"post": _operation(name)}},
        "servers": [{"url": "https://queue.fal.run"}],
    }


def _operation(name: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{name}Input"}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": reference}}},
        "responses": {"200": {"description": "The request status."}},
    }


def _property(key: str, field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": _title(key)}
    if field.type in _TYPES:
        schema["type"] = _TYPES[field.type]
    elif field.type == "loras":
        schema |= {"type": "array", "maxItems": field.maximum_items, "items": _LORA}
    elif field.type == "strings":
        schema |= {"type": "array", "minItems": field.minimum_items, "items": {"type": "string"}}
    elif field.type == "size":
        schema["anyOf"] = [_IMAGE_SIZE, {"type": "string", "enum": list(field.values)}]
    if field.type == "enum":
        schema["enum"] = list(field.values)
    limits = {"minimum": field.minimum, "maximum": field.maximum, "default": field.default}
    return schema | {name: value for name, value in limits.items() if value is not None}


def _title(key: str) -> str:
    return key.replace("_", " ").title()


_IMAGE_SIZE: dict[str, Any] = {
    "type": "object",
    "properties": {"width": {"type": "integer"}, "height": {"type": "integer"}},
}
_LORA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "path": {"type": "string"},
        "scale": {"type": "number", "minimum": 0, "maximum": 4, "default": 1},
    },
    "required": ["path"],
}
