"""What of a published scorecard everybody may read. Pure.

A cell of fewer than ten would tell of single orders (推定: a usual bound of statistical disclosure), and
so would what is left when the shown lines are taken from the total: of each column so many lines are
kept back that together they are ten or more, or all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST = 10
FEW = 30  # under this a rate is shown with its interval, and said to rest on few
MEASURES = ("timely", "solved", "satisfaction", "professional")


@dataclass(frozen=True)
class Cell:
    """A ratio with its interval. `n` 0: nothing could be told; `hidden`: too few to show, and then
    nothing else is said."""

    n: int = 0
    value: float = 0
    low: float = 0
    high: float = 0
    hidden: bool = False

    @property
    def few(self) -> bool:
        return 0 < self.n < FEW


@dataclass(frozen=True)
class Row:
    """One line ("" for all of them) of one part; `items` None and `score` None where they are kept
    back. `cells` in the order of MEASURES."""

    part: str
    line: str
    items: int | None
    cells: tuple[Cell, ...]
    score: float | None


def rows(card: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The stored card as everybody may read it."""
    shown = []
    for part in dict.fromkeys(row["part"] for row in card):
        own = [row for row in card if row["part"] == part]
        hidden = {m: _hidden({r["line"]: r[m]["n"] for r in own}) for m in MEASURES}
        count = _hidden({r["line"]: r["items"] for r in own})
        for row in own:
            cells = tuple(_cell(row[m], row["line"] in hidden[m]) for m in MEASURES)
            bare = row["line"] in count
            whole = not bare and not any(c.hidden for c in cells[MEASURES.index("satisfaction") :])
            shown.append(Row(part, row["line"], None if bare else row["items"], cells,
                             row["score"] if whole else None))  # fmt: skip
    return shown


def _cell(told: Mapping[str, Any], hidden: bool) -> Cell:
    if hidden:
        return Cell(hidden=True)
    if not told["n"]:
        return Cell()
    return Cell(told["n"], told["value"], told["low"], told["high"])


def _hidden(sizes: Mapping[str, int]) -> set[str]:
    """Which lines of a column are kept back; `sizes` holds the total under ""."""
    lines = {line: n for line, n in sizes.items() if line and n}
    total = {""} if 0 < sizes.get("", 0) < LEAST else set()
    back = {line for line, n in lines.items() if n < LEAST}
    left = sorted(lines.keys() - back, key=lambda line: (lines[line], line))
    while back and sum(lines[line] for line in back) < LEAST and left:
        back.add(left.pop(0))
    return back | total
