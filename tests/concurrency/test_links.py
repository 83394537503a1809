"""Two clicks on one one-time link, and two staff who make one at the same moment."""

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.base.errors import Missing
from suqiu.supervision.external import things
from suqiu.supervision.external.actions import links
from suqiu.supervision.external.models import Link, Opinion
from tests.city import City
from tests.concurrency.threads import behind
from tests.supervision import external as short

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_clicks_one_is_heard(city: City) -> None:
    opinion = short.entered(city, actor_named("inspector2"))
    token = short.link(opinion, city.leader)
    answers = behind(
        lambda: list(Link.objects.select_for_update().filter(opinion=opinion)),
        lambda: links.say(token, yes=True, by=short.PUBLIC),
        lambda: links.say(token, yes=False, words="应当跟着摊走", by=short.PUBLIC),
    )
    assert [type(one) for one in answers if isinstance(one, Exception)] == [Missing]
    opinion.refresh_from_db()
    corrections = Opinion.objects.filter(corrects=opinion).count()
    assert (opinion.state, corrections) in {("open", 0), ("disowned", 1)}
    assert Link.objects.exclude(used_at=None).count() == 1


def test_of_two_links_made_at_once_one_opens(city: City) -> None:
    opinion = short.entered(city, actor_named("inspector2"))
    assert opinion.invitation.case is not None
    thing = things.of_case(opinion.invitation.case)
    other = actor_named("assessor1")
    made = behind(
        lambda: list(Opinion.objects.select_for_update().filter(pk=opinion.pk)),
        lambda: links.make(opinion, thing, by=city.leader),
        lambda: links.make(opinion, thing, by=other),
    )
    assert not [one for one in made if isinstance(one, Exception)]
    assert Link.objects.filter(used_at=None, revoked_at=None).count() == 1
