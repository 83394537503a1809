"""The drill: orders go from the call to the centre's review while the house is killed, again and again."""

import json
import re
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from suqiu.bench.drill.people import PASSWORD, Machine, Person
from suqiu.bench.drill.site import Site, kill_at_random

Progress = Callable[[str], object]
SORTS = ("lost", "doubled", "never_sent", "marked_twice", "journal")
DISTRICTS = ("310104", "310101")
CREW = ("calltaker1", "dispatcher1", "handler.310104-SQ01", "head.310104-SQ01")
# Each verb of the way is done once to each order; the last column: by whom, with what.
STEPS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("dispatch", "dispatcher1", {}),
    ("acknowledge", "handler.310104-SQ01", {}),
    ("sign", "handler.310104-SQ01", {}),
    ("contact", "handler.310104-SQ01", {"way": "电话", "reached": "yes"}),
    ("dispose", "handler.310104-SQ01", {
        "result": "solved", "fact": "true", "basis": "市容环境卫生管理条例",
        "words": "当晚到场劝离摊贩八辆,安排两人固定值守至二十二点,油污已冲洗。",
    }),
    ("pass_disposal", "head.310104-SQ01", {}),
    ("reply", "handler.310104-SQ01", {"words": "已告知诉求人处置情况与值守安排。", "reached": "yes"}),
    ("review", "dispatcher1", {}),
)  # fmt: skip
# Run in the house's own environment: what is made there belongs to layers above this one.
_FILL = f"""
import datetime as dt, json
from suqiu.cli import house
with house.opened():
    house.migrate()
    from suqiu.accounts.actions import add_client
    from suqiu.accounts.models import Person
    from suqiu.base import clock
    from suqiu.base.actors import system
    from suqiu.catalogue.models import Category, Source
    from suqiu.demo import city
    from suqiu.organisations.models import Unit
    from suqiu.organisations.queries import centre
    city.lay({list(DISTRICTS)!r})
    for person in Person.objects.filter(username__in={list(CREW)!r}):
        person.set_password({PASSWORD!r}); person.save()
    _client, token = add_client(
        name="drill", role="call_taker", unit=centre(), scopes={{"intake"}}, source="12345",
        expires_at=clock.now() + dt.timedelta(days=1), by=system("drill"))
    print(json.dumps({{
        "squad": Unit.objects.get(code="310104-SQ01").pk,
        "street": Unit.objects.get(code="310104-ST01").pk,
        "category": Category.objects.get(code="C0101").pk,
        "source": Source.objects.get(code="12345").pk, "region": "310104", "token": token}}))
"""
_TELL = """
import json
from suqiu.cli import house
with house.opened():
    from collections import Counter
    from django.db.models import Count
    from suqiu.audit.models import Entry
    from suqiu.notifications.models import Attempt, Message
    from suqiu.orders.models import Obligation
    from suqiu.orders.queries import visible_to
    from suqiu.base.actors import system
    entries = Entry.objects.filter(chain__startswith="order:")
    citizen = Message.objects.filter(channel="citizen")
    print(json.dumps({
        "orders": list(visible_to(system("drill")).values_list("number", "title", "state")),
        "kinds": Counter(entries.values_list("kind", flat=True)),
        "messages": list(citizen.values_list("pk", "order__number", "event", "state")),
        "clocks": Obligation.objects.values("order", "seat", "code", "round").annotate(
            n=Count("pk")).filter(n__gt=1).count(),
        "marked": Counter(Attempt.objects.filter(ok=True).values_list("message", flat=True)),
    }))
"""


