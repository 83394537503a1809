"""The one address that a map's pictures may come from."""

import pytest

from suqiu.base.tiles import origin


def test_the_source_is_named_without_its_path_and_key() -> None:
    assert origin("https://tiles.example/{z}/{x}/{y}.png") == "https://tiles.example"
    assert origin("https://t.example:8443/w?x={x}&y={y}&l={z}&k=1") == "https://t.example:8443"


@pytest.mark.parametrize(
    "wrong",
    [
        "http://tiles.example/{z}/{x}/{y}.png",
        "https://{s}.tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example/{z}/{x}.png",
        "https://me:key@tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example *.evil.example/{z}/{x}/{y}.png",
        "/{z}/{x}/{y}.png",
    ],
)
def test_what_is_not_one_https_source_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"not https|without"):
        origin(wrong)
