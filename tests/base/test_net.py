"""What throttles count by."""

from suqiu.base.net import asking, net_of


def test_networks_not_addresses_are_counted() -> None:
    assert net_of("198.51.100.7:5512") == net_of("198.51.100.200") == "198.51.100.0/24"
    assert net_of("[2001:db8:1:2::3]:443") == net_of("2001:db8:1:2:ffff::9") == "2001:db8:1::/56"
    assert net_of("::ffff:198.51.100.7") == "198.51.100.0/24"
    assert net_of("rubbish") == "unknown"


def test_a_caller_is_believed_only_through_our_own_proxy() -> None:
    said = "203.0.113.9, 198.51.100.7"
    assert asking("192.0.2.1:99", said, behind_proxy=False) == "192.0.2.0/24"
    assert asking("192.0.2.1", said, behind_proxy=True) == "198.51.100.0/24"
    assert asking("192.0.2.1", "", behind_proxy=True) == "192.0.2.0/24"
