"""Who gets an issued report, who has read it, who sees it not, and who is told when."""

import datetime as dt

import pytest
from django.test import Client

from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_named
from suqiu.audit import jobs as audit_jobs
from suqiu.audit.models import Access
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing
from suqiu.notifications import jobs as notices
from suqiu.notifications.models import Message
from suqiu.notifications.queries import inbox, text_of, unread
from suqiu.organisations.models import Unit
from suqiu.reports import actions, queries, sending, templates
from suqiu.reports.models import Report, Template
from tests.city import DISTRICT, OTHER, City
from tests.reports.conftest import advised, issued

BACKEND = "django.contrib.auth.backends.ModelBackend"


def told() -> None:
    audit_jobs.seal()
    notices.follow()
    notices.deliver()


def hub_unit(district: str) -> Unit:
    return Unit.objects.get(kind="hub", region=district)


def to_whom(row: Report) -> set[str]:
    return set(row.recipients.values_list("to", flat=True))


def test_it_goes_to_whom_the_template_names_but_not_to_those_who_made_it(
    drafted: Report, city: City, assessor: Actor
) -> None:
    assert not drafted.recipients.exists(), "nobody is sent a draft"
    row = issued(drafted, city)
    hubs = {f"unit:{hub_unit(code).pk}" for code in (DISTRICT, OTHER)}
    assert hubs <= to_whom(row)
    assert to_whom(row).isdisjoint({assessor.id, city.inspector.id, city.leader.id})
    assert {r.role for r in row.recipients.all()} <= {"leader", "assessor", "inspector", "hub"}


def test_a_report_on_one_district_goes_to_that_district_alone(city: City, drafted: Report) -> None:
    row = actions.draft(
        "monthly", drafted.start, drafted.end, by=actor_named("assessor1"),
        scope={"region": OTHER},
    )  # fmt: skip
    row = issued(row, city)
    units = {r.unit.code for r in row.recipients.all() if r.unit}
    assert units == {hub_unit(OTHER).code}
    with pytest.raises(Missing):
        queries.get_for(row.pk, city.hub)
    assert not queries.readable(city.hub).exists()
    told()
    assert not inbox(city.hub).filter(report=row).exists()
    assert queries.get_for(row.pk, actor_named(f"hub.{OTHER}")) == row


def test_a_special_report_on_the_city_goes_to_no_district(city: City, drafted: Report) -> None:
    by = actor_named("assessor1")
    row = issued(advised(actions.draft("special", drafted.start, drafted.end, by=by)), city)
    assert not row.recipients.exclude(unit=None).exists()
    scope = {"region": DISTRICT}
    second = actions.draft("special", drafted.start, drafted.end, by=by, scope=scope)
    row = issued(advised(second), city)
    assert [r.unit_id for r in row.recipients.exclude(unit=None)] == [hub_unit(DISTRICT).pk]


def test_opening_is_the_receipt_once_and_for_the_unit(
    client: Client, drafted: Report, city: City
) -> None:
    row = issued(drafted, city)
    hub = Person.objects.get(username=f"hub.{DISTRICT}")
    client.force_login(hub, backend=BACKEND)
    assert "未阅" in client.get("/reports").content.decode()
    for _again in range(2):
        assert client.get(f"/reports/{row.pk}").status_code == 200
    own = row.recipients.get(unit=hub_unit(DISTRICT))
    assert own.ended and own.outcome == "met" and own.read_by == city.hub.id
    assert [e.kind for e in chain(row.chain)].count("report.read") == 1
    assert row.recipients.get(unit=hub_unit(OTHER)).ended is None
    assert Access.objects.filter(subject=row.chain, actor=city.hub.id, verb="open").count() == 2
    assert "未阅" not in client.get("/reports").content.decode()


def test_a_receiver_sees_his_own_receipt_and_the_centre_all(
    client: Client, drafted: Report, city: City
) -> None:
    row = issued(drafted, city)
    mine, foreign = hub_unit(DISTRICT), hub_unit(OTHER)
    assert {r.unit_id for r in queries.receipts(row, city.hub)} == {mine.pk}
    everyone = {r.unit_id for r in queries.receipts(row, city.inspector)}
    assert {mine.pk, foreign.pk} <= everyone
    client.force_login(Person.objects.get(username=f"hub.{DISTRICT}"), backend=BACKEND)
    page = client.get(f"/reports/{row.pk}").content.decode()
    assert mine.name in page and foreign.name not in page
    client.force_login(Person.objects.get(username="inspector1"), backend=BACKEND)
    page = client.get(f"/reports/{row.pk}").content.decode()
    assert foreign.name in page and "未阅" in page
    assert queries.read_counts([row])[row.pk] == (1, row.recipients.count())


