"""Finding an identity again without opening it. Pure; sealing it is in base.crypto."""

import hmac
import re
import unicodedata

from suqiu.base.crypto import keys, seal, unseal

__all__ = ["keys", "normal_phone", "phone_hash", "seal", "unseal"]


def normal_phone(phone: str) -> str:
    """Plain digits only (a Chinese keyboard writes wide ones), without +86 or 0086: one telephone
    has one hash."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))
    return re.sub(r"^(0086|86)(?=1\d{10}$)", "", digits)


def phone_hash(phone: str, key: str) -> str:
    digits = normal_phone(phone)
    return hmac.new(key.encode(), digits.encode(), "sha256").hexdigest() if digits else ""
