"""No page shows a number that its reader may not open.

Every page that the permission table opens to a role is read as that role, with what its forms can ask.
A number that is a link to a list of orders is opened: it must be answered, list as many orders as it
says, and each of them must be one that this reader finds at both doors. A number outside any link must
be named in BARE, with its kind: the kinds are few, and each says why such a number needs no opening.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum

import pytest
from django.db import transaction

from suqiu.accounts.queries import actor_for, actor_named
from suqiu.assessment import scheme as shipped
from suqiu.assessment.actions import schemes
from suqiu.audit.jobs import seal
from suqiu.base import clock
from suqiu.desk.views.charts import GROUPS
from suqiu.figures import keeping, trials
from suqiu.figures.models import Trial
from suqiu.figures.trace import readable
from suqiu.orders.access import is_inside
from suqiu.orders.actions.reopen import withdraw
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import in_force
from suqiu.reports import actions as reports
from suqiu.reports.models import Report
from suqiu.supervision.rechecks import actions as looking
from suqiu.supervision.rechecks import jobs as rechecks
from suqiu.supervision.rechecks.models import Recheck
from suqiu.supervision.signals import jobs as signals
from suqiu.supervision.signals.models import Signal
from tests.city import DISTRICT, City
from tests.desk.test_english_pages import client_of, opened
from tests.figures.test_queries import YES, closed, closed_as
from tests.permissions.crawl import Reader, read, shown
from tests.permissions.situations import Cast, cast, routes
from tests.supervision.test_signals import replied as unspoken

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


class Kind(Enum):
    """Why a number needs no opening. The list is closed."""

    PUBLISHED = "published for everybody: what a citizen may read opens into no order for anybody"
    CALLS = "counts telephone calls, read from a sheet or foretold: there is no order behind it"
    WALL = "a wall shows sums to whoever passes, by the decision of the leader who opened its link"
    FROZEN = "kept as it was counted then; the orders have moved on, and the page says when it was"
    SUM = "the sum of numbers beside it, each of which opens"
    LISTED = "counts what this very page lists, line by line"
    OTHER = "counts no orders: people, units, visits, opinions, leaves, messages"
    HANGS = (
        "how many orders of the whole house hang on a published rule: of no place, unit or person"
    )
    NAME = "counts nothing: a month, a rank, a version, a day, a limit"


# (route, head of its column or class of what it stands in; "*": wherever) → why it needs no opening.
BARE: dict[tuple[str, str], Kind] = {
    ("portal:figures", "*"): Kind.PUBLISHED,
    ("portal:inspections", "*"): Kind.PUBLISHED,
    ("desk:wall", "*"): Kind.WALL,
    ("desk:report", "*"): Kind.FROZEN,
    ("desk:trial", "*"): Kind.FROZEN,
    ("desk:assessment_sheet", "*"): Kind.FROZEN,
    ("desk:assessment_subject", "n"): Kind.FROZEN,
    ("desk:planning", "*"): Kind.CALLS,
    ("desk:leader", "Total"): Kind.SUM,
    ("desk:unit_board", "Total"): Kind.SUM,
    ("desk:centre_board", "Total"): Kind.SUM,
    ("desk:callbacks", "quiet (said)"): Kind.LISTED,
    ("desk:recheck_orders", "quiet (said)"): Kind.LISTED,
    ("desk:figures_orders", "quiet (said)"): Kind.LISTED,
    ("desk:shadow_orders", "quiet (said)"): Kind.LISTED,
    ("desk:inspection", "*"): Kind.LISTED,
    ("desk:units", "In post"): Kind.OTHER,
    ("desk:catalogue", "facts"): Kind.OTHER,
    ("desk:external", "Invited"): Kind.OTHER,
    ("desk:external", "Opinion"): Kind.OTHER,
    ("desk:external", "Answered in time"): Kind.OTHER,
    ("desk:visits", "Street"): Kind.OTHER,
    ("desk:visits", "Visited"): Kind.OTHER,
    ("desk:visits", "big"): Kind.OTHER,
    ("desk:packs", "Orders under it"): Kind.HANGS,
    ("desk:packs", "Version"): Kind.NAME,
    ("desk:leader", "Month"): Kind.NAME,
    ("desk:leader", "said"): Kind.NAME,
    ("desk:assessment", "Rank"): Kind.NAME,
    ("desk:assessment", "quiet (said)"): Kind.NAME,
    ("desk:unit_board", "quiet (said)"): Kind.NAME,
    ("desk:figures", ""): Kind.NAME,
    ("desk:visit", "stop-n"): Kind.NAME,
    ("desk:order_figures", "Weighting"): Kind.NAME,
    ("desk:calendar", "*"): Kind.NAME,
}
# What is about one thing or about oneself: nothing is counted there but that thing's own lines.
# fmt: off
SINGLE = frozenset({
    "desk:account", "desk:account_password", "desk:board_export", "desk:case_photo",
    "desk:file", "desk:home", "desk:login", "desk:login_code",
    "desk:login_enrol", "desk:login_password", "desk:messages", "desk:messages_log",
    "desk:order", "desk:person", "desk:preview", "desk:readyz",
    "desk:register", "desk:search", "desk:street", "desk:street_list",
    "desk:street_manifest", "desk:street_worker", "desk:streets", "desk:verb",
    "desk:visit_photo",
    "portal:follow", "portal:help", "portal:opinion", "portal:submit",
})
# fmt: on
BASES = ("closed_in", "accepted_in", "due_in")
# Pages with a cohort's form: each basis is asked, and on the page of figures each grouping.
COHORTS = ("desk:leader", "desk:figures", "desk:unit_board", "desk:centre_board", "desk:planning")


def populated(city: City) -> Cast:
    """A city in which each kind of number is more than none, and a person for each role."""
    for told in (YES, replace(YES, satisfaction=""), replace(YES, satisfaction="一般")):
        closed(city, told)
    closed_as(city, confidential=True, paraphrase="反映某路段夜间设摊,请核查处置。")
    withdraw(city.dispatched(), reason="诉求人撤回", by=city.dispatcher)
    city.replied(title="青禾路口另一处夜间摊贩占道扰民")
    city.in_callback()
    unspoken(city, 7, "已处置并安排值守,电话未接通。", contact=-1)
    city.wait(hours=3)
    people = cast(city)
    text = shipped.shipped().replace("least: 30", "least: 1")
    since = clock.today().replace(day=1)
    row = schemes.propose(text=text, since=since, basis="推定", by=actor_named("assessor1"))
    schemes.publish(row.pk, by=city.leader)
    seal()
    rechecks.follow_orders()
    city.wait(days=8)
    for n, order in enumerate(Order.objects.filter(state="closed").order_by("pk")[:2]):
        first = Recheck.objects.filter(order=order).order_by("days")[0]
        looking.look(first.pk, back=not n, words="看过", by=actor_for(people.people["inspector"]))
    city.wait(days=9)  # the month is over: it can be published
    tried = in_force()
    trials.ask(
        pack=f"{tried.code} v{tried.version}", since=since, until=clock.today(), by=city.leader
    )
    trials.judge_waiting()
    seal()
    signals.follow_orders()
    assert Signal.objects.exists()
    month = clock.today().replace(day=1)
    last = (month - dt.timedelta(days=1)).replace(day=1)
    reports.draft("monthly", last, month, by=actor_named("assessor1"))
    return people


def further(name: str) -> list[str]:
    """What a page of this route is asked beside its plain address."""
    if name == "desk:figures":
        return [f"?kind={kind}&by={group}" for kind in BASES for group in GROUPS]
    if name in COHORTS:
        return [f"?kind={kind}" for kind in BASES]
    month = f"{clock.today() - dt.timedelta(days=20):%Y-%m}"
    return {
        "desk:assessment_subject": [f"?subject=region:{DISTRICT}&of={month}"],
        "desk:assessment": [f"?of={month}&like=region", f"?of={month}"],
        "desk:shadow": [f"?of={month}", f"?of={month}&region={DISTRICT}"],
        "desk:visits": [f"?month={month}"],
        "desk:publications": [f"?month={month}"],
    }.get(name, [])


def asked(name: str, where: str, turn: int, sharers: int, *, inside: bool) -> Iterator[str]:
    """The plain page for each reader; of the others each `sharers`-th: those who see the same orders
    share them. Outside the centre each grouping is asked by one basis in turn, and each basis by four."""
    yield where
    more = further(name)
    if name == "desk:figures" and not inside:
        whole = len(GROUPS)
        more = [more[n % len(BASES) * whole + n] for n in range(whole)]
    for n, one in enumerate(more):
        if n % sharers == turn:
            yield where + one


def at_their_desks(people: Cast) -> tuple[dict[str, Reader], dict[str, int]]:
    """A reader for each role, and which sight is his: those of one see the same orders and rates."""
    sights: dict[tuple[object, ...], list[str]] = {}
    readers, sight = {}, {}
    for role, person in people.people.items():
        by, client = actor_for(person), client_of(person)
        seen = frozenset(visible_to(by).values_list("pk", flat=True))
        some = sights.setdefault((seen, readable(by), frozenset(by.units)), [])
        readers[role] = Reader(by, client, BARE, readers[some[0]].seen if some else {})
        sight[role] = list(sights).index((seen, readable(by), frozenset(by.units)))
        some.append(role)
    return readers, sight


@pytest.mark.slow
def test_every_number_opens_into_as_many_orders_that_its_reader_may_open(city: City) -> None:
    people = populated(city)
    seal()
    keeping.follow()
    assert keeping.ready()
    readers, sight = at_their_desks(people)
    pages = [one for one in (*opened(people), *made(people)) if one[1] in readers]
    for name, role, where in pages:
        if name in SINGLE:
            continue
        alike = list(
            dict.fromkeys(r for n, r, _w in pages if n == name and sight[r] == sight[role])
        )
        inside = is_inside(readers[role].by)
        with transaction.atomic():
            for one in asked(name, where, alike.index(role), len(alike), inside=inside):
                readers[role].read(name, one)
            transaction.set_rollback(True)
    wrong = [f"{role}: {one}" for role, reader in readers.items() for one in reader.wrong]
    if wrong:
        pytest.fail("\n".join(sorted(set(wrong))))
    assert sum(reader.tried for reader in readers.values()) > 1500
    lists = {path for reader in readers.values() for _name, path in reader.own}
    assert len(lists) == 5  # each kind of list was opened


def made(people: Cast) -> Iterator[tuple[str, str, str]]:
    """The trial and the report that were made, for each role: who may not read them is answered with
    no page."""
    trial, report = Trial.objects.get(), Report.objects.get()
    for role in people.people:
        yield "desk:trial", role, f"/packs/trials/{trial.pk}"
        yield "desk:report", role, f"/reports/{report.pk}"


def test_the_lists_name_routes_that_are_there() -> None:
    known = set(routes())
    assert {name for name, _at in BARE} | SINGLE | set(COHORTS) <= known


def test_a_bare_number_and_a_linked_one_are_told_apart() -> None:
    page = read(
        '<main><p class="big">7</p><a href="/figures/orders?rate=x">3</a>'
        '<p class="of">2 / 5</p><p class="in">only 4 orders came, on 14 days</p></main>'
    )
    assert page.bare == [
        ("big", "7"),
        ("of", "2 / 5"),
        ("in (said)", "only 4 orders came, on 14 days"),
    ]
    assert page.linked == [("/figures/orders?rate=x", "3")]
    told = ("3", "To dispatch 12", "88.9", "n=4 of 5 orders")
    assert [shown(one) for one in told] == [3, 12, None, None]
