"""Text from people, made fit to be stored."""

from typing import Any


def storable_text(text: str) -> str:
    """Drop NUL and lone halves of characters, which PostgreSQL cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def storable_json(value: Any) -> Any:
    """Return plain JSON data whose texts, the names in objects included, can be stored."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {storable_text(str(name)): storable_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [storable_json(item) for item in value]
    return value
