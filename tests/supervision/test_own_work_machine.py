"""Whatever posts people are given and lose, whichever unit the order is sent to: nobody ever verifies,
rechecks, surveys, inspects, judges, reviews, reports on or assesses his own work.

Hypothesis moves the people and the order. The machine keeps its own book of whose work it is, from what
was done before its eyes (never from the house's own book): who did something on the order, and who stood
in a unit while the order was there. Then such a person is given every post of the centre, in place of his
own or beside it, and tries everything: each try must be refused.
"""

import datetime as dt
import os
from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from suqiu.accounts import actions as accounts
from suqiu.accounts.models import Person, Posting
from suqiu.accounts.queries import actor_for, actor_named
from suqiu.assessment.actions import appeals
from suqiu.assessment.models import Appeal
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Refused
from suqiu.callbacks import actions as callbacks
from suqiu.orders.actions import co, dispatch, dispose, draws, returns, transfer
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit
from suqiu.supervision.cases.actions import opening, rectifying
from suqiu.supervision.cases.models import Case
from suqiu.supervision.inspections import actions as inspecting
from suqiu.supervision.inspections.models import Inspection, Member
from suqiu.supervision.signals import actions as signalling
from suqiu.supervision.signals.finding import Found, Piece
from suqiu.supervision.signals.models import Signal
from tests.city import DISTRICT, MONDAY, City
from tests.supervision.own_work import HONEST, WORDS, ObjectMissing, Try, done, ways

EXAMPLES = int(os.environ.get("SUQIU_LIVES", "12"))  # more, when hunting
STEPS = 30
POSTS = {
    "dispatcher": "310000-PD", "callback_officer": "310000-HF", "inspector": "310000-DC",
    "leader": "310000-LD", "assessor": "310000-KH",
}  # fmt: skip


