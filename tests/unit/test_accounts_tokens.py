"""JSON Web Tokens: only a signed, fresh and complete one of ours is believed."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthlabel.adapters.auth.tokens import CLAIMS, JwtSigner
from synthlabel.errors import ConfigurationError, NotSignedInError
from synthlabel.ports import SigningKey
from synthlabel.services.signing import UNKNOWN_KEY

SIGNER = JwtSigner("a secret of the tests, long enough for them")
KEY = SIGNER.new_key()
OTHER = SIGNER.new_key()
KEYS = {KEY.kid: KEY}
NOW = int(time.time())
GOOD: dict[str, Any] = {
    "iss": "https://here",
    "aud": "synthlabel-api",
    "sub": "ada",
    "sid": "session",
    "jti": "token",
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 3600,
}
TOKEN = SIGNER.sign(KEY, GOOD)


def signed(claims: dict[str, Any], *, key: SigningKey = KEY, **header: Any) -> str:
    headers = {"kid": KEY.kid, "typ": "at+jwt", **header}
    return jwt.encode(claims, key.private_pem, algorithm="RS256", headers=headers)


def by_hand(header: dict[str, Any], signature: bytes = b"", *, secret: bytes | None = None) -> str:
    text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, GOOD))
    if secret is not None:
        signature = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def refused(token: str, keys: dict[str, SigningKey] | None = None) -> NotSignedInError:
    with pytest.raises(NotSignedInError) as error:
        SIGNER.verify(token, KEYS if keys is None else keys)
    return error.value


def test_a_signed_token_gives_its_claims_back() -> None:
    assert SIGNER.verify(TOKEN, KEYS) == GOOD


def test_an_unsigned_token_is_refused() -> None:
    for algorithm in ("none", "None", "NONE", ""):
        refused(by_hand({"alg": algorithm, "kid": KEY.kid, "typ": "at+jwt"}))


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused() -> None:
    refused(by_hand({"alg": "HS256", "kid": KEY.kid, "typ": "at+jwt"}, secret=KEY.public_pem))


def test_a_token_signed_with_another_key_under_our_key_id_is_refused() -> None:
    refused(signed(GOOD, key=OTHER))


def test_a_key_that_the_token_brings_along_is_not_used() -> None:
    jwk = SIGNER.jwks({OTHER.kid: OTHER})["keys"][0]
    refused(signed(GOOD, key=OTHER, jwk=jwk, jku="https://evil.test/jwks.json", x5u="https://evil.test/x"))


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_other_algorithms_are_refused_even_with_our_key(algorithm: str) -> None:
    headers = {"kid": KEY.kid, "typ": "at+jwt"}
    refused(jwt.encode(GOOD, KEY.private_pem, algorithm=algorithm, headers=headers))


def test_an_unknown_key_is_told_apart_so_that_the_keys_can_be_read_again() -> None:
    assert refused(signed(GOOD, kid="other")).code == UNKNOWN_KEY
    assert refused(TOKEN, {}).code == UNKNOWN_KEY
    assert refused(signed(GOOD, key=OTHER)).code != UNKNOWN_KEY


@pytest.mark.parametrize("header", [{"kid": None}, {"kid": 7}, {"typ": "JWT"}, {"typ": None}, {"crit": ["exp"]}])
def test_a_strange_header_is_refused(header: dict[str, Any]) -> None:
    text = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "kid": KEY.kid, "typ": "at+jwt", **header}).encode())
    refused(f"{text.decode().rstrip('=')}.{TOKEN.split('.', 1)[1]}")


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_token_without_one_of_its_claims_is_refused(claim: str) -> None:
    refused(signed({name: value for name, value in GOOD.items() if name != claim}))


@pytest.mark.parametrize(
    "change",
    [
        {"exp": NOW - 10},
        {"nbf": NOW + 3000},
        {"iat": NOW + 3000},
        {"exp": "soon"},
        {"exp": None},
        {"exp": [NOW + 3000]},
    ],
)
def test_a_stale_or_malformed_claim_is_refused(change: dict[str, Any]) -> None:
    refused(signed_raw({**GOOD, **change}))


def signed_raw(claims: dict[str, Any]) -> str:
    """Sign whatever it is: the library's encoder itself refuses some of it."""
    payload = json.dumps(claims).encode()
    return jwt.api_jws.encode(payload, KEY.private_pem, algorithm="RS256", headers={"kid": KEY.kid, "typ": "at+jwt"})


def test_a_few_seconds_of_clock_skew_are_forgiven() -> None:
    now = int(time.time())
    assert SIGNER.verify(signed({**GOOD, "exp": now - 1, "nbf": now + 1}), KEYS)


@given(st.text(max_size=300))
def test_garbage_is_refused(text: str) -> None:
    refused(text)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "\ud800", "é.é.é", "x" * 100_000, "eyJ.eyJ."])
def test_broken_tokens_are_refused(token: str) -> None:
    refused(token)


@given(st.integers(min_value=0, max_value=len(TOKEN) * 8 - 1))
def test_flipping_any_bit_is_refused(position: int) -> None:
    raw = bytearray(TOKEN.encode())
    raw[position // 8] ^= 1 << (position % 8)
    flipped = raw.decode("latin-1")
    if _decoded(flipped) == _decoded(TOKEN):
        return  # an unused padding bit: the same token, spelt differently
    refused(flipped)


def _decoded(token: str) -> list[bytes] | None:
    try:
        return [base64.urlsafe_b64decode(part.encode("ascii") + b"==") for part in token.split(".")]
    except ValueError:
        return None


def test_a_sealed_key_opens_only_with_its_secret() -> None:
    sealed = SIGNER.seal(KEY.private_pem)
    assert SIGNER.unseal(sealed) == KEY.private_pem
    with pytest.raises(ConfigurationError):
        JwtSigner("another secret of the tests, as long").unseal(sealed)


def test_the_key_set_publishes_what_others_need_to_verify_and_nothing_else() -> None:
    (published,) = SIGNER.jwks(KEYS)["keys"]
    outside = jwt.PyJWK(published)
    assert jwt.decode(TOKEN, outside, algorithms=["RS256"], audience="synthlabel-api") == GOOD
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(published)


def test_keys_do_not_show_in_their_repr() -> None:
    assert "PRIVATE" not in repr(KEY)
