"""Planted figures, and the text that they give."""

from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parent


def rate(
    code: str, name: str, top: float, n: int, low: float, high: float, out: int = 0
) -> dict[str, Any]:
    return {
        "code": code, "name": name, "top": top, "n": n, "low": low, "high": high, "raw": top / n,
        "excluded": out, "weighting": "满意 1、基本满意 0.8" if code == "satisfaction" else "每件计 1",
    }  # fmt: skip


def part(top: float, n: int) -> dict[str, Any]:
    return {"top": top, "n": n}


def unit(code: str, name: str, solved: dict[str, Any], timely: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "name": name, "solved": solved, "timely": timely}


FIGURES: dict[str, Any] = {
    "volume": {"now": 480, "period": 500, "year": 320, "closed": 430},
    "composition": [
        {"code": "C0101", "name": "流动设摊", "n": 120, "before": 90},
        {"code": "S0101", "name": "道路保洁", "n": 80, "before": 85},
    ],
    "rates": [
        rate("timely", "及时率", 400, 412, 0.9497, 0.9833),
        rate("satisfaction", "满意率", 250.4, 300, 0.7884, 0.8726, out=12),
        rate("solved", "实际解决率", 20, 29, 0.5077, 0.8272),
    ],
    "against": "period",
    "before": [
        rate("timely", "及时率", 350, 400, 0.8389, 0.9040),
        rate("satisfaction", "满意率", 246, 300, 0.7725, 0.8593),
        rate("solved", "实际解决率", 30, 40, 0.5981, 0.8581),
    ],
    "districts": [
        {"code": "310101", "name": "黄浦", "closed": 210, "timely": part(200, 205),
         "satisfaction": part(120.4, 150), "solved": part(180, 200)},
        {"code": "310104", "name": "徐汇", "closed": 190, "timely": part(180, 185),
         "satisfaction": part(110, 130), "solved": part(120, 180)},
        {"code": "310151", "name": "崇明", "closed": 30, "timely": part(20, 22),
         "satisfaction": part(20, 20), "solved": part(20, 29)},
    ],
    "hot": [{"street": "青禾街道", "category": "流动设摊", "now": 14, "before": 3.25}],
    "overdue": {"due": 420, "n": 3, "units": [{"code": "7", "name": "甲区一中队", "n": 2},
                                              {"code": "9", "name": "乙区二中队", "n": 1}]},
    "units": [
        unit("11", "甲区一中队", part(190, 200), part(198, 200)),
        unit("12", "甲区二中队", part(170, 210), part(199, 210)),
        unit("13", "乙区一中队", part(110, 200), part(150, 200)),
        unit("14", "乙区二中队", part(195, 200), part(150, 200)),
        unit("15", "丙区一中队", part(29, 29), part(29, 29)),
        unit("16", "丙区二中队", part(1, 20), part(2, 20)),
    ],
    "lasting": {
        "days": [{"days": 7, "of": 29, "at_close": 27, "after": 20},
                 {"days": 30, "of": 40, "at_close": 36, "after": 24}],
        "leaves": [{"code": "C0101", "name": "流动设摊", "n": 12, "of": 40},
                   {"code": "S0101", "name": "道路保洁", "n": 0, "of": 29}],
        "places": [{"code": "31", "name": "青禾街道", "n": 9, "of": 30},
                   {"code": "32", "name": "白杨镇", "n": 3, "of": 39}],
    },
    "outside": [
        {"code": "external", "name": "督导组", "people": 2, "joined": 5, "opinions": 4, "due": 3,
         "in_time": 2},
        {"code": "conduct", "name": "政风行风监督员", "people": 1, "joined": 1, "opinions": 1,
         "due": 0, "in_time": 0},
    ],
    "pack": "test v1",
}  # fmt: skip
