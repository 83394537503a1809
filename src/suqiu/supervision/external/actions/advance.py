"""The only code that changes an opinion's state."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.base.actors import Actor
from suqiu.orders.access import Denied
from suqiu.steps import actions as steps
from suqiu.supervision.external import queries
from suqiu.supervision.external.access import Standing, can
from suqiu.supervision.external.models import Opinion
from suqiu.supervision.external.states import VERBS
from suqiu.supervision.external.things import Thing

Step = steps.Step[Opinion, Standing]


def _stands(opinion: Opinion, by: Actor, thing: Thing | None) -> Standing | None:
    it = queries.standing(opinion, by, thing)
    shown = by.id == it.giver or queries.opinions(by).filter(pk=opinion.pk).exists()
    return it if shown else None


LIFE = steps.Life("opinion", Opinion, VERBS, _stands, can, gettext_lazy("没有这条意见，或不归您看"))


@contextmanager
def advance(
    opinion: Opinion, verb: str, *, by: Actor, thing: Thing | None = None
) -> Iterator[Step]:
    """Do `verb` on this opinion. Once its words were erased nothing is written to it: what came back
    would stay for good. Raises Missing, NotAllowed or WrongState; a refusal leaves nothing."""
    with LIFE.advance(opinion, verb, by=by, about=thing) as step:
        if not step.row.words:
            gone = Denied("state", _("现在不在这一步"), state=True)
            raise gone.refusal(step.verb.label)
        yield step
        step.data["round"], step.unit = step.row.round, step.row.unit_id
