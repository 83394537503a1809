"""What is kept wrongly is named, and what is kept rightly is not."""

import datetime as dt
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.db.models import F

from suqiu.audit.jobs import seal
from suqiu.cli import house
from suqiu.cli.commands import figures as command
from suqiu.figures import keeping, proof
from suqiu.figures.models import FigureFact, FigureSum
from suqiu.orders.models import Disposal, Obligation, Order, Verification
from tests.city import City
from tests.figures.test_queries import closed
from tests.figures.test_rollups import _given_to_another, _late, _returned, _withdrawn

DAY = dt.timedelta(days=1)


def _fact_counts(order: Order) -> str:
    row = FigureFact.objects.get(pk=order.pk)
    row.counts["timely"] = 1_000_000 - row.counts.get("timely", 0)
    row.save()
    return f"order {order.pk}: counts is kept"


def _fact_day(order: Order) -> str:
    FigureFact.objects.filter(pk=order.pk).update(closed_in=F("closed_in") - DAY)
    return f"order {order.pk}: closed_in is kept"


def _fact_place(order: Order) -> str:
    FigureFact.objects.filter(pk=order.pk).update(region="310999")
    return f"order {order.pk}: region is kept"


def _fact_gone(order: Order) -> str:
    FigureFact.objects.filter(pk=order.pk).delete()
    return f"order {order.pk}: its fact is not kept"


def _fact_stage(order: Order) -> str:
    FigureFact.objects.filter(pk=order.pk).update(stages={"order.sign": 7})
    return f"order {order.pk}: stages is kept"


def _ended(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(ended_at=F("ended_at") - 2 * DAY)
    return f"order {order.pk}: ended_at is"


def _state(order: Order) -> str:
    Order.objects.filter(pk=order.pk).update(state="archived")
    return f"{order.number}: the table says"


def _satisfaction(order: Order) -> str:
    row = Verification.objects.filter(order=order)[0]
    Verification.objects.filter(pk=row.pk).update(satisfaction="满意")
    return f"order {order.pk}: verification {row.pk} says"


def _result(order: Order) -> str:
    row = Disposal.objects.get(order=order)
    Disposal.objects.filter(pk=row.pk).update(result="explained")
    return f"order {order.pk}: disposal {row.pk} says"


def _due(order: Order) -> str:
    Obligation.objects.filter(order=order, code="dispose").update(due=F("due") + DAY)
    return f"order {order.pk}: clock dispose of unit"


ORDERS = (
    _fact_counts, _fact_day, _fact_place, _fact_gone, _fact_stage, _ended, _state, _satisfaction,
    _result, _due,
)  # fmt: skip


def _more(row: FigureSum) -> None:
    FigureSum.objects.filter(pk=row.pk).update(n=F("n") + 1)


def _heavier(row: FigureSum) -> None:
    code, (n, weight) = next(iter(row.codes.items()), ("timely", (0, 0)))
    FigureSum.objects.filter(pk=row.pk).update(codes={**row.codes, code: [n, weight + 1]})


def _gone(row: FigureSum) -> None:
    row.delete()


def _another_day(row: FigureSum) -> None:
    FigureSum.objects.filter(pk=row.pk).update(day=row.day - 400 * DAY)


def _invented(row: FigureSum) -> None:
    row.pk = None
    row.save(force_insert=True)


SUMS: tuple[Callable[[FigureSum], None], ...] = (_more, _heavier, _gone, _another_day, _invented)


def test_of_a_hundred_corruptions_a_hundred_are_named(city: City) -> None:
    orders = [closed(city) for _n in range(10)]
    for step in (_late, _returned, _given_to_another, _withdrawn):
        step(city)
    assert proof.verify().problems == []
    # Fifty in facts, orders and what hangs on them; a fact that is gone cannot be wrong as well.
    with transaction.atomic():
        planted = [deed(orders[j + 5 * (deed is _fact_gone)]) for deed in ORDERS for j in range(5)]
        missed = unnamed(planted)
        transaction.set_rollback(True)
    # Fifty in sums.
    rows = list(FigureSum.objects.order_by("pk"))
    for i, row in enumerate(rows[:: len(rows) // 50][:50]):
        key = f"invented-{i}" if SUMS[i % 5] is _invented else row.key
        where = f"{row.basis}/{row.cut}/{key}/{row.span}/{row.day}/{row.pack}"
        planted.append(f"sum {where} is kept as")
        row.key = key
        SUMS[i % 5](row)
    assert len(set(planted)) == 100
    assert missed + unnamed(planted[50:]) == []


@pytest.mark.parametrize("cut", ["area", "region_line", "place", "street"])
def test_each_wrong_number_of_a_narrowed_page_is_named(city: City, cut: str) -> None:
    for _n in range(2):
        closed(city)
    assert proof.verify().problems == []
    rows = list(FigureSum.objects.filter(cut=cut))
    planted = []
    for i, row in enumerate(rows):
        SUMS[i % 3](row)
        planted.append(f"sum {row.basis}/{row.cut}/{row.key}/{row.span}/{row.day}/{row.pack} is")
    assert len(planted) > 2 and unnamed(planted) == []
    keeping.recount()
    assert proof.verify().problems == []


def unnamed(planted: list[str]) -> list[str]:
    problems = proof.verify().problems
    return [one for one in planted if not any(one in problem for problem in problems)]


@pytest.mark.parametrize("deed", ORDERS)
def test_one_corruption_is_named_and_no_other_order_is_accused(
    city: City, deed: Callable[[Order], str]
) -> None:
    order, other = closed(city), closed(city)
    assert proof.verify().problems == []
    named = deed(order)
    problems = proof.verify().problems
    assert any(named in problem for problem in problems)
    assert not any(f"order {other.pk}:" in problem for problem in problems)


def test_proving_mends_nothing_and_building_anew_does(city: City) -> None:
    order = closed(city)
    proof.verify()
    _fact_counts(order)
    assert proof.verify().problems == proof.verify().problems != []
    keeping.rebuild()
    assert proof.verify().problems == []


def test_what_was_written_since_is_no_problem(city: City) -> None:
    closed(city)
    seal()
    keeping.follow()
    late = city.dispatched()
    assert late.pk in keeping.touched_after([late.pk])
    assert proof.verify().problems == []


@pytest.mark.parametrize("full", [False, True])
def test_of_an_empty_house_nothing_was_verified(
    request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(house, "opened", nullcontext)
    monkeypatch.setattr(house, "migrate", lambda: None)
    if full:
        closed(request.getfixturevalue("city"))
    answer = CliRunner().invoke(command.command, ["verify"])
    if full:
        assert answer.exit_code == 0 and answer.output.startswith("1 orders, ")
    else:
        assert answer.exit_code == 1 and "Nothing was verified" in answer.output
