"""Codes, networks and promises. Pure: no ORM, no clock."""

import hashlib
import hmac
import ipaddress
import re

DIGITS = 8
_IP4, _IP6 = 24, 56
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


def net_of(address: str) -> str:
    """The network of an address, without its port: a caller changes ports at will, and with IPv6
    addresses too. What is no address is its own network."""
    bare = address.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        ip = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    size = _IP4 if ip.version == 4 else _IP6
    return str(ipaddress.ip_network(f"{ip}/{size}", strict=False))
