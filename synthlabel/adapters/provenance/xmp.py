"""XMP packets: added to as text, read strictly."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from synthlabel.adapters.provenance.limits import MAX_TEXT_BYTES
from synthlabel.domain.provenance import XMP_NAMESPACE, xmp_packet

_RECIPE = f"{{{XMP_NAMESPACE}}}recipe"


def merged(properties: Mapping[str, str], existing: bytes | None) -> bytes:
    """Return a packet with the properties; what an existing packet says stays, also if nothing can be added to it."""
    if not existing:
        return (xmp_packet(properties) or "").encode()
    try:
        packet = xmp_packet(properties, existing=existing.decode())
    except UnicodeDecodeError:
        return existing
    return existing if packet is None else packet.encode()


def recipe_in(packet: bytes | None) -> str | None:
    """Return our recipe. A packet that declares entities, or is not well-formed, has none."""
    if packet is None or len(packet) > MAX_TEXT_BYTES or b"<!" in packet:
        return None
    start = packet.find(b"<x:xmpmeta")
    end = packet.rfind(b"</x:xmpmeta>")
    if start < 0 or end < start:
        return None
    try:
        tree = ET.fromstring(packet[start : end + len(b"</x:xmpmeta>")])  # noqa: S314 - no entities in it
    except (ET.ParseError, ValueError):
        return None
    found = tree.find(f".//{_RECIPE}")
    return None if found is None else found.text
