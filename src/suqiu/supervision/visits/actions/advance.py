"""The only code that changes a visit's state."""

from django.utils.translation import gettext_lazy

from suqiu.base.actors import Actor
from suqiu.base.text import clean, without_identities
from suqiu.steps import actions as steps
from suqiu.supervision.visits import queries
from suqiu.supervision.visits.access import Standing, can, sees
from suqiu.supervision.visits.models import Commitment, Visit
from suqiu.supervision.visits.states import VERBS

Step = steps.Step[Visit, Standing]


def kept(words: str) -> str:
    """Words as they are kept: whoever was met is no one's telephone number here."""
    return without_identities(clean(words))


def _stands(visit: Visit, by: Actor, commitment: Commitment | None) -> Standing | None:
    it = queries.standing(visit, commitment)
    return it if sees(by, it) else None


advance = steps.Life(
    "visit", Visit, VERBS, _stands, can, gettext_lazy("没有这次走访，或不归您看"), clean=kept
).advance
