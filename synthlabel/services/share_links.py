"""The addresses of shared images: a signed id, which only this installation can have made."""

import base64
import binascii
import hashlib
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer


class ShareLinks:
    """Makes and reads the part of an address that stands for a share. It is a secret: whoever has it sees the images.

    Signed with the installation's secret, so that no other address is worth a look into the database. Another secret
    ends all links.
    """

    def __init__(self, secret: str, *, page_url: str, api_url: str) -> None:
        self._signer = URLSafeSerializer(
            secret, salt="share link", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )
        self._page_url = page_url
        self._api_url = api_url

    def token(self, share_id: UUID) -> str:
        return self._signer.dumps(base64.urlsafe_b64encode(share_id.bytes).decode().rstrip("="))

    def read(self, token: str) -> UUID | None:
        """Return the id; None for anything that this installation has not signed."""
        try:
            return UUID(bytes=base64.urlsafe_b64decode(f"{self._signer.loads(token)}=="))
        except (BadData, binascii.Error, ValueError):
            return None

    def page(self, share_id: UUID) -> str:
        """Return the address to give away."""
        return f"{self._page_url}/s/{self.token(share_id)}"

    def file(self, token: str, position: int, *, size: str) -> str:
        return f"{self._api_url}/api/v1/shared/{token}/{position}?size={size}"
