"""When appeals come and how far they go, as the boards draw them."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from suqiu.calendars.rules import WEEKDAYS
from suqiu.desk.views import charts
from suqiu.figures.boards import Board
from suqiu.figures.funnel import funnel
from suqiu.figures.heat import HOURS, heat
from suqiu.figures.stages import STAGE
from suqiu.figures.sums import ALL

SHADES = 4  # beside none at all


def hours(board: Board) -> dict[str, Any]:
    """Seven rows of 24 cells; the shade says how near a cell is to the fullest, the figure how many;
    where the fullest has two or three, one order is no dark spot."""
    found = heat(board.cohort, board.by)
    taken = charts.address(replace(board.cohort, basis="accepted_in"), ALL)
    rows = [
        {
            "name": WEEKDAYS[day],
            "whole": sum(row),
            "cells": [
                {
                    "hour": hour,
                    "n": n,
                    "shade": -(-n * SHADES // max(found.most, SHADES)) if n else 0,
                    "url": f"{taken}&{urlencode({'weekday': day + 1, 'hour': hour})}",
                }
                for hour, n in enumerate(row)
            ],
        }
        for day, row in enumerate(found.rows)
    ]
    peak = found.peak
    return {
        "rows": rows if found.whole else [],
        "hours": range(HOURS),
        "whole": found.whole,
        "most": found.most,
        "peak": {"day": WEEKDAYS[peak[0] - 1], "hour": peak[1]} if peak else None,
    }


def steps(board: Board) -> list[dict[str, Any]]:
    """The way from acceptance to the end, each step with who came through it and what it took."""
    taken, made = funnel(board)
    worst = sorted((one.lost or 0.0 for one in made), reverse=True)[:2]
    return [
        {
            "name": one.name,
            "n": one.n,
            "share": one.share,
            "hours": one.hours,
            "lost": one.lost,
            "worst": bool(one.lost) and one.lost in worst,
            "url": charts.address(taken.cohort, "timely", STAGE + one.code)
            if one.code
            else charts.address(taken.cohort, ALL),
        }
        for one in made
        if made[0].n
    ]
