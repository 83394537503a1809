"""Query codes: how they are made and hidden. Pure: no ORM, no clock."""

import hashlib
import hmac
import re

DIGITS = 8
_KEY = re.compile(r"[0-9a-f]{32}")


def code_for(secret: str, sent: str, order_id: int) -> str:
    """The query code, eight digits, made from the form's own random key: the same form sent twice
    gets the same code, and no table ever holds it."""
    digest = hmac.new(secret.encode(), f"code:{sent}:{order_id}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def hashed(pepper: str, salt: str, order_id: int, code: str) -> str:
    """Eight digits are soon tried by whoever steals the table, but for the pepper outside it."""
    return hmac.new(pepper.encode(), f"{salt}:{order_id}:{code}".encode(), "sha256").hexdigest()


def digits_of(code: str) -> str:
    """The code as people write it: with blanks, dashes or wide digits."""
    return "".join(str(int(c)) for c in code if c.isdecimal())[:DIGITS]


def is_sent_key(value: str) -> bool:
    return _KEY.fullmatch(value) is not None
