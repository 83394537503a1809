"""Who asks, as far as a network tells: what throttles count by. Pure."""

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


def asking(remote: str, forwarded: str, *, behind_proxy: bool) -> str:
    """The network that asks. Behind a proxy of the house it is the last hop that this one named;
    without one, what a caller says of himself counts for nothing."""
    return net_of(forwarded.rsplit(",", 1)[-1] if behind_proxy and forwarded else remote)
