"""Whatever anybody tries in whatever order, an order keeps to the table, the journal and its clocks.

Hypothesis plays the people: it tries any verb as any person, follows what is allowed, and lets time
pass. After each step the order must be one that the house can answer for.
"""

import datetime as dt
import os
from typing import Any, ClassVar

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from suqiu.accounts.absences import end_absence, state_absence
from suqiu.accounts.queries import actor_for, by_username
from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry
from suqiu.audit.queries import verify as verify_journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, Refused, WrongState
from suqiu.catalogue.models import Category, Source
from suqiu.orders import jobs, queries, situations
from suqiu.orders.access import can, sees, verification_of
from suqiu.orders.actions.advance import advance
from suqiu.orders.models import NEVER, Obligation, Order, Request, Seat, Verification
from suqiu.orders.states import AFTER_DISPATCH, ENDS, VERBS, State
from tests.city import MONDAY, City
from tests.orders.conduct import check_signatures
from tests.orders.deeds import DEEDS, people

TABLES = [
    *("order", "seat", "hand", "obligation", "request", "transmission"),
    *("contact", "disposal", "feedback", "verification", "plan", "signature"),
]
COUNTS = "SELECT " + ", ".join(
    f"(SELECT count(*) FROM {table})"
    for table in [*(f"orders_{t}" for t in TABLES), "audit_entry", "audit_statement"]
)
EXAMPLES = int(os.environ.get("SUQIU_LIVES", "15"))  # more, when hunting


