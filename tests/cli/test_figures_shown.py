"""`suqiu figures` is read on a terminal of 80 signs: nothing of it is cut short."""

from io import StringIO
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from suqiu.cli.commands.figures import show
from suqiu.figures.rules import DEFINITIONS

PLACES = [
    "12345 市民服务热线",
    "31010199 虚拟区城市管理行政执法局绿化市容执法大队（临江新城片区）受理组",
]


def rows(group: str, top: float = 812346.4, n: int = 1234567) -> list[dict[str, Any]]:
    """What `figures.queries.table` answers, with numbers as long as they get."""
    return [
        {
            group: place, "code": code, "rate": str(one.name), "value": "0.658", "numerator": top,
            "n": n, "low": "0.657", "high": "0.659", "raw": "0.641", "excluded": 23456,
            "weighting": "满意 1、基本满意 0.8" if code == "satisfaction" else "每件计 1",
            "pack": "sh-lhsr-2013 v4",
        }
        for place in PLACES
        for code, one in DEFINITIONS.items()
    ]  # fmt: skip


def shown(told: list[dict[str, Any]], group: str) -> str:
    out = StringIO()
    show(told, group, Console(file=out, width=80))
    return out.getvalue()


@pytest.mark.parametrize("group", ["source", "unit", "all"])
def test_nothing_is_cut_short_at_80_signs(group: str) -> None:
    told = rows(group)
    text = shown(told, group)
    assert "…" not in text
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    lines = [line.split() for line in text.splitlines()]
    for code, one in DEFINITIONS.items():
        mine = [line for line in lines if line[0:1] == [code] and len(line) > 1]
        assert len(mine) == len(PLACES), code
        for line in mine:
            assert line[1:] == [
                str(one.name),
                "0.658",
                "0.657–0.659",
                "812346.4",
                "/",
                "1234567",
                "0.641",
                "23456",
            ]
    whole = "".join(text.split())
    if group != "all":
        assert all("".join(place.split()) in whole for place in PLACES)


def test_each_weighting_is_told_once_with_its_pack_and_rates() -> None:
    text = "".join(shown(rows("source"), "source").split())
    assert text.count("满意1、基本满意0.8(sh-lhsr-2013v4):satisfaction") == 1
    assert text.count("每件计1(sh-lhsr-2013v4):") == 1


def test_no_row_is_said_to_be_none() -> None:
    assert shown([], "all").strip() == "Nothing was counted in these days."
