"""Who asks, as far as a network tells: what throttles count by."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.conf import settings

_IP4, _IP6 = 24, 56
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Asked(Protocol):
    """What is read of a request."""

    @property
    def META(self) -> Mapping[str, Any]: ...  # noqa: N802 - Django's name


def address_of(request: Asked) -> str | None:
    """The address that asks, None where that is none."""
    found = _parsed(_asking(request))
    return str(found) if found else None


def locked_out_by(request: Asked) -> str | None:
    """The address by which the login's lock counts: an IPv6 caller has a whole network of addresses,
    so his network's first stands for all of them."""
    found = _parsed(_asking(request))
    if found is None or found.version == 4:
        return str(found) if found else None
    return str(ipaddress.ip_network(f"{found}/{_IP6}", strict=False).network_address)


def net_of_request(request: Asked) -> str:
    """The network that asks."""
    return net_of(_asking(request))


def _asking(request: Asked) -> str:
    return asking(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        behind_proxy=bool(settings.SECURE_PROXY_SSL_HEADER),
        proxies=settings.PROXIES,
    )


def asking(remote: str, forwarded: str, *, behind_proxy: bool, proxies: Sequence[str] = ()) -> str:
    """The address that asks. Without a proxy of the house, what a caller says of himself counts for
    nothing. Behind one it is the last hop that this one named; where the house lists its `proxies`
    (networks), only these are believed, and the last hop that is none of them is who asks.
    """
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if not behind_proxy or not hops:
        return remote
    if not proxies:
        return hops[-1]
    ours = [ipaddress.ip_network(one, strict=False) for one in proxies]
    for hop in (remote, *reversed(hops)):
        found = _parsed(hop)
        if found is None or not any(found in net for net in ours):
            return hop
    return hops[0]


def net_of(address: str) -> str:
    """The network of an address, without its port: a caller changes ports at will, and with IPv6
    addresses too. What is no address is its own network."""
    ip = _parsed(address)
    if ip is None:
        return "unknown"
    size = _IP4 if ip.version == 4 else _IP6
    return str(ipaddress.ip_network(f"{ip}/{size}", strict=False))


def _parsed(address: str) -> Address | None:
    bare = address.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        ip = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        return ip.ipv4_mapped
    return ip


def wrong_network(networks: Sequence[str]) -> str:
    """The first that is no network, "" where all are."""
    for one in networks:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError:
            return one
    return ""
