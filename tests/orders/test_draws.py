"""The draw is bound before, hidden while it matters, and drawn again by anyone afterwards."""

import datetime as dt

import pytest
from django.conf import settings

from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.errors import Missing, Refused, WrongState
from suqiu.orders import jobs, queries, situations
from suqiu.orders.access import Denied, can
from suqiu.orders.actions import draws, verify
from suqiu.orders.actions.verify import Outcome
from suqiu.orders.models import DrawPeriod, Order, Verification
from suqiu.orders.rules import drawn, fingerprint_of
from tests.city import City

YES = Outcome(
    reached=True, solved=True, satisfaction="满意", disposal_true=True, feedback_true=True
)
OCTOBER = dt.datetime(2026, 10, 9, 10, 0, tzinfo=clock.LOCAL)


def called(city: City, *, second: bool) -> Order:
    """One whose first callback is made, drawn for a second check or not."""
    order = city.in_callback(urgency="紧急" if second else "一般")
    _period, seed = draws.seed_at(clock.now())
    while not second and drawn(seed, order.number, 0.2):
        order = city.in_callback()
    order = verify.verify(order, YES, by=city.hub)
    assert order.second_due is second
    return order


def test_the_hash_stands_in_the_journal_before_the_month(city: City) -> None:
    assert jobs.keep_draws() == 2
    assert jobs.keep_draws() == 0
    rows = {row.period: row for row in DrawPeriod.objects.all()}
    assert set(rows) == {"2026-09", "2026-10"}
    for period, row in rows.items():
        told = Entry.objects.get(chain=f"draw:{period}").data
        assert told == {"period": period, "fingerprint": row.fingerprint}
        assert row.seed == "" and row.revealed_at is None
        assert settings.SEAL_KEY.encode() not in bytes(row.sealed)
    assert len({row.fingerprint for row in rows.values()}) == 2


def test_the_seed_comes_out_when_nothing_hangs_on_it(city: City) -> None:
    order = called(city, second=True)
    with pytest.raises(WrongState, match="还没有公开"):
        queries.draws("2026-09")
    clock.set_to(OCTOBER)
    jobs.keep_draws()
    assert not DrawPeriod.objects.get(pk="2026-09").seed, "an order still waits in the draw"
    verify.close(verify.verify(order, YES, by=city.callback_officer), by=city.dispatcher)
    jobs.keep_draws()
    row = DrawPeriod.objects.get(pk="2026-09")
    assert fingerprint_of(row.seed) == row.fingerprint
    assert Entry.objects.filter(chain="draw:2026-09", kind="draw.revealed").count() == 1
    report = queries.draws("2026-09")
    assert (report.orders, report.drawn, report.problems) == (1, 1, [])


def test_a_month_is_not_told_in_its_course(city: City) -> None:
    draws.commit("2026-09", by=draws.BY)
    assert not draws.reveal("2026-09", by=draws.BY)
    with pytest.raises(Missing):
        queries.draws("2026-01")


def test_one_drawn_otherwise_is_found(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """The house that leaves out whom it likes is named by its own journal."""
    order = city.in_callback()
    monkeypatch.setattr(verify, "drawn", lambda seed, number, rate: not drawn(seed, number, rate))
    order = verify.verify(order, YES, by=city.hub)
    if order.second_due:
        order = verify.verify(order, YES, by=city.callback_officer)
    verify.close(order, by=city.dispatcher)
    clock.set_to(OCTOBER)
    jobs.keep_draws()
    report = queries.draws("2026-09")
    assert len(report.problems) == 1 and order.number in report.problems[0]


def test_from_outside_a_drawn_order_answers_as_one_that_was_not(city: City) -> None:
    one, other = called(city, second=True), called(city, second=False)
    assert (one.state, other.state) == ("second_check", "callback")
    for by in (city.hub, city.handler, city.head):
        answers = [_answers(order, by) for order in (one, other)]
        assert answers[0] == answers[1], by.id
    refusals = [_refusal(order, city) for order in (one, other)]
    assert refusals[0] == refusals[1]
    assert Verification.objects.filter(stage="second").count() == 0


def _answers(order: Order, by: object) -> list[tuple[str, str, str]]:
    it, _seats = situations.of(order)
    said = []
    for verb, answer in queries.menu(order, by):  # type: ignore[arg-type]
        assert can(by, verb, it) == answer  # type: ignore[arg-type]
        said.append(
            (verb.name, *((answer.code, answer.reason) if isinstance(answer, Denied) else ("", "")))
        )
    return said


def _refusal(order: Order, city: City) -> tuple[object, ...]:
    with pytest.raises(Refused) as caught:
        verify.verify(order, YES, by=city.hub)
    data = {k: v for k, v in caught.value.data.items() if k != "number"}
    return type(caught.value), caught.value.code, caught.value.message, data
