"""Cleaning what comes from outside, and hiding what must not be read."""

import re
import unicodedata

# XML 1.0 allows tab, line feed and carriage return below U+0020, and no surrogates or U+FFFE/F:
# one stored control character makes every XML answer that carries it ill-formed.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)")
# After the last figure no letter or figure may stand, but a Chinese character may: 证件…0012的人.
_IDENTITY = re.compile(r"(?<!\d)\d{6}(19|20)\d{2}(0[1-9]|1[0-2])\d{2}\d{3}[\dXx](?![0-9A-Za-z_])")
# A Chinese keyboard writes wide figures; each has one plain one, so places stay what they were.
_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ－—\u3000", "0123456789Xx-- ")


def clean(value: str) -> str:
    """NFC, without characters that no XML can carry, without blanks at the ends."""
    return _ILLEGAL.sub("", unicodedata.normalize("NFC", value)).strip()


def illegal_at(value: str) -> int | None:
    """Where the first character stands that no XML can carry; None where there is none."""
    found = _ILLEGAL.search(value)
    return found.start() if found else None


def is_garbled(value: str) -> bool:
    """Did a reader meet bytes that were none of its encoding? What stood there is lost."""
    return "\ufffd" in value


def identities_in(value: str) -> list[tuple[int, int]]:
    """Where telephone and identity numbers stand, as (start, end)."""
    plain = value.translate(_WIDE)
    return sorted(m.span() for finder in (_PHONE, _IDENTITY) for m in finder.finditer(plain))


def without_identities(value: str) -> str:
    """The text with telephone and identity numbers blacked out."""
    kept, end = [], 0
    for start, stop in identities_in(value):
        if start >= end:
            kept += [value[end:start], "■■■"]
        end = max(end, stop)
    return "".join([*kept, value[end:]])


def mask_name(name: str) -> str:
    """王小明 → 王**; empty stays empty."""
    return f"{name[0]}**" if name else ""


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; shorter numbers keep the last two digits at most."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 8 else f"****{digits[-2:]}"
