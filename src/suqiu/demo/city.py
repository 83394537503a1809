"""The demo city: real districts, invented streets and people, laid down through the real actions."""

import datetime as dt
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password

from suqiu.accounts.actions import DUTIES, give_post
from suqiu.accounts.factors import require_second_factor
from suqiu.accounts.models import Person
from suqiu.accounts.rules import REQUIRED
from suqiu.base.actors import system
from suqiu.calendars import actions as calendars
from suqiu.catalogue import actions as catalogue
from suqiu.organisations import actions as organisations
from suqiu.organisations.models import Unit
from suqiu.policy import actions as policy
from suqiu.reports import actions as reports

DATA = Path(__file__).parent / "data"
PASSWORD = "suqiu-demo-2026"  # noqa: S105 - printed by the demo, refused in production
BY = system("demo")


@cache
def _city() -> dict[str, Any]:
    city: dict[str, Any] = yaml.safe_load((DATA / "city.yaml").read_text("utf-8"))
    return city


def lay(
    districts: Collection[str] | None = None,
    *,
    given: dict[str, Any] | None = None,
    since: dt.date = dt.date(2013, 1, 1),
) -> None:
    """Regions, units, people, rosters, calendar, pack, tree and duty catalogue; only these districts
    where named (tests take a few), or another city that is `given`. Posts are held from `since` on.
    A second call changes nothing but the catalogue's edition."""
    organisations.lay_regions(by=BY)
    calendars.seed(by=BY)
    policy.publish_shipped(by=BY)
    reports.publish_shipped(by=BY)
    catalogue.publish_lists(by=BY)
    wanted = {"310000", *(districts or [])}
    sheet = given or _city()
    units = [u for u in sheet["units"] if districts is None or str(u["district"]) in wanted]
    for row in units:
        organisations.found_unit(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            region=str(row["district"]),
            by=BY,
            line=row.get("line") or "",
            trade=row.get("trade") or "",
            parent=row.get("parent"),
        )
    _settle(sheet["people"], {str(u["code"]) for u in units}, since)
    # Who tries the city has no authenticator for fifteen people. One's own page still offers it.
    for role in sorted(REQUIRED):
        require_second_factor(role, False, by=BY)
    catalogue.publish_duties(by=BY, basis="演示城市的派单目录，按分类表的主办条线生成")


def _settle(people: list[dict[str, Any]], codes: set[str], since: dt.date) -> None:
    """Open the accounts and give the posts; one password's hash serves all, since all share it."""
    units = {u.code: u for u in Unit.objects.filter(code__in=codes)}
    hashed = make_password(PASSWORD)
    for row in people:
        posts = [p for p in row["posts"] if p["unit"] in units]
        if not posts:
            continue
        person, _ = Person.objects.get_or_create(
            username=row["username"], defaults={"name": row["name"], "password": hashed}
        )
        for post in posts:
            give_post(
                person,
                unit=units[post["unit"]],
                role=post["role"],
                by=BY,
                since=since,
            )
        # Who is called when a transmission finds nobody: the unit's own, its district's hub, the centre.
        handler = next((p for p in posts if p["role"] in {"handler", "hub", "dispatcher"}), None)
        if handler and not set(DUTIES) & {p["role"] for p in posts}:
            for days in ("work", "rest"):
                organisations.set_duty(
                    units[handler["unit"]],
                    days=days,
                    since=dt.time(0),
                    until=dt.time(23, 59, 59),
                    person=person.actor_id,
                    by=BY,
                )