class OwnWork(RuleBasedStateMachine):
    """One order and all that is made of it: callbacks, rechecks, a case, an inspection, a question about
    its figures, an appeal against its score."""

    city: ClassVar[City]
    # What somebody independent could do: else a refusal says nothing.
    tried: ClassVar[set[str]] = set()
    # What somebody did on his own work, as it was found: played again, a life may be drawn otherwise,
    # since keys go on and the draws of seconds hang on them.
    found: ClassVar[list[str]] = []

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        clock.set_to(MONDAY)
        for month in (
            "2026-09",
            "2026-10",
        ):  # who is drawn is the same in each run: a life can be told again
            draws.commit(month, by=draws.BY, seed="ab" * 32)
        self.secadmin = system("test")
        self.count = 0
        self.own: dict[int, str] = {}  # person → why it is his own work
        self.left: list[Person] = []  # who stood in the unit before the order came, and not since
        self.order: Order
        self.units: set[int] = set()  # where the order is, by the moves that were made here
        self.verified: dict[int, set[str]] = {}  # round → who verified in it
        self.scored: set[int] = set()  # whose unit the entry is about, and who made it

    def teardown(self) -> None:
        for name in sorted(
            self.ways()
        ):  # at a life's end somebody independent does all that is left
            self._could(name)
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        clock.set_to(MONDAY)

    # People

    def person(self, *posts: tuple[str, Unit]) -> Person:
        self.count += 1
        found = Person.objects.create(username=f"m{self.count}", name="试", password="!")
        for role, unit in posts:
            accounts.give_post(found, unit=unit, role=role, by=self.secadmin)
        self.stand_by()
        return found

    def stand_by(self) -> None:
        """Who stands in a unit while the order is there: it is his own work from now on."""
        rows = Posting.objects.filter(unit__in=self.units, role__in=("handler", "head"), until=None)
        for pk in rows.values_list("person", flat=True):
            self.own.setdefault(pk, "stood in the unit")

    def does(self, what: str, deed: Callable[[Actor], Any], *posts: tuple[str, Unit]) -> Any:
        """Somebody new with these posts does it, and has done it. A refusal changes nothing."""
        with transaction.atomic():
            who = self.person(*posts)
            try:
                with transaction.atomic():
                    done = deed(actor_for(who))
            except Refused:
                return None
        self.own.setdefault(who.pk, what)
        self.order.refresh_from_db()
        return done or True

    @property
    def lead(self) -> Unit:
        return self.order.seats.get(role="lead", closed=None).unit

    def centre(self, role: str) -> tuple[str, Unit]:
        return role, Unit.objects.get(code=POSTS[role])

    # The way of the order

    @initialize(way=st.sampled_from(["dispatched", "signed", "replied", "in_callback"]))
    def begin(self, way: str) -> None:
        early = Person.objects.create(username="early", name="试", password="!")
        Posting.objects.create(
            person=early, unit=self.city.squad, role="handler", since=dt.date(2026, 1, 1),
            until=dt.date(2026, 9, 1),
        )  # fmt: skip
        self.left.append(early)
        self.order = getattr(self.city, way)()
        self.units = {self.city.squad.pk}
        self.stand_by()

    @rule(role=st.sampled_from(["handler", "head"]), other=st.booleans())
    def somebody_joins(self, role: str, other: bool) -> None:
        unit = self.city.other_squad if other else self.city.squad
        self.person((role, unit))

    @rule(n=st.integers(0, 9))
    def somebody_is_relieved(self, n: int) -> None:
        """One of those whose work it is leaves his posts; from then on he is elsewhere."""
        people = sorted(self.own)
        for row in Posting.objects.filter(person=people[n % len(people)], until=None):
            accounts.end_post(row, by=self.secadmin)

    @rule(hours=st.integers(1, 60))
    def time_goes(self, hours: int) -> None:
        self.city.wait(hours=hours)

    @precondition(lambda self: self.order.state in {"dispatched", "signed", "disposed"})
    @rule()
    def the_unit_works(self) -> None:
        unit, order = self.lead, self.order
        if order.state == "dispatched":
            self.does("signed", lambda by: dispatch.sign(order, by=by), ("handler", unit))
        elif order.state == "signed":
            told = {"result": "solved", "fact": "true", "words": WORDS, "basis": "条例"}
            call = ("handler", unit)
            self.does(
                "called", lambda by: dispose.contact(order, reached=True, way="电话", by=by), call
            )
            self.does(
                "disposed", lambda by: dispose.dispose(order, by=by, **told), ("handler", unit)
            )
        else:
            self.does("passed", lambda by: dispose.pass_disposal(order, by=by), ("head", unit))
            self.does(
                "replied", lambda by: dispose.reply(order, words=WORDS, by=by), ("handler", unit)
            )

    @precondition(lambda self: self.order.state in {"dispatched", "signed"})
    @rule()
    def it_is_passed_on_within_the_district(self) -> None:
        near = Unit.objects.filter(region=DISTRICT, kind="squad").exclude(pk=self.lead.pk)
        to = near.order_by("code")[0]
        done = self.does(
            "passed on", lambda by: transfer.transfer(self.order, to=to, reason="在那边", by=by),
            ("head", self.lead),
        )  # fmt: skip
        self._goes_to(to, done)

    @precondition(lambda self: self.order.state in {"dispatched", "signed"})
    @rule()
    def it_is_sent_back_and_anew(self) -> None:
        give = {"reason_code": "remit", "reason": "不归我们"}
        asked = self.does(
            "asked back", lambda by: returns.ask_return(self.order, by=by, **give),
            ("handler", self.lead),
        )  # fmt: skip
        if not asked:
            return
        to = self.city.other_squad if self.lead == self.city.squad else self.city.squad
        with transaction.atomic():
            returns.uphold_return(self.order, by=self.city.dispatcher)
            self.order.refresh_from_db()
            dispatch.dispatch(self.order, to=to, by=self.city.dispatcher)
        self._goes_to(to, True)

    @precondition(lambda self: self.order.state == "signed")
    @rule()
    def another_helps(self) -> None:
        street = self.city.street
        if not self.does("asked for help", lambda by: co.ask_co(
            self.order, unit=street, reason="请配合", by=by), ("handler", self.lead)):  # fmt: skip
            return
        co.grant_co(self.order, by=self.city.dispatcher)
        self.does(
            "helped", lambda by: co.answer_co(self.order, words=WORDS, by=by), ("handler", street)
        )
        self.units.add(street.pk)
        self.stand_by()

    def _goes_to(self, to: Unit, done: Any) -> None:
        if done:
            self.order.refresh_from_db()
            self.units.add(to.pk)  # where it was, it was: the former unit's people worked on it
            self.stand_by()
            self.units = {to.pk}

    @precondition(lambda self: self.order.state in {"replied", "callback", "second_check"})
    @rule(good=st.booleans())
    def somebody_independent_verifies(self, good: bool) -> None:
        order, turn = self.order, self.order.round
        if order.state == "replied":
            self._could("review")
            return
        name = "verify_first" if order.state == "callback" else "verify_second"
        answer = HONEST if good else callbacks.AnswerGiven("no", satisfaction="不满意")
        who = self.person(self.centre("callback_officer"))
        by = actor_for(who)
        try:
            callbacks.record(order, by=by, outcome="reached", answer=answer)
        except Refused:  # the first is made, and there is no second
            self._could("close")
            return
        self.tried.add(name)
        self.verified.setdefault(turn, set()).add(by.id)
        self.own.setdefault(who.pk, "verified")
        self.order.refresh_from_db()

    # What is made of it afterwards

    @precondition(lambda self: not Case.objects.exists())
    @rule()
    def a_case_is_opened(self) -> None:
        opening.open_case(self.order.number, words="群众反映强烈", by=self.city.leader)

    @precondition(lambda self: Case.objects.exists())
    @rule(n=st.integers(0, 9))
    def the_case_goes_on(self, n: int) -> None:
        case = Case.objects.get()
        if case.state == "planning" and case.unit:
            line = rectifying.Line("固定值守", "中队长", clock.today() + dt.timedelta(days=3))
            self.does("planned", lambda by: rectifying.plan(
                case, words="整改", measures=[line], by=by), ("head", case.unit))  # fmt: skip
        elif case.state == "rectifying" and case.unit:
            row = case.plans.get(ruling="approved", round=case.round).measures.get(done_at=None)
            self.does("mended", lambda by: rectifying.do_measure(
                case, measure=row.pk, words="已落实", by=by), ("handler", case.unit))  # fmt: skip
        else:
            ways = [name for name in self.ways() if name.startswith("case_")]
            self._could(ways[n % len(ways)])

    @precondition(lambda self: self.order.state == "closed" and not Inspection.objects.exists())
    @rule()
    def an_inspection_is_planned(self) -> None:
        by, today = self.city.inspector, clock.today()
        outside = actor_named("supervisor1")
        row = inspecting.plan(
            theme="三个二", checklist="three-twos", since=MONDAY.date(), until=today, per_stratum=1, by=by,
        )  # fmt: skip
        inspecting.invite(row, outside, side="external", by=by)
        inspecting.seal(row, by=by)
        inspecting.supply_seed(row, "摇号 123456", by=outside)

    @precondition(lambda self: not Signal.objects.exists())
    @rule()
    def its_figures_raise_a_question(self) -> None:
        piece = Piece(self.order.pk, "contact:1", clock.now())
        found = Found("silent", self.lead.pk if self._is_out() else self.city.squad.pk, (piece,))
        signalling.raise_signal(found, self.order, by=system("supervision"))

    def _is_out(self) -> bool:
        return self.order.seats.filter(role="lead", closed=None).exists()

    @precondition(lambda self: self.order.state == "closed" and not Appeal.objects.exists())
    @rule()
    def the_unit_appeals_against_its_score(self) -> None:
        seat = self.order.seats.filter(role="lead").order_by("-pk")[0]
        self.does("appealed", lambda by: appeals.ask(
            unit=seat.unit, number=self.order.number, rate="satisfaction", words="另有所求", by=by,
        ), ("head", seat.unit))  # fmt: skip

    @rule(n=st.integers(0, 30))
    def somebody_independent_does_what_he_can(self, n: int) -> None:
        ways = sorted(self.ways())
        self._could(ways[n % len(ways)])

    def _could(self, name: str) -> None:
        """An independent person does it if it is time for it."""
        who = self.person(*(self.centre(role) for role in POSTS))
        by = self._in_team(who)
        try:
            with transaction.atomic():
                self.ways(by)[name]()
        except (Refused, ObjectMissing):
            return
        self.tried.add(name)
        self.order.refresh_from_db()
        if name == "entry":
            self.scored = {who.pk, *self._stand_in_the_squad()}

    def _stand_in_the_squad(self) -> set[int]:
        rows = Posting.objects.filter(unit=self.city.squad, until=None)
        return set(rows.values_list("person", flat=True))

    def ways(self, by: Actor = system("nobody")) -> dict[str, Try]:  # noqa: B008 - frozen
        return ways(self.order, self.city, by)

    # What nobody does on his own work

    @rule(n=st.integers(0, 30), beside=st.booleans())
    def he_tries_everything(self, n: int, beside: bool) -> None:
        """One whose work it is gets every post of the centre, and tries."""
        people = sorted(self.own)
        pk = people[n % len(people)]
        who, squad = Person.objects.get(pk=pk), self._stand_in_the_squad()
        with transaction.atomic():
            if not beside:
                for row in Posting.objects.filter(person=who, until=None):
                    accounts.end_post(row, by=self.secadmin)
            for role in POSTS:
                unit = self.centre(role)[1]
                accounts.give_post(who, unit=unit, role=role, by=self.secadmin)
            by = self._in_team(who)
            for name in self.ways(by):
                if not self._is_his(name, by, pk in squad):
                    continue
                with transaction.atomic():
                    did = done(self.ways(by)[name])
                    if did:
                        self.found.append(f"{name} on his own work: {self.own[pk]}")
                    assert not did, self.found[-1]
                    transaction.set_rollback(True)
            transaction.set_rollback(True)

    def _is_his(self, name: str, by: Actor, of_squad: bool) -> bool:
        """Who only verified may close, and is not asked twice in a round; what is entered is the work of
        the unit that it is about; all else is closed to him."""
        pk = int(by.id.removeprefix("person:"))
        if name == "entry":
            return of_squad  # until this morning
        if name == "entry_confirm":
            return pk in self.scored
        if self.own[pk] != "verified":
            return True
        if name in {"close", "review", "rework"}:
            return False
        return not name.startswith("verify_") or by.id in self.verified.get(self.order.round, set())

    def _in_team(self, who: Person) -> Actor:
        by = actor_for(who)
        for row in Inspection.objects.all():
            Member.objects.get_or_create(inspection=row, actor=by.id, defaults={"side": "centre"})
        return by


def run(lives: int, *, random: bool = True) -> None:
    run_state_machine_as_test(
        OwnWork,
        settings=settings(
            max_examples=lives,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not random,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_nobody_ever_checks_his_own_work(scored: City) -> None:
    OwnWork.city, OwnWork.tried, OwnWork.found = scored, set(), []
    run(EXAMPLES, random="SUQIU_LIVES" in os.environ)
    # A refusal says something only where somebody independent could do it.
    if EXAMPLES >= 10:
        assert len(OwnWork.tried) >= 8, OwnWork.tried
