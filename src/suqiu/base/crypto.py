"""Sealing small things with keys that rotate: identities, the secrets of second factors. Pure."""

import base64
import json
import os
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def keys(spec: str) -> dict[str, bytes]:
    """{"k1": 32 bytes}, from "k1:base64,k2:base64"; the last one seals."""
    pairs = (part.strip().partition(":") for part in spec.split(",") if part.strip())
    return {name: base64.b64decode(value) for name, _, value in pairs}


def wrong_key(spec: str) -> str:
    """The name of the first key that cannot seal, "?" where there is none at all; "" if all is well."""
    try:
        ring = keys(spec)
    except ValueError:  # what is no base64
        return "?"
    return next(
        (name or "?" for name, key in ring.items() if len(key) != 32 or not name),
        "" if ring else "?",
    )


def seal(plain: Mapping[str, str], key: bytes) -> bytes:
    """AES-256-GCM with a fresh nonce in front."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(
        nonce, json.dumps(dict(plain), ensure_ascii=False).encode(), None
    )


def unseal(sealed: bytes, key: bytes) -> dict[str, str]:
    """Raises cryptography's InvalidTag where the text or the key is not the one."""
    opened: dict[str, str] = json.loads(AESGCM(key).decrypt(sealed[:12], sealed[12:], None))
    return opened