def test_each_receiver_is_told_and_nobody_else_of_his_unit(drafted: Report, city: City) -> None:
    row = issued(drafted, city)
    told()
    told()
    mine = inbox(city.hub).get(report=row)
    assert text_of(mine) == f"{row.number} {row.title} 请阅" and unread(city.hub) >= 1
    for outsider in (city.handler, city.head, city.call_taker):
        assert not inbox(outsider).filter(report=row).exists()
    sent = Message.objects.filter(report=row, channel="in_app", event="report_sent")
    assert sorted(sent.values_list("to", flat=True)) == sorted(to_whom(row))


def test_who_opens_it_need_not_tick_off_the_message_as_well(
    client: Client, drafted: Report, city: City
) -> None:
    row = issued(drafted, city)
    told()
    other = actor_named(f"hub.{OTHER}")
    assert inbox(city.hub, unread=True).filter(report=row).exists()
    client.force_login(Person.objects.get(username=f"hub.{DISTRICT}"), backend=BACKEND)
    client.get(f"/reports/{row.pk}")
    assert not inbox(city.hub, unread=True).filter(report=row).exists()
    assert inbox(other, unread=True).filter(report=row).exists()


def test_the_clock_reminds_once_reddens_once_and_not_who_has_read(
    drafted: Report, city: City
) -> None:
    row = issued(drafted, city)
    reader = actor_named(f"hub.{OTHER}")
    sending.opened(row, by=reader)
    due = row.recipients.get(unit=hub_unit(DISTRICT)).due
    assert sending.remind() == 0
    clock.set_to(due - dt.timedelta(hours=1))
    waiting = row.recipients.filter(ended=None).count()
    assert sending.remind() == waiting and sending.remind() == 0
    clock.set_to(due + dt.timedelta(minutes=1))
    assert sending.remind() == waiting and sending.remind() == 0
    told()
    events = set(inbox(city.hub).filter(report=row).values_list("event", flat=True))
    assert events == {"report_sent", "report_soon", "report_late"}
    assert set(inbox(reader).filter(report=row).values_list("event", flat=True)) == {"report_sent"}
    sending.opened(row, by=city.hub)
    assert row.recipients.get(unit=hub_unit(DISTRICT)).outcome == "late"


def test_three_working_days_pass_over_the_days_of_rest(drafted: Report, city: City) -> None:
    """Issued on Friday the ninth of October 2026; Saturday the tenth is worked (holiday swap)."""
    row = issued(drafted, city)
    due = clock.local(row.recipients.get(unit=hub_unit(DISTRICT)).due)
    from suqiu.calendars.queries import calendar

    days = [dt.date(2026, 10, 10) + dt.timedelta(days=n) for n in range(14)]
    third = [day for day in days if calendar().is_work(day)][2]
    assert due.date() == third + dt.timedelta(days=1) and (due.hour, due.minute) == (0, 0)


def test_the_shipped_templates_rules_are_read_and_an_unknown_post_is_refused(city: City) -> None:
    rules = {
        t.kind: [(r.role, r.units) for r in templates.Template.model_validate(t.body).recipients]
        for t in Template.objects.all()
    }
    assert ("hub", "region") in rules["monthly"] and ("head", "named") in rules["circular"]
    text = (actions.SHIPPED / "monthly-2026.yaml").read_text("utf-8")
    with pytest.raises(Invalid, match="recipients"):
        templates.read(text.replace("[leader,", "[nobody,"))
    with pytest.raises(Invalid, match="units"):
        templates.read(text.replace("units: region", "units: somewhere"))


def test_a_template_of_before_names_posts_only(city: City) -> None:
    body = templates.read((actions.SHIPPED / "monthly-2026.yaml").read_text("utf-8"))
    old = {**body.model_dump(mode="json"), "recipients": ["leader", "hub"]}
    assert [r.role for r in templates.Template.model_validate(old).recipients] == ["leader", "hub"]


def test_a_circular_goes_to_the_units_that_it_names(drafted: Report, city: City) -> None:
    """Planted figures: the squad is blamed, the other one has too few orders to be named."""
    row = actions.draft("circular", drafted.start, drafted.end, by=actor_named("assessor1"))
    few, many = {"top": 20, "n": 29}, {"top": 900, "n": 1000}
    bad = {"top": 50, "n": 100}
    units = [
        {"code": str(pk), "name": "x", "solved": part, "timely": many}
        for pk, part in ((city.squad.pk, bad), (city.other_squad.pk, few), (0, many))
    ]
    row.figures = {**row.figures, "units": units}
    row.save()
    row.issued_by, row.reviewed_by = city.leader.id, city.inspector.id
    sent = {(r.to, r.role) for r in sending.send(row, by=city.leader)}
    assert (f"unit:{city.squad.pk}", "head") in sent
    assert (f"unit:{city.other_squad.pk}", "head") not in sent
    assert {role for _to, role in sent} >= {"hub", "head"}
