"""Networks. Pure: no ORM, no clock."""

import ipaddress

_IP4, _IP6 = 24, 56


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
