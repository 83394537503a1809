"""Several orders under everybody's hands: merged, taken apart, split, reopened, each by the table.

The same lives as in `test_machine`, with more than one order on the stage: whoever is turned to is
judged as one order is there, and after each step the families are judged as a whole.
"""

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from suqiu.audit.models import Entry
from suqiu.orders.models import Order, Seat
from suqiu.orders.states import AFTER_DISPATCH, ENDS, State
from tests.city import City
from tests.orders.test_machine import EXAMPLES, Life

MOST = 7


class Families(Life):
    """Life with three orders to begin with, and those that come of them."""

    @initialize()
    def others_come(self) -> None:
        self.city.accepted()
        self.city.signed()

    def all(self) -> list[Order]:
        return list(Order.objects.order_by("pk")[:MOST])

    @precondition(lambda self: self.order is not None)
    @rule(n=st.integers(0, MOST - 1))
    def somebody_turns_to_another(self, n: int) -> None:
        orders = self.all()
        self.order = orders[n % len(orders)]
        self.look()

    @precondition(lambda self: self.order is not None)
    @rule(n=st.integers(0, 29))
    def the_dispatcher_merges(self, n: int) -> None:
        self.attempt("merge", self.city.dispatcher, n)

    @precondition(lambda self: self.order is not None)
    @rule()
    def the_dispatcher_takes_apart(self) -> None:
        merged = Order.objects.filter(state=State.MERGED).order_by("pk").first()
        if merged is not None:
            self.order = merged
            self.look()
            self.attempt("unmerge", self.city.dispatcher, 0)

    @precondition(lambda self: self.order is not None)
    @invariant()
    def what_is_merged_has_one_master_that_is_not_merged(self) -> None:
        for order in self.all():
            assert (order.master_id is not None) == (order.state == State.MERGED)
            if order.master is not None:
                assert order.master_id != order.pk and order.master.state != State.MERGED

    @precondition(lambda self: self.order is not None)
    @invariant()
    def every_order_has_its_one_lead(self) -> None:
        for order in self.all():
            leads = Seat.objects.filter(order=order, role="lead", closed=None).count()
            assert leads == (1 if order.state in AFTER_DISPATCH else 0)
            if order.state in ENDS:
                assert not order.obligations.filter(outcome="open").exists()

    @precondition(lambda self: self.order is not None)
    @invariant()
    def who_is_merged_hears_what_the_master_was_told(self) -> None:
        """Replies since the merging, and what the merged one's own chain tells of them."""
        for child in Order.objects.filter(state=State.MERGED):
            assert child.master is not None
            since = Entry.objects.filter(chain=child.chain, kind="order.merge").last()
            assert since is not None
            replies = Entry.objects.filter(
                chain=child.master.chain, kind="order.reply", pk__gt=since.pk
            )
            told = Entry.objects.filter(
                chain=child.chain, kind="order.master_replied", pk__gt=since.pk
            )
            assert told.count() == replies.count()


def test_no_sequence_of_deeds_breaks_a_family(city: City) -> None:
    Families.city = city
    run_state_machine_as_test(
        Families,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],
        ),
    )
