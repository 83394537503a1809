"""What throttles count by."""

from suqiu.base.net import asking, net_of, wrong_network


def test_networks_not_addresses_are_counted() -> None:
    assert net_of("198.51.100.7:5512") == net_of("198.51.100.200") == "198.51.100.0/24"
    assert net_of("[2001:db8:1:2::3]:443") == net_of("2001:db8:1:2:ffff::9") == "2001:db8:1::/56"
    assert net_of("::ffff:198.51.100.7") == "198.51.100.0/24"
    assert net_of("rubbish") == "unknown"


def test_a_caller_is_believed_only_through_our_own_proxy() -> None:
    said = "203.0.113.9, 198.51.100.7"
    assert asking("192.0.2.1:99", said, behind_proxy=False) == "192.0.2.1:99"
    assert asking("192.0.2.1", said, behind_proxy=True) == "198.51.100.7"
    assert asking("192.0.2.1", "", behind_proxy=True) == "192.0.2.1"
    assert asking("192.0.2.1", " , ", behind_proxy=True) == "192.0.2.1"


def test_only_the_listed_proxies_are_believed() -> None:
    ours = ["192.0.2.0/28", "10.0.0.0/8", "2001:db8::/32"]

    def who(remote: str, forwarded: str) -> str:
        return asking(remote, forwarded, behind_proxy=True, proxies=ours)

    assert who("192.0.2.1:5", "203.0.113.9, 198.51.100.7, 10.3.2.1") == "198.51.100.7"
    # Who comes past the proxies is himself, whatever he writes.
    assert who("198.51.100.99", "203.0.113.9") == "198.51.100.99"
    assert who("192.0.2.1", "rubbish, 10.0.0.1") == "rubbish"
    assert who("192.0.2.1", "10.0.0.9, 10.0.0.1") == "10.0.0.9"
    assert who("[2001:db8::1]:443", "2001:db9::7") == "2001:db9::7"


def test_a_network_that_is_none_is_found_at_the_start() -> None:
    assert wrong_network(["10.0.0.0/8", "::1", "10.0.0.300"]) == "10.0.0.300"
    assert wrong_network([]) == ""
