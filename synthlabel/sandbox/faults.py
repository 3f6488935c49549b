"""Faults on demand.

A prompt asks for one with ``[[fault:NAME]]`` or ``[[fault:NAME=VALUE]]``, as often as it likes;
``POST /admin/faults {"fault": NAME, "value"?, "times"? | "always"?, "endpoint"?}`` arms one for the next request,
the next ``times`` requests, or all of them.

=====================  =====================================================================================
while submitting
---------------------  -------------------------------------------------------------------------------------
slow-submit            accepted, the answer comes VALUE (60) seconds late
lost-submit            accepted, the connection is closed without an answer
bad-json               accepted, the answer is 200 with a body that is no JSON
refuse-submit-429      refused with 429, nothing accepted
submit-500             refused with a plain 500, nothing accepted
submit-503-nginx       503 from a proxy: HTML, no request id, nothing accepted
submit-504             504 that names the client's own start deadline, nothing accepted
submit-422             field errors at once instead of at the result, nothing accepted
locked                 403: the account has no balance, nothing accepted
while running
---------------------  -------------------------------------------------------------------------------------
seconds                the run takes VALUE (10) seconds, whatever the speed
stuck                  never finishes; it occupies no place among the running ones
runner-disconnected    503 with error_type runner_disconnected at the result
bad-status             status replies lack queue_position and logs
null-logs              status replies carry ``"logs": null``
in the result
---------------------  -------------------------------------------------------------------------------------
invalid-input          422 with a field error at the result
policy                 422 content_policy_violation at the result
filtered               black images, has_nsfw_concepts true
huge-image             a small PNG of 20000 × 20000 pixels
not-an-image           an HTML page with the name and type of a picture
when a file is fetched
---------------------  -------------------------------------------------------------------------------------
result-expired         404, or the status in VALUE
download-cut           the connection closes in the middle of the body
redirect               302 to another host, or to the URL in VALUE
webhooks
---------------------  -------------------------------------------------------------------------------------
webhook-dropped        never sent
webhook-doubled        sent twice
webhook-late           sent VALUE (30) seconds late
webhook-forged         the signature does not fit
webhook-stale          signed an hour ago
webhook-bare           ``payload`` is null, ``payload_error`` says why
webhook-regated        ``gateway_request_id`` differs from ``request_id``
uploads (admin only)
---------------------  -------------------------------------------------------------------------------------
token-refused          the upload token is refused with 500
upload-refused         ``/files/upload`` answers 500
part-refused           a part of a multipart upload answers 500
=====================  =====================================================================================
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\[\[fault:([a-z0-9-]+)(?:=([^\]]*))?\]\]")

ON_UPLOAD = frozenset({"token-refused", "upload-refused", "part-refused"})
# fmt: off
ON_REQUEST = frozenset({
    "slow-submit", "lost-submit", "bad-json", "refuse-submit-429", "submit-500", "submit-503-nginx",
    "submit-504", "submit-422", "locked", "seconds", "stuck", "runner-disconnected", "bad-status",
    "null-logs", "invalid-input", "policy", "filtered", "huge-image", "not-an-image",
    "result-expired", "download-cut", "redirect", "webhook-dropped", "webhook-doubled",
    "webhook-late", "webhook-forged", "webhook-stale", "webhook-bare", "webhook-regated",
})
# fmt: on
ON_FILE = ("result-expired", "download-cut", "redirect")


@dataclass(slots=True)
class Armed:
    """``times`` None means always, ``endpoint`` None means all."""

    fault: str
    value: str = ""
    times: int | None = 1
    endpoint: str | None = None


class FaultBoard:
    """What operators have armed. Not durable: a restart disarms everything."""

    def __init__(self) -> None:
        self.armed: list[Armed] = []

    def arm(self, armed: Armed) -> None:
        """Raises ValueError for an unknown name."""
        if armed.fault not in ON_REQUEST | ON_UPLOAD:
            raise ValueError(f"unknown fault {armed.fault!r}; there are {', '.join(sorted(ON_REQUEST | ON_UPLOAD))}")
        self.armed.append(armed)

    def claim_for_request(self, endpoint: str, prompt: str) -> dict[str, str]:
        """Return the faults that a submitted request meets, name → value, and count them down."""
        asked = {name: value or "" for name, value in _TOKEN.findall(prompt) if name in ON_REQUEST}
        for armed in list(self.armed):
            if armed.fault in ON_REQUEST and armed.endpoint in (None, endpoint):
                asked[armed.fault] = armed.value
                self._count_down(armed)
        return asked

    def claim_for_upload(self, fault: str) -> bool:
        """True if the upload step that ``fault`` spoils is to fail now."""
        for armed in list(self.armed):
            if armed.fault == fault:
                self._count_down(armed)
                return True
        return False

    def _count_down(self, armed: Armed) -> None:
        if armed.times is None:
            return
        armed.times -= 1
        if armed.times <= 0:
            self.armed.remove(armed)


def without_tokens(prompt: str) -> str:
    """The prompt as the renderer should read it."""
    return _TOKEN.sub("", prompt).strip()


def number(value: str, default: float) -> float:
    try:
        return float(value)
    except ValueError:
        return default
