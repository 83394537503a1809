"""Whatever leaders, deputies, units and time do in whatever order: a conduct order that closes has every
signature that is owed, each by one who might give it at that moment."""

import datetime as dt
import os

from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from suqiu.accounts.absences import end_absence, state_absence
from suqiu.accounts.models import Posting
from suqiu.accounts.queries import actor_for, actor_named, by_username
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Refused
from suqiu.orders.actions import dispose, leader, verify
from suqiu.orders.models import Order
from tests.city import MONDAY, City
from tests.orders.conduct import check_signatures, entitled

EXAMPLES = int(os.environ.get("SUQIU_LIVES", "12"))
LEADERS = ("leader1", "leader2", "inspector1")  # the third is made one for this
DEEDS = [
    *("accept", "report", "plan", "return", "off", "name", "leave", "back", "day"),
    *("rework", "work", "close"),
]
STEPS = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 2), st.integers(0, 2)),
    min_size=10, max_size=40,
)  # fmt: skip


def _work(city: City, order: Order) -> None:
    """The unit and the centre do their part, as far as they may."""
    yes = verify.Outcome(True, True, "满意", True, True)
    for step in (
        lambda: leader.report_plan(order, words="约谈当事队员", by=city.handler),
        lambda: dispose.dispose(
            order, result="solved", fact="true", words="已约谈当事队员并当面致歉。", by=city.handler
        ),
        lambda: dispose.pass_disposal(order, by=city.head),
        lambda: dispose.reply(order, words="已告知约谈与致歉情况。", by=city.handler),
        lambda: verify.review(order, by=city.dispatcher),
        lambda: verify.verify(order, yes, by=city.hub),
        lambda: verify.verify(order, yes, by=city.callback_officer),
    ):
        order.refresh_from_db()
        _try(step)


def _try(deed: object) -> None:
    try:
        with transaction.atomic():
            deed()  # type: ignore[operator]
    except Refused:
        pass


def _leave(who: str, deputy: str, days: int) -> None:
    one, day = by_username(who), clock.today()
    until = day + dt.timedelta(days=days)
    state_absence(one, deputy=by_username(deputy), since=day, until=until, by=actor_for(one))


def _back(who: str) -> None:
    one = by_username(who)
    if row := one.absences.filter(ended_at=None).last():
        end_absence(row, by=actor_for(one))


def _do(city: City, order: Order, deed: str, who: int, n: int) -> None:
    by: Actor = actor_named(LEADERS[who])
    other = LEADERS[n]
    {
        "accept": lambda: leader.sign_acceptance(order, words="办", by=by),
        "report": lambda: leader.report_plan(order, words="再约谈一次", by=city.handler),
        "plan": lambda: leader.sign_plan(order, words="照办", by=by),
        "return": lambda: leader.return_plan(order, reason="写明日期", by=by),
        "off": lambda: leader.sign_off(order, words="同意", by=by),
        "name": lambda: leader.name_leader(
            order, leader=actor_named(other).id, section=city.section, by=city.dispatcher
        ),
        "leave": lambda: _leave(LEADERS[who], other, n),
        "back": lambda: _back(LEADERS[who]),
        "day": lambda: city.wait(days=1),
        "rework": lambda: verify.rework(order, reason="没有办好", by=city.dispatcher),
        "work": lambda: _work(city, order),
        "close": lambda: verify.close(order, by=city.dispatcher),
    }[deed]()


def test_nothing_closes_without_the_signatures_of_those_who_may(city: City) -> None:
    closed = 0

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @example(steps=[], ready=True)  # a life in which nobody does anything odd ends
    @given(STEPS, st.booleans())
    def live(steps: list[tuple[str, int, int]], ready: bool) -> None:
        nonlocal closed
        clock.set_to(MONDAY)
        with transaction.atomic():
            Posting.objects.create(
                person=by_username("inspector1"), unit=city.section, role="leader",
                since=clock.today(),
            )  # fmt: skip
            order = city.conduct_checked() if ready else city.conduct_signed()
            for deed, who, n in steps:
                order.refresh_from_db()
                _try(lambda deed=deed, who=who, n=n: _do(city, order, deed, who, n))  # type: ignore[misc]
                assert all(entitled(row) for row in order.signatures.all())
            for name in LEADERS:  # whoever answers for it now signs what is left, if anybody may
                _try(lambda name=name: leader.sign_off(order, words="同意", by=actor_named(name)))  # type: ignore[misc]
            _try(lambda: verify.close(order, by=city.dispatcher))
            order.refresh_from_db()
            if order.state == "closed":
                check_signatures(order)
                closed += 1
            transaction.set_rollback(True)

    live()
    assert closed, "some lives end; else nothing was shown"
