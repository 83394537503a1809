"""The leader's page: what stands on it, and that every number opens into what it counted."""

import datetime as dt
import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from suqiu.accounts.models import Person
from suqiu.accounts.queries import names
from suqiu.audit.jobs import seal
from suqiu.base import clock
from suqiu.callbacks.actions import AnswerGiven, record
from suqiu.desk import plots
from suqiu.desk.views import charts
from suqiu.figures import keeping
from suqiu.figures.boards import Board
from suqiu.figures.cohorts import Cohort, stretch
from suqiu.orders.actions.verify import close
from suqiu.orders.models import Order
from tests.city import City

BACKEND = "django.contrib.auth.backends.ModelBackend"
YES = AnswerGiven(solved="yes", satisfaction="基本满意", disposal_true=True, feedback_true=True)


def closed(city: City) -> Order:
    order = city.in_callback()
    record(order, by=city.hub, outcome="reached", answer=YES)
    order.refresh_from_db()
    if order.second_due:
        record(order, by=city.inspector, outcome="reached", answer=YES)
    return close(order, by=city.dispatcher)


@pytest.fixture
def leader(client: Client, city: City) -> Client:
    client.force_login(Person.objects.get(username="leader1"), backend=BACKEND)
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_number_on_the_leaders_page_opens_into_orders(leader: Client, city: City) -> None:
    numbers = {closed(city).number for _order in range(3)}
    shown = page(leader, "/leader")
    links = set(re.findall(r'href="(/figures/orders\?[^"]+)"', shown))
    assert len(links) > 20
    for link in links:
        assert leader.get(link.replace("&amp;", "&")).status_code == 200
    bar = next(one for one in links if "category=C0101" in one and "rate=orders" in one)
    behind = page(leader, bar.replace("&amp;", "&"))
    assert all(number in behind for number in numbers) and "3 件" in behind


def test_each_drawing_has_its_table(leader: Client, city: City) -> None:
    closed(city)
    shown = page(leader, "/leader?span=week")
    assert shown.count('class="as-table"') == shown.count("fig-table") == 3
    assert "满意 1、基本满意 0.8、一般 0.6、不满意 0" in shown
    assert "sh-lhsr-2013 v4" in shown and "n<30 不评" in shown


def test_a_range_that_is_not_there_is_not_answered_with_the_whole(
    leader: Client, city: City
) -> None:
    closed(city)
    for wrong in ("region=999999", "street=x", "urgency=%E5%A4%A7", "category=%27"):
        assert leader.get(f"/figures/orders?rate=solved&{wrong}").status_code == 404
    assert leader.get("/leader?region=310104").status_code == 200


def test_a_hot_place_is_the_first_sentence_and_opens_into_its_orders(
    leader: Client, city: City
) -> None:
    made = {city.accepted().number for _order in range(5)}
    shown = page(leader, "/leader")
    assert "5 件，前四期平均 0.0 件" in shown
    link = re.search(r'href="(/figures/orders\?[^"]*street=[^"]+)"', shown)
    assert link
    behind = page(leader, link.group(1).replace("&amp;", "&"))
    assert all(number in behind for number in made)