@dataclass
class Outcome:
    """What was acknowledged (title → number), who was killed, and all that is not as it must be:
    (which of SORTS, what)."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    killed: list[str] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    tries: int = 0
    notices: int = 0


@contextmanager
def _house() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="suqiu-kills-"))
    folder.chmod(0o755)
    site = Site(folder)
    try:
        yield site
    finally:
        site.stop()
        shutil.rmtree(folder)


def drill(
    seed: int, *, orders: int | None = None, minutes: float = 0, most: int | None = None,
    workers: int = 1, progress: Progress = lambda _text: None,
) -> Outcome:  # fmt: skip
    """So many orders at least and until all `most` kills were made, or as many orders as so many minutes
    give, by `workers` people at once."""
    out = Outcome()
    with _house() as site:
        progress("a house of its own")
        facts = json.loads(site.run("-c", _FILL))
        site.keeper.start()
        over = threading.Event()
        killer = threading.Thread(
            target=kill_at_random, args=(site, seed, over, out.killed), kwargs={"most": most}
        )
        killer.start()
        progress("work, and kills")
        try:
            ends = time.monotonic() + 60 * minutes

            def enough(n: int) -> bool:
                if orders is None:
                    return time.monotonic() > ends
                return n >= orders and len(out.killed) >= (most or 0)

            _work(site, facts, out, enough, workers)
        finally:
            over.set()
            killer.join()
        site.stop()
        progress("what is there")
        # A claim of a killed worker is taken over after five minutes: these run ten minutes later.
        for _ in range(2):
            site.run("-m", "suqiu.cli", "worker", "--once", SUQIU_CLOCK_OFFSET="600")
        out.starts = site.starts
        _judge(site, out)
    return out


def run(*, minutes: float, seed: int, progress: Progress) -> dict[str, Any]:
    """The long form: figures for a table. What `SORTS` name, and `wrong`, which is all of them, must
    be nothing. `steps_acknowledged`: answers to people and machine that said "done"."""
    out = drill(seed, minutes=minutes, workers=2, progress=progress)
    return {
        "seed": seed,
        "minutes": minutes,
        "kills": len(out.killed),
        "killed": dict(Counter(out.killed)),
        "starts": out.starts,
        "orders_acknowledged": len(out.acknowledged),
        "steps_acknowledged": out.steps.total(),
        "requests": out.tries,
        "notices_sent": out.notices,
        **{sort: sum(one == sort for one, _what in out.wrong) for sort in SORTS},
        "wrong": len(out.wrong),
        "what_is_wrong": [f"{sort}: {what}" for sort, what in out.wrong[:20]],
    }


def _work(
    site: Site, facts: dict[str, Any], out: Outcome, enough: Callable[[int], bool], workers: int
) -> None:
    numbers, faults = count(), list[BaseException]()

    def one() -> None:
        people = {name: Person(site, name) for name in CREW}
        try:
            for person in people.values():
                person.log_in()
            while not faults:
                n = next(numbers)
                if enough(n):
                    break
                _take_through(n, people, Machine(site, facts["token"]), facts, out)
        except BaseException as fault:  # noqa: BLE001 - told by the drill's own thread
            faults.append(fault)
        out.tries += sum(person.tries for person in people.values())

    threads = [threading.Thread(target=one) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def _take_through(
    n: int, people: dict[str, Person], machine: Machine, facts: dict[str, Any], out: Outcome
) -> None:
    """One order on its whole way: every other one comes by the machine."""
    title = f"青禾路{n + 1}号门前流动摊贩占道油烟扰民"
    said = {
        "title": title,
        "content": f"青禾路{n + 1}号门前每晚六点起有七八辆推车摆夜排档,占住人行道和盲道,油烟大,满地油污。",
        "demand": "固定值守到二十二点",
        "address": f"青禾路{n + 1}号北门",
    }  # fmt: skip
    if n % 2:
        citizen = {"name": "王试", "phone": f"139000{n:05}"}
        where = {"category": "C0101", "region": facts["region"]}
        when = {"occurred_at": "2026-09-01T20:30:00+08:00"}
        body = {**said, **where, **when, "citizen": citizen}
        number = machine.hand_in(body, f"drill-{n}")
        out.steps["hand_in"] += 1
        _do(people["calltaker1"], number, "accept", {}, n)
        out.steps["accept"] += 1
    else:
        number = _register(people["calltaker1"], said, facts, n)
        out.steps["register"] += 1
    out.acknowledged[title] = number
    for verb, who, form in STEPS:
        more = {"to": str(facts["squad"])} if verb == "dispatch" else {}
        _do(people[who], number, verb, {**form, **more}, n)
        out.steps[verb] += 1


def _register(taker: Person, said: dict[str, str], facts: dict[str, Any], n: int) -> str:
    form = {
        **said, "source": facts["source"], "kind": "投诉", "name": "王试", "phone": f"139000{n:05}",
        "do": "accept", "category": facts["category"], "urgency": "一般",
        "occurred_at": "2026-09-01T20:30", "region": facts["region"], "street": facts["street"],
        "idempotency_key": f"drill-{n}",
    }  # fmt: skip
    status, location, text = taker.send("/register", {k: str(v) for k, v in form.items()})
    if status != 302 or not location.startswith("/orders/"):
        raise RuntimeError(_plain(text))
    return location.removeprefix("/orders/")


def _do(person: Person, number: str, verb: str, form: dict[str, str], n: int) -> None:
    key = {"idempotency_key": f"drill-{verb}-{n}"}
    status, _location, text = person.send(f"/orders/{number}/{verb}", {**form, **key})
    if status != 302:
        raise RuntimeError(f"{verb} of {number}: {status} {_plain(text)}")


def _plain(text: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", text)[-2000:]


def _judge(site: Site, out: Outcome) -> None:
    """All that was acknowledged is there once, every notice went out and is marked once."""
    told = json.loads(site.run("-c", _TELL))
    wanted, wrong = len(out.acknowledged), out.wrong
    there = Counter(title for _number, title, _state in told["orders"])
    wrong += [("lost", title) for title in out.acknowledged if title not in there]
    wrong += [("doubled", f"{n} of {title}") for title, n in there.items() if n > 1]
    wrong += [
        ("lost", f"the answer of {title}") for title in there if title not in out.acknowledged
    ]
    wrong += [
        ("lost", f"{number} stands at {state}")
        for number, _title, state in told["orders"]
        if state != "callback"
    ]
    for kind in ("drafted", "register", "accept", *(verb for verb, *_ in STEPS)):
        n = told["kinds"].get(f"order.{kind}", 0)
        if n != wanted:
            wrong.append(("lost" if n < wanted else "doubled", f"{kind}: {n} of {wanted}"))
    if told["clocks"]:
        wrong.append(("doubled", f"{told['clocks']} clocks"))
    _judge_notices(site, told, out)
    said = site.run("-m", "suqiu.cli", "verify")
    if " 0 problems" not in said:
        wrong.append(("journal", said))


def _judge_notices(site: Site, told: dict[str, Any], out: Outcome) -> None:
    """Three notices an appeal: made once, sent at least once, marked as sent exactly once."""
    rows, wrong = told["messages"], out.wrong
    events = Counter((number, event) for _pk, number, event, _state in rows)
    wrong += [("doubled", f"notice {one}") for one, n in events.items() if n > 1]
    lacking = 3 * len(out.acknowledged) - len(events)
    if lacking:
        wrong.append(("lost" if lacking > 0 else "doubled", f"{abs(lacking)} notices"))
    file = site.data / "outbox" / "notices.jsonl"
    lines = file.read_text().splitlines() if file.exists() else []
    sent = {json.loads(line)["message"] for line in lines}
    wrong += [("never_sent", str(row)) for row in rows if row[3] != "sent" or row[0] not in sent]
    wrong += [("marked_twice", f"{pk}: {n}") for pk, n in told["marked"].items() if n != 1]
    out.notices = len(rows)
