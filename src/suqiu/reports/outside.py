"""What a report says of supervisors from outside. Pure: figures in, text out."""

from collections.abc import Mapping, Sequence
from typing import Any

from suqiu.figures.rules import LEAST_TO_RANK

Figures = Mapping[str, Any]


def said(figures: Figures) -> str:
    """What supervisors from outside did, and whether they were answered in time."""
    rows = figures.get("outside") or []
    if not rows:
        return "本期没有在任的督导组成员、政风行风监督员。"
    people, joined, given, due, kept = (
        sum(r[key] for r in rows) for key in ("people", "joined", "opinions", "due", "in_time")
    )
    told = f"本期在任督导组成员、政风行风监督员 {people} 人，受邀参加 {joined} 件次，提出意见 {given} 条"
    if not due:
        return f"{told}，没有到期应答复的。"
    few = "" if due >= LEAST_TO_RANK else "，不足 30 条，仅供参考"
    return (
        f"{told}；应答复 {due} 条，按时答复 {kept} 条，占 {kept / due * 100:.1f}%（n={due}{few}）。"
    )


def table(figures: Figures) -> tuple[Sequence[str], list[Sequence[str]]]:
    rows: list[Sequence[str]] = [
        (
            r["name"], str(r["people"]), str(r["joined"]), str(r["opinions"]), str(r["due"]),
            str(r["in_time"]),
        )
        for r in figures.get("outside", [])
    ]  # fmt: skip
    return ("聘为", "在任", "受邀", "意见", "应答复", "按时答复"), rows