def test_a_board_reads_each_cohort_once(
    city: City, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    closed(city)
    now = clock.now()
    cohort = Cohort("closed_in", now - dt.timedelta(days=7), now + dt.timedelta(days=1))
    board = Board(cohort, city.leader)
    assert board.city["solved"].n == board.regions["310104"]["solved"].n == 1
    with django_assert_max_num_queries(0):  # type: ignore[operator]
        assert board.rates(cohort)[""]["timely"].n == 1


@pytest.mark.parametrize("span", ["week", "month"])
def test_a_trends_steps_follow_one_another_and_end_with_the_cohort(span: str) -> None:
    end = dt.datetime(2026, 3, 18, tzinfo=clock.LOCAL)
    parts = stretch(Cohort("closed_in", end - dt.timedelta(days=5), end), span, 12)
    assert len(parts) == 12 and parts[-1].end == end
    assert all(a.end == b.start for a, b in zip(parts, parts[1:], strict=False))
    first = {"week": "2025-12-29", "month": "2025-04-01"}[span]
    assert f"{clock.local(parts[0].start):%Y-%m-%d %H:%M}" == f"{first} 00:00"


VALUES = st.one_of(st.none(), st.floats(0, 1))


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=12))
def test_a_trend_stays_in_its_frame_and_no_word_lies_on_another(
    steps: list[tuple[float | None, ...]],
) -> None:
    rows = [[plots.Value(step[i], 40, "") for step in steps] for i in range(3)]
    drawn = plots.trend(["a", "b", "c"], rows, [("x", 1, "")] * len(steps))
    for line in drawn.lines:
        for point in line.points:
            assert plots.LEFT <= point.x <= plots.RIGHT
            assert plots.TOP - 0.1 <= point.y <= plots.BOTTOM + 0.1
    ends = sorted(line.label_y for line in drawn.lines)
    assert all(b - a >= plots.APART - 0.2 for a, b in zip(ends, ends[1:], strict=False))
    assert ends[-1] <= plots.BOTTOM


def test_a_gap_is_not_bridged() -> None:
    row = [plots.Value(v, 40, "") for v in (0.8, 0.9, None, 0.7, 0.8)]
    line = plots.trend(["a"], [row], [("x", 1, "")] * 5).lines[0]
    assert len(line.runs) == 2 and len(line.points) == 4


@pytest.mark.parametrize("group", charts.GROUPS)
def test_every_cell_of_a_group_opens_into_just_its_orders(
    leader: Client, city: City, group: str
) -> None:
    closed(city)
    city.wait(days=3)
    closed(city)
    # By person a place is named first.
    within = "&region=310104" if group == "person" else ""
    shown = page(leader, f"/figures?by={group}{within}")
    table = shown[shown.index("<tbody>") : shown.index("</tbody>")]
    cells = re.findall(r'href="([^"]+rate=solved[^"]*)">(\d+)</a>', table)
    assert cells and "不评" in table
    for link, n in cells:
        behind = page(leader, link.replace("&amp;", "&"))
        assert f"· {n} 件" in " ".join(behind.split())


def test_the_page_divides_and_narrows_by_both(city: City, leader: Client) -> None:
    by = closed(city).disposals.get().by
    seal()
    keeping.follow()
    shown = leader.get("/figures?by=person&region=310104").content.decode()
    assert f"{names({by})[by]} {city.squad.name}" in shown and "person=person%3A" in shown
    assert "电话" in leader.get("/figures?by=channel").content.decode()
    assert leader.get(f"/figures?by=unit&person={by}&channel=phone").status_code == 200
    assert leader.get("/figures?person=1%27").status_code == 404


def test_by_person_the_whole_city_asks_for_a_place_and_leads_on(
    city: City, leader: Client, client: Client
) -> None:
    by = closed(city).disposals.get().by
    seal()
    keeping.follow()
    name, asked = names({by})[by], "先选一个区或一个承办单位"
    shown = leader.get("/figures?by=person&kind=closed_in&line=C").content.decode()
    assert asked in shown and name not in shown
    way = re.search(r'href="(\?[^"]*region=310104)"', shown)
    assert way and "line=C" in way[1]
    there = leader.get("/figures" + way[1].replace("&amp;", "&")).content.decode()
    assert asked not in there and name in there
    unit = f"/figures?by=person&kind=closed_in&line=C&unit={city.squad.pk}"
    assert (
        f'<option value="{city.squad.pk}">' in shown and name in leader.get(unit).content.decode()
    )
    assert asked not in leader.get(f"/figures?by=person&person={by}").content.decode()
    # Who sees his own orders only has few people, and is asked nothing.
    handler = Person.objects.get(pk=int(city.handler.id.partition(":")[2]))
    client.force_login(handler, backend=BACKEND)
    own = client.get("/figures?by=person").content.decode()
    assert asked not in own and name in own
