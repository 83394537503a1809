"""Where a map's pictures come from: the one address that pages may fetch them of. Pure."""

import re
from urllib.parse import urlsplit

WANTED = ("{z}", "{x}", "{y}")


def origin(template: str) -> str:
    """`https://host[:port]` of a tile address such as https://tiles.example/{z}/{x}/{y}.png.

    Raises ValueError for an address that is not https, lacks a part, or names several hosts: the
    content policy permits exactly one source.
    """
    parts = urlsplit(template)
    host = parts.netloc
    if parts.scheme != "https" or not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", host):
        raise ValueError("not https://HOST/…, one host without a name or password")
    if lacking := [part for part in WANTED if part not in template]:
        raise ValueError(f"without {', '.join(lacking)}")
    return f"https://{host}"
