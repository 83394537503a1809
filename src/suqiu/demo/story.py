"""The first half of 2013 relived (`suqiu demo --story 2013`): the article's half year and the one before
it, by invented people in invented streets, every step an action of the product at its moment.

What comes and what citizens say is planted (data/story_2013); what is told afterwards is counted.
"""

import datetime as dt
import itertools
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import yaml

from suqiu.appellants.actions import take_in
from suqiu.base import clock
from suqiu.base.errors import Refused
from suqiu.catalogue import actions as catalogue
from suqiu.catalogue.models import Category, Source
from suqiu.demo import city, figures_2013, looking
from suqiu.demo import run as month
from suqiu.demo.arrivals import GIVEN, SURNAMES
from suqiu.demo.city import BY, DATA
from suqiu.demo.life import Next, Step
from suqiu.demo.models import Mark
from suqiu.demo.people import holders
from suqiu.demo.planted import script
from suqiu.demo.steady import Steady
from suqiu.orders.actions.draft import Appeal, take_down
from suqiu.organisations import actions as organisations
from suqiu.organisations.models import Unit
from suqiu.policy import actions as policy
from suqiu.reports import actions as reports
from suqiu.reports import jobs
from suqiu.reports.access import unwritten
from suqiu.reports.models import Report

SOURCE = "CONDUCT"
PACE = (dt.timedelta(hours=12), dt.timedelta(hours=24))
Row = dict[str, Any]


def run(*, seed: int, progress: month.Progress) -> dict[str, Any]:
    """Live both half years if they were not lived yet; the answer is what is counted from them.

    Raises Refused where the database holds something that is not this demo's.
    """
    known = month.built(progress)
    if known is not None:
        if "story" not in known:
            raise Refused(
                "demo.other",
                "这里已经有一座演示城市，不是这个故事：请换一个空的数据目录(SUQIU_DATA)",
            )
        return known
    began, told = time.monotonic(), script()
    mark = Mark.objects.create(seed=seed)
    rng = random.Random(seed)  # noqa: S311 - a story, not a secret
    clock.set_to(_at("2012-01-01", dt.time(8)))
    progress("铺设 2012 年的演示城市：十七个区县，全部编造")
    lay()
    for year in told["years"]:
        inspection = live(year, rng, progress)
    report = special(2013)
    progress(f"{report.title}已签发：{report.number}")
    facts = {
        "story": "2013", "synthetic": True, "seed": seed,
        **figures_2013.counted(report, inspection),
        "elapsed_s": round(time.monotonic() - began, 1),
    }  # fmt: skip
    month.finish(mark, facts)
    for line in figures_2013.lines(facts):
        progress(line)
    return facts


def lay() -> None:
    """The city of those years: its districts, its people, and a pack that was in force by then."""
    told = script()
    city.lay(given=sheet(), since=told["posts_since"])
    wanted = told["pack"]
    text = (policy.SHIPPED / f"{wanted['from']}.yaml").read_text("utf-8")
    text = text.replace(f"id: {wanted['from']}", f"id: {wanted['to']}", 1)
    text = text.replace("effective_from: 2013-01-01", f"effective_from: {wanted['since']}", 1)
    policy.publish(text, by=BY, name="story_2013")
    centre = Unit.objects.get(kind="centre")
    organisations.found_unit(
        code=centre.code, name=centre.name + told["label"], kind="centre", region="310000", by=BY
    )
    # Districts that have ended since are in no edition of today: the story writes their lines itself.
    units = Unit.objects.filter(kind="department", region__valid_to__isnull=False)
    written: dict[catalogue.Place, Unit] = {
        (leaf.code, str(unit.region_id), None): unit
        for unit in units
        for leaf in Category.objects.filter(active=True, lead=unit.trade)
    }
    catalogue.publish_duties(by=BY, basis="演示：2012 年的十七个区县", written=written)


def sheet() -> dict[str, Any]:
    """The demo city's sheet with the districts of 2013: two of them by their names of then."""
    told = script()
    text = (DATA / "city.yaml").read_text("utf-8")
    for old, new in told["recoded"].items():
        text = text.replace(old, new["code"]).replace(new["from"], new["to"])
    read = yaml.safe_load(text)
    return {part: [*read[part], *told["added"][part]] for part in ("units", "people")}


def live(year: int, rng: random.Random, progress: month.Progress) -> Any:
    """One half year; the answer is its inspection, where the story has one."""
    opened = script()["inspection"]["opened"]
    end = _at(f"{year}-06-30", dt.time(18))
    stops = [_at(str(opened), dt.time(9))] if opened.year == year else []
    first = _at(f"{year}-01-01", dt.time(8))
    world = month.World(rng, progress, span=(first, end), pace=PACE)
    for at, row in zip(_moments(year, rng), appeals(year, rng), strict=True):
        world.plan(at, _call(row, rng))
    held: list[Any] = []
    for stop in stops:
        world.plan(stop, lambda: held.append(looking.inspect(rng, script(), year)))
    world.live()
    return held[0] if held else None


def _at(day: str, time_of_day: dt.time) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), time_of_day, clock.LOCAL)


