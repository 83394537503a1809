"""A life that goes its way in time: what the citizen will say is given, chance only sets the hours."""

import datetime as dt
from dataclasses import dataclass

from suqiu.base.actors import Actor
from suqiu.callbacks import actions as callbacks
from suqiu.demo import signing
from suqiu.demo.life import Life, Next, hours
from suqiu.orders.actions import dispose

SOON = dt.timedelta(minutes=25)  # of the two hours that the pack gives for the first contact


def _soon(follow: Next) -> Next:
    return (follow[0], min(follow[1], SOON)) if follow else None


@dataclass
class Steady(Life):
    """`script["level"]`: how content the citizen will be; "" for one who will not say."""

    def take(self) -> Next:
        return _soon(super().take())

    def send(self) -> Next:
        return _soon(super().send())

    def acknowledge(self) -> Next:
        return _soon(super().acknowledge())

    def sign(self) -> Next:
        return _soon(super().sign())

    def contact(self) -> Next:
        follow = super().contact()
        return _soon(follow) if signing.plan(self) == "report" else follow

    def work(self) -> Next:
        if signing.plan(self):
            return super().work()
        # On the spot, and soon done; pictures are the month's demo's.
        dispose.be_on_site(self.fresh, by=self.at_unit("handler"))
        return self.dispose, hours(1, 8, self.rng)

    def _call(self, by: Actor, *, honest: bool) -> Next:
        """Everybody is reached at the first call; some will not say how content they are."""
        if self.script["level"]:
            callbacks.record(self.fresh, by=by, outcome="reached", answer=self._answer(False))
        else:
            callbacks.record(self.fresh, by=by, outcome="refused", note="不愿评价")
        return self.after_call()

    def _answer(self, bad: bool) -> callbacks.AnswerGiven:
        level = self.script["level"]
        return callbacks.AnswerGiven(
            solved="no" if bad else "yes",
            efficiency=level,
            attitude=level,
            result=level,
            satisfaction=level,
            disposal_true=True,
            feedback_true=True,
        )
