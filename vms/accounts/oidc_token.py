"""What an identity provider's token must be before we believe a word of it (OpenID Connect Core §3.1.3.7). Pure."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Signatures with a key pair only: no `none`, and nothing that a public key could be mistaken for the secret of."""
_LEEWAY_MS = 60_000
_LONGEST_SUBJECT = 255
_KEY_TYPES = frozenset({"RSA", "EC", "OKP"})


class BadToken(Exception):
    """The token is not for us, not for now, not for this attempt, or not the provider's. The message holds nothing of it."""


class UnknownSigner(BadToken):
    """Signed with a key that we have not seen (yet)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """`nonce` is the one that this very attempt sent."""

    issuer: str
    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What we take from a token. `roles` are values of the claim that is set, nothing by themselves."""

    subject: str
    amr: frozenset[str]
    roles: frozenset[str]


def key_set(document: Mapping[str, Any]) -> KeySet:
    """The provider's public keys; others that it publishes are left out. Raises `BadToken`."""
    listed = document.get("keys")
    keys = [
        key
        for key in (listed if isinstance(listed, list) else [])
        if isinstance(key, dict) and key.get("kty") in _KEY_TYPES
    ]
    if not keys:
        raise BadToken("the provider publishes no key")
    try:
        return KeySet.import_key_set({"keys": keys})
    except (JoseError, ValueError, TypeError) as error:
        raise BadToken("a key of the provider cannot be read") from error


def identity(token: str, keys: KeySet, expected: Expected, roles_claim: str, now_ms: int) -> Identity:
    """Whom the token is about. Raises `BadToken`."""
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except InvalidKeyIdError as error:
        raise UnknownSigner("signed with an unknown key") from error
    except (JoseError, ValueError, TypeError) as error:
        raise BadToken("not signed by the provider") from error
    check_claims(claims, expected, now_ms)
    return Identity(
        str(claims["sub"]), _words(claims.get("amr")), _words(claims.get(roles_claim) if roles_claim else None)
    )


def check_claims(claims: Mapping[str, Any], expected: Expected, now_ms: int) -> None:
    """Raises `BadToken` unless the claims are of this provider, for us, for this attempt, and for now."""
    if claims.get("iss") != expected.issuer:
        raise BadToken("of another provider")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in audiences:
        raise BadToken("for somebody else")
    if claims.get("azp", expected.client_id) != expected.client_id or (len(audiences) > 1 and "azp" not in claims):
        raise BadToken("given to somebody else")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise BadToken("of another attempt")
    if _moment_ms(claims, "exp") <= now_ms - _LEEWAY_MS:
        raise BadToken("over")
    if _moment_ms(claims, "iat") > now_ms + _LEEWAY_MS:
        raise BadToken("from the future")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise BadToken("about nobody")


def _moment_ms(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:  # noqa: PLR0124 NaN
        raise BadToken(f"without {name}")
    return value * 1000


def _words(value: object) -> frozenset[str]:
    """A claim that is a word or a list of words."""
    listed = value if isinstance(value, list) else [value]
    return frozenset(one for one in listed if isinstance(one, str))