def _moments(year: int, rng: random.Random) -> list[dt.datetime]:
    """When the calls come: by day, from January to the middle of June, the same number each month or so."""
    span = script()["calls"]
    first, last = (dt.date.fromisoformat(f"{year}-{span[end]}") for end in ("from", "to"))
    n = script()["years"][year]["appeals"]
    days = [first + dt.timedelta(days=(last - first).days * k // (n - 1)) for k in range(n)]
    return [
        _at(day.isoformat(), dt.time(9 + rng.randrange(7), rng.randrange(60))).astimezone(dt.UTC)
        for day in days
    ]


def appeals(year: int, rng: random.Random) -> list[Row]:
    """The year's appeals: a text, a street of a district, and what its citizen is going to say."""
    told = script()["years"][year]
    streets = _streets()
    wanted = [
        (line, region) for line, n in told["each"].items() for region in streets for _ in range(n)
    ]
    rest = told["appeals"] - len(wanted)
    wanted += [("C", region) for region in itertools.islice(itertools.cycle(streets), rest)]
    texts = {line: _texts(line, rng) for line in ("G", "S", "C")}
    rng.shuffle(wanted)
    levels = [level for level, n in told["answers"].items() for _ in range(n)]
    levels += [""] * told["refused"]
    levels += ["满意"] * (len(wanted) - len(levels))
    rng.shuffle(levels)
    explained = set(rng.sample(range(len(wanted)), told["explained"]))
    return [
        {
            **next(texts[line]),
            "street": rng.choice(streets[region]),
            "level": level,
            "result": "explained" if k in explained else "solved",
            "number": f"{year}-{k + 1:03d}",
        }
        for k, ((line, region), level) in enumerate(zip(wanted, levels, strict=True))
    ]


def _streets() -> dict[str, list[str]]:
    """{district: its streets' codes}, in the order of the districts."""
    found: dict[str, list[str]] = {}
    for unit in sorted(sheet()["units"], key=lambda u: str(u["code"])):
        if unit["kind"] == "street":
            found.setdefault(str(unit["district"]), []).append(unit["code"])
    return found


def _texts(line: str, rng: random.Random) -> Iterator[Row]:
    """The demo's own invented appeals of this line, again and again; of enforcement the leading ones.
    What is urgent or confidential goes another way than this story tells."""
    urgent = set(Category.objects.filter(urgency="紧急").values_list("code", flat=True))
    rows = [
        row
        for file in sorted(DATA.glob("appeals_*.yaml"))
        for row in yaml.safe_load(file.read_text("utf-8"))
        if row["category"].startswith(line) and row["category"] not in urgent
        and row["type"] == "投诉" and not row.get("story") and not row.get("confidential")
        and not row.get("urgent") and not row.get("result")
        and (line != "C" or row["category"] in script()["leading"])
    ]  # fmt: skip
    rng.shuffle(rows)
    return itertools.cycle(rows)


def _call(row: Row, rng: random.Random) -> Step:
    def step() -> Next:
        taker = rng.choice(holders("call_taker"))
        street = Unit.objects.select_related("region").get(code=row["street"])
        category = Category.objects.get(code=row["category"])
        order = take_down(
            Appeal(
                source=Source.objects.get(code=SOURCE),
                source_no=f"{SOURCE}-{row['number']}",
                kind=row["type"],
                title=row["title"],
                content=script()["label"] + row["content"],
                demand=row.get("demand") or "",
                occurred_at=clock.now() - dt.timedelta(hours=rng.randint(1, 40)),
                frequency=str(row.get("frequency") or ""),
                category=category,
                urgency=category.urgency,
                region=street.region,
                street=street,
                address=row["address"],
                appellant=take_in(
                    name=rng.choice(SURNAMES) + rng.choice(GIVEN),
                    phone=f"199{rng.randrange(10**8):08d}",
                    by=taker,
                ),
            ),
            by=taker,
        )
        life = Steady(order, rng, "steady", row)
        return life.take, dt.timedelta(minutes=rng.randint(2, 20))

    return step


def _advise(row: Report) -> None:
    """The drafter writes what the template leaves to him."""
    asked = unwritten(row.sections)
    words = {heading: script()["advice"] for heading in asked}
    texts = ["\n".join(words.get(s["heading"], s["paragraphs"])) for s in row.sections]
    reports.edit(row.pk, row.title, texts, by=holders("assessor")[0])


def special(year: int) -> Report:
    """The special report on the hotline's half year: drafted, reviewed by another hand, issued."""
    clock.set_to(_at(f"{year}-07-01", dt.time(9, 30)))
    row = reports.draft(
        "special",
        dt.date(year, 1, 1),
        dt.date(year, 7, 1),
        by=holders("assessor")[0],
        scope={"source": SOURCE},
    )
    _advise(row)
    reports.review(row.pk, by=holders("inspector")[0])
    reports.issue(row.pk, by=holders("leader")[0])
    # Where this machine cannot lay out a PDF it stays issued, and the worker says what is missing.
    with suppress(Refused):
        jobs.produce()
    row.refresh_from_db()
    return row