class Life(RuleBasedStateMachine):
    """One order, from a state in the middle of its way, under everybody's hands."""

    city: ClassVar[City]

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        clock.set_to(MONDAY)
        self.people = people(self.city)
        self.order: Order | None = None
        self.originals: dict[int, dt.datetime] = {}
        self.dues: dict[int, dt.datetime] = {}
        self.seen = 0

    def teardown(self) -> None:
        try:
            if self.order is not None:
                seal()
                assert verify_journal().problems == []
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)
            clock.set_to(MONDAY)

    @initialize(
        way=st.sampled_from(
            [
                *("draft", "accepted", "dispatched", "signed", "replied", "in_callback"),
                *("conduct_accepted", "conduct_signed", "conduct_planned", "conduct_checked"),
            ]
        ),
        urgency=st.sampled_from(["一般", "紧急"]),
        conduct=st.booleans(),
        accuse=st.booleans(),
        phone=st.booleans(),
        hidden=st.booleans(),
    )
    def begin(
        self, way: str, urgency: str, conduct: bool, accuse: bool, phone: bool, hidden: bool
    ) -> None:
        changes: dict[str, Any] = {"urgency": urgency}
        if hidden:
            changes |= {"confidential": True, "paraphrase": "某路口摊贩占道"}
        if not phone:
            changes["appellant"] = None
        if accuse:
            changes["accused"] = self.city.other_squad
        if conduct and way in {"draft", "accepted"}:
            changes["source"] = Source.objects.filter(conduct=True).first()
            changes["category"] = Category.objects.get(code="X0101")
        way = "draft" if not phone else way  # without a caller content rules stop the order
        self.order = getattr(self.city, way)(**changes)
        self.look()

    # What happens

    @rule(verb=st.sampled_from(sorted(DEEDS)), who=st.integers(0, 15), n=st.integers(0, 29))
    def anybody_tries_anything(self, verb: str, who: int, n: int) -> None:
        self.attempt(verb, self.people[who], n)

    @rule(data=st.data(), n=st.integers(0, 29))
    def somebody_does_what_he_may(self, data: st.DataObject, n: int) -> None:
        order = self.fresh()
        it, _seats = situations.of(order)
        may = [
            (verb, i)
            for verb in DEEDS
            for i, by in enumerate(self.people)
            if sees(by, it) and can(by, verb, it)
        ]
        moves = [m for m in may if VERBS[m[0]].to]
        pool = moves if moves and n % 2 else may
        if pool:
            verb, i = data.draw(st.sampled_from(pool))
            self.attempt(verb, self.people[i], n)

    @rule(leaves=st.booleans(), first=st.booleans(), days=st.integers(0, 2))
    def a_leader_leaves_or_is_back(self, leaves: bool, first: bool, days: int) -> None:
        one, other = (by_username(f"leader{n}") for n in ((1, 2) if first else (2, 1)))
        try:
            with transaction.atomic():
                if leaves:
                    today = clock.today()
                    until = today + dt.timedelta(days=days)
                    state_absence(one, deputy=other, since=today, until=until, by=actor_for(one))
                elif row := one.absences.last():
                    end_absence(row, by=actor_for(one))
        except Refused:
            pass

    @precondition(lambda self: self.order is not None)
    @rule(hours=st.sampled_from([0.1, 0.6, 3, 30, 100, 800]))
    def time_passes(self, hours: float) -> None:
        self.city.wait(hours=hours)
        before = self.fresh().state
        for job in (jobs.remind, jobs.climb, jobs.release_holds, jobs.archive):
            job()
        self.check_steps(before)

    # How it is judged

    def fresh(self) -> Order:
        assert self.order is not None
        self.order = Order.objects.select_related("appellant").get(pk=self.order.pk)
        return self.order

    def attempt(self, verb: str, by: Actor, n: int) -> None:
        order = self.fresh()
        it, _seats = situations.of(order)
        answer, visible = can(by, verb, it), sees(by, it)
        if verb.startswith("verify_"):  # one action serves both; the order's state chooses
            now = verification_of(by, order.state)
            verb, answer = now, can(by, now, it)
        before, state = self.picture(), order.state
        try:
            with transaction.atomic():
                DEEDS[verb](order, by, self.city, n)
        except Refused as refusal:
            assert self.picture() == before, f"{verb} was refused and left a trace"
            self.check_refusal(refusal, verb, answer, visible)
        else:
            assert visible and answer, f"{verb} was done by {by.id}, who may not"
            self.check_steps(state)

    def check_refusal(self, refusal: Refused, verb: str, answer: Any, visible: bool) -> None:
        if not visible:
            assert isinstance(refusal, Missing)
        elif not answer:
            assert type(refusal) is (WrongState if answer.state else NotAllowed), refusal
            assert refusal.code == answer.code
        else:
            assert isinstance(refusal, Invalid), f"{verb}: menu and action disagree: {refusal}"

    def picture(self) -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute(COUNTS)
            counts = cursor.fetchone()
        assert self.order is not None
        return (*counts, *Order.objects.filter(pk=self.order.pk).values_list()[0])

    def check_steps(self, state: str) -> None:
        """The journal's new entries lead from the state before to the state now, row by row."""
        order = self.fresh()
        for entry in Entry.objects.filter(chain=order.chain, seq__gt=self.seen).order_by("seq"):
            row = VERBS.get(entry.kind.removeprefix("order."))
            if row is None or entry.kind.startswith("clock."):
                continue
            assert entry.data["from"] == state and state in row.at, entry.kind
            assert entry.data["to"] in (row.to or (state,)), entry.kind
            state = entry.data["to"]
        assert order.state == state
        self.check_dues(order)
        self.check_verifications(order)
        self.look()

    def check_dues(self, order: Order) -> None:
        shifts = Entry.objects.filter(
            chain=order.chain, seq__gt=self.seen, kind="clock.shifted"
        ).order_by("seq")
        told: dict[str, list[dict[str, str]]] = {}
        for data in shifts.values_list("data", flat=True):
            told.setdefault(data["code"], []).append(data)
            if data["why"] in {"pause", "extension"}:
                assert data["to"] >= data["from"], f"{data['why']} took time away"
        for row in Obligation.objects.filter(order=order):
            assert row.due_original == self.originals.get(row.pk, row.due_original)
            was = self.dues.get(row.pk, row.due)
            if row.due != was:
                steps = told[row.code]
                assert (steps[0]["from"], steps[-1]["to"]) == (was.isoformat(), row.due.isoformat())

    def check_verifications(self, order: Order) -> None:
        hands = set(order.hands.values_list("actor", flat=True))
        new = Entry.objects.filter(
            chain=order.chain, seq__gt=self.seen, kind__startswith="order.verify_"
        )
        for by in new.values_list("actor", flat=True):
            assert by not in hands, "verified by one who handled it"

    def look(self) -> None:
        order = self.fresh()
        self.seen = Entry.objects.filter(chain=order.chain).count()
        rows = Obligation.objects.filter(order=order)
        self.originals = {row.pk: row.due_original for row in rows}
        self.dues = {row.pk: row.due for row in rows}

    # What is always so

    @precondition(lambda self: self.order is not None)
    @invariant()
    def the_journal_rebuilds_the_state(self) -> None:
        assert self.fresh().state in set(State)
        assert queries.disagreements() == []

    @precondition(lambda self: self.order is not None)
    @invariant()
    def one_unit_leads_after_dispatch_and_none_before(self) -> None:
        order = self.fresh()
        leads = Seat.objects.filter(order=order, role="lead", closed=None)
        assert leads.count() == (1 if order.state in AFTER_DISPATCH else 0)
        assert (order.master_id is not None) == (order.state == State.MERGED)
        if order.unreasonable:
            pair = Request.objects.get(order=order, kind="unreasonable", ruling="granted")
            assert pair.asked_by != pair.ruled_by
        accused = Seat.objects.filter(order=order, role="accused").values("unit")
        assert not leads.filter(unit__in=accused).exists()

    @precondition(lambda self: self.order is not None)
    @invariant()
    def an_ended_order_owes_nothing(self) -> None:
        order = self.fresh()
        if order.state in ENDS:
            assert not Obligation.objects.filter(order=order, outcome="open").exists()
            assert order.ended_at and order.ended_at <= clock.now()

    @precondition(lambda self: self.order is not None)
    @invariant()
    def what_is_open_belongs_to_an_open_seat(self) -> None:
        order = self.fresh()
        if order.state not in ENDS:
            open_rows = Obligation.objects.filter(order=order, outcome="open")
            assert not open_rows.filter(seat__closed__isnull=False).exists()
            waiting = Request.objects.filter(order=order, ruled_at=None)
            assert not waiting.filter(seat__closed__isnull=False).exists()
            assert order.held_until is None or order.state == State.SIGNED

    @precondition(lambda self: self.order is not None)
    @invariant()
    def a_queue_stands_in_the_order_of_its_clocks(self) -> None:
        order = self.fresh()
        clocks = Obligation.objects.filter(order=order, outcome="open", paused_since=None)
        assert order.next_due == min((row.due for row in clocks), default=NEVER)
        for seat in Seat.objects.filter(order=order, closed=None):
            running = clocks.filter(seat=seat)
            assert seat.due == min((row.due for row in running), default=None)

    @precondition(lambda self: self.order is not None)
    @invariant()
    def nothing_is_closed_without_disposal_feedback_and_verification(self) -> None:
        order = self.fresh()
        if order.state not in {State.CLOSED, State.ARCHIVED}:
            return
        if order.forced:
            pair = Request.objects.get(order=order, kind="force", ruling="granted")
            assert pair.asked_by != pair.ruled_by and pair.evidence
            return
        disposal = order.disposals.get(round=order.round, sent_back_at=None)
        assert disposal.passed_at and disposal.passed_by != disposal.by
        assert order.feedbacks.filter(round=order.round).exists()
        checks = {c.stage: c for c in Verification.objects.filter(order=order, round=order.round)}
        assert set(checks) == ({"first", "second"} if order.second_due else {"first"})
        assert all(situations.verdict(c) == "ok" for c in checks.values())
        assert len({c.by for c in checks.values()}) == len(checks)
        if order.result == "solved":
            assert any(c.solved for c in checks.values())
        if order.conduct:
            check_signatures(order)


def test_no_sequence_of_deeds_leaves_the_table(city: City) -> None:
    Life.city = city
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],  # shrinking a life takes minutes; add it to study a failure
        ),
    )


def test_every_verb_of_the_table_is_tried() -> None:
    assert set(VERBS) - set(DEEDS) == {"remind", "turn_red", "recompute"}, "these are jobs"
    assert advance  # the only code that changes a state
