"""The June inspection of the story: who looks is from outside, what is looked at is drawn by lot.

What stands there and what people answer is planted in shares; the scorecard counts it by itself.
"""

import datetime as dt
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from suqiu.base.actors import Actor
from suqiu.base.errors import NotAllowed
from suqiu.demo.people import holders
from suqiu.policy.queries import in_force, pack
from suqiu.supervision.inspections import actions, queries
from suqiu.supervision.inspections.models import Inspection, Item
from suqiu.supervision.inspections.rules import Checklist


def inspect(rng: random.Random, told: Mapping[str, Any], year: int) -> Inspection:
    """From the plan to the published card, with those from outside in every step."""
    given = told["inspection"]
    leads, outside = holders("inspector"), holders("external_supervisor")
    row = actions.plan(
        theme=f"“三个二”专项检查{told['label']}", checklist="three-twos",
        since=dt.date(year, 1, 1), until=given["closed_by"], per_stratum=given["per_stratum"],
        lines=given["lines"], by=leads[0],
    )  # fmt: skip
    for person, side in zip(outside, itertools.cycle(["external", "conduct"]), strict=False):
        actions.invite(row, person, side=side, by=leads[0])
    for person in leads:
        actions.invite(row, person, side="centre", by=leads[0])
    actions.seal(row, by=leads[0])
    actions.supply_seed(row, f"摇号 {rng.randrange(10**6):06d}", by=outside[0])
    parts: defaultdict[str, list[Item]] = defaultdict(list)
    for item in queries.to_check(row):
        parts[item.line].append(item)
    for line, items in parts.items():
        seen = zip(
            share(len(items), given["on_time"], rng),
            share(len(items), given["gone"], rng),
            levels(len(items), given["content"][line], rng),
            strict=True,
        )
        for item, (on_time, gone, level) in zip(items, seen, strict=True):
            _look(row, item, [*outside, *leads], on_time=on_time, gone=gone, level=level)
    actions.finish(row, by=leads[0])
    return actions.publish(row, by=holders("leader")[0])


def share(n: int, part: float, rng: random.Random) -> Iterator[bool]:
    """n answers of which at least `part` (a ratio) are yes, in any order."""
    wrong = int(n * (1 - part))
    return iter(rng.sample([False] * wrong + [True] * (n - wrong), n))


def levels(n: int, content: float, rng: random.Random) -> list[str]:
    """n answers whose weighted mean comes as near to `content` (a ratio) as n answers can."""
    weights = pack(in_force().pk).satisfaction
    best, *rest = sorted(weights, key=lambda level: -weights[level])
    found = min(
        (
            counts
            for counts in itertools.product(range(n // 2 + 1), repeat=len(rest))
            if sum(counts) <= n
        ),
        # Of those that come equally near, the one with the fewest who are not content at all.
        key=lambda counts: (
            round(abs(n * (1 - content) - _lost(counts, rest, weights, weights[best])), 6),
            [*reversed(counts)],
        ),
    )
    said = [level for level, k in zip(rest, found, strict=True) for _ in range(k)]
    return rng.sample([*said, *[best] * (n - len(said))], n)


def _lost(
    counts: tuple[int, ...], names: list[str], weights: Mapping[str, float], whole: float
) -> float:
    return sum(k * (whole - weights[name]) for k, name in zip(counts, names, strict=True))


def _look(
    row: Inspection, item: Item, team: list[Actor], *, on_time: bool, gone: bool, level: str
) -> None:
    """Those from outside go first; whoever has had to do with it keeps away."""
    truth = {"on_time": on_time, "gone": gone}
    asked = Checklist.model_validate(row.checklist).questions
    answers: dict[str, bool | None] = {q.code: truth.get(q.code, True) for q in asked}
    for person in team:
        try:
            actions.check(row, item, answers=answers, by=person)
        except NotAllowed:
            continue
        actions.survey(row, item, level=level, by=person)
        return
