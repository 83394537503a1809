"""To what a page of figures is narrowed, in words: its form shows some of it only."""

from typing import Any

from django.http import QueryDict

from suqiu.accounts.queries import names as names_of
from suqiu.base.actors import Actor
from suqiu.desk.views import charts
from suqiu.figures import queries as figures_of
from suqiu.figures.cohorts import Cohort
from suqiu.orders.access import is_inside

IN_FORM = ("region", "line", "source", "channel")


def narrowed_to(cohort: Cohort, asked: QueryDict, by: Actor) -> list[dict[str, Any]]:
    """What it is about, each with the address without it; `in_form`: the form shows it itself."""
    found = []
    for name in charts.FILTERS:
        value = str(getattr(cohort, name) or "")
        if not value:
            continue
        left = asked.copy()
        for gone in (name, "after"):
            left.pop(gone, None)
        told = _named(name, value, by)
        found.append({**told, "query": left.urlencode(), "in_form": name in IN_FORM})
    return found


def _named(name: str, value: str, by: Actor) -> dict[str, Any]:
    if name == "without":
        return {"label": "", "name": charts.lacks(value)}
    if name == "person":
        # Outside the centre a name is read in the rows of one's own orders, not asked for by a number.
        known = is_inside(by) and value in names_of({value})
        called = figures_of.people([value], by) if known else {}
    else:
        called = figures_of.names(name, [value])
    return {
        "label": charts.GROUPS[name],
        "name": called.get(value, "" if name == "person" else value),
    }
