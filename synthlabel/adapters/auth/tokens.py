"""JSON Web Tokens after RFC 7519 and RFC 9068: RS256 and nothing else, keys only from our own table."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

import jwt
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.algorithms import RSAAlgorithm

from synthlabel.errors import ConfigurationError, NotSignedInError
from synthlabel.ports import SigningKey
from synthlabel.services.signing import TOKEN_REFUSED, UNKNOWN_KEY

ALGORITHM = "RS256"
TYPE = "at+jwt"
KEY_BITS = 2048
LEEWAY_S = 5
MAX_TOKEN_CHARS = 4096
CLAIMS = ("iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp")
"""Claims without which a token is refused."""


class JwtSigner:
    """Signs and checks tokens. ``secret`` is the installation's: it seals the private keys at rest."""

    def __init__(self, secret: str) -> None:
        self._box = Fernet(_sealing_key(secret))

    def new_key(self) -> SigningKey:
        """Make a key pair; takes a good part of a second of one core."""
        private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        public = private.public_key()
        return SigningKey(
            kid=_thumbprint(public),
            private_pem=private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            public_pem=public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        )

    def seal(self, private_pem: bytes) -> bytes:
        return self._box.encrypt(private_pem)

    def unseal(self, sealed: bytes) -> bytes:
        """Raises ConfigurationError if the installation's secret is another one than when it was sealed."""
        try:
            return self._box.decrypt(sealed)
        except InvalidToken:
            raise ConfigurationError(
                "SYNTHLABEL_SECRET: is not the secret with which the signing key was stored"
            ) from None

    def sign(self, key: SigningKey, claims: Mapping[str, Any]) -> str:
        headers = {"kid": key.kid, "typ": TYPE}
        return jwt.encode(dict(claims), _private(key.private_pem), algorithm=ALGORITHM, headers=headers)

    def verify(self, token: str, keys: Mapping[str, SigningKey]) -> Mapping[str, Any]:
        """Return the claims of a signed, fresh and complete token; who issued it for whom is for the caller to check.

        Raises NotSignedInError, with the code ``unknown_signing_key`` if it names a key that is not among ``keys``.
        """
        try:
            return self._claims(token, keys)
        except NotSignedInError:
            raise
        except Exception as error:  # a stranger wrote this text: whatever it breaks, it is not a token of ours
            raise NotSignedInError(TOKEN_REFUSED) from error

    def jwks(self, keys: Mapping[str, SigningKey]) -> Mapping[str, Any]:
        """Return the public halves as a JSON Web Key Set (RFC 7517)."""
        return {"keys": [_jwk(key) for key in keys.values()]}

    def _claims(self, token: str, keys: Mapping[str, SigningKey]) -> Mapping[str, Any]:
        if len(token) > MAX_TOKEN_CHARS:
            raise NotSignedInError(TOKEN_REFUSED)
        header = jwt.get_unverified_header(token)
        kid = header.get("kid")
        if header.get("alg") != ALGORITHM or header.get("typ") != TYPE or not isinstance(kid, str):
            raise NotSignedInError(TOKEN_REFUSED)
        if kid not in keys:
            raise NotSignedInError(TOKEN_REFUSED, code=UNKNOWN_KEY)
        return jwt.decode(
            token,
            _public(keys[kid].public_pem),
            algorithms=[ALGORITHM],
            leeway=LEEWAY_S,
            options={"require": list(CLAIMS), "verify_aud": False},
        )


def _sealing_key(secret: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"synthlabel signing keys, version 1")
    return urlsafe_b64encode(kdf.derive(secret.encode()))


# Parsing a PEM costs more than checking a signature with it.
@lru_cache(maxsize=16)
def _public(pem: bytes) -> rsa.RSAPublicKey:
    return cast("rsa.RSAPublicKey", serialization.load_pem_public_key(pem))


@lru_cache(maxsize=4)
def _private(pem: bytes) -> rsa.RSAPrivateKey:
    return cast("rsa.RSAPrivateKey", serialization.load_pem_private_key(pem, password=None))


def _jwk(key: SigningKey) -> dict[str, Any]:
    return {**_public_members(_public(key.public_pem)), "kid": key.kid, "use": "sig", "alg": ALGORITHM}


def _public_members(key: rsa.RSAPublicKey) -> dict[str, str]:
    members = RSAAlgorithm.to_jwk(key, as_dict=True)
    return {name: str(members[name]) for name in ("e", "kty", "n")}


def _thumbprint(key: rsa.RSAPublicKey) -> str:
    """Return the key's own fingerprint as its id (RFC 7638)."""
    text = json.dumps(_public_members(key), sort_keys=True, separators=(",", ":"))
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
