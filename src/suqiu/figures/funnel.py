"""How far the accepted orders of a period have come, and where they and their hours stay behind."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from suqiu.figures.boards import Board
from suqiu.figures.stages import STAGES
from suqiu.orders.states import VERBS


@dataclass(frozen=True)
class Step:
    """One step of the way: how many of the accepted orders have come through it. `share` is that of
    all of them; `hours` the median of the stage that ends here, `lost` its share of all hours."""

    code: str
    name: str
    n: int
    share: float
    hours: float | None
    lost: float | None


def funnel(board: Board) -> tuple[Board, list[Step]]:
    """The steps from acceptance on, and the board over which they are counted: orders by acceptance.

    An order without telephone has nobody to contact, so a step may have fewer than the one after it.
    """
    taken = replace(board.cohort, basis="accepted_in")
    by_acceptance = board if taken == board.cohort else Board(taken, board.by)
    whole = by_acceptance.volumes(taken).get("", 0)
    passed = {row["code"]: row for row in by_acceptance.lost}
    steps = [Step("", _("受理"), whole, 1.0 if whole else 0.0, None, None)]
    for _first, then, _name in STAGES:
        row = passed.get(then)
        n = row["n"] if row else 0
        label = str(VERBS[then.removeprefix("order.")].label)
        steps.append(
            Step(
                then,
                label,
                n,
                n / whole if whole else 0.0,
                row["median"] if row else None,
                row["share"] if row else None,
            )
        )
    return by_acceptance, steps
