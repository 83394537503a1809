"""Supervision cases on the street: the survey, what was found, the tracking visit, the re-check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.audit.queries import looked_today
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing
from suqiu.base.language import word
from suqiu.base.text import without_identities
from suqiu.desk import case_forms, shapes
from suqiu.desk.spoken import wrong
from suqiu.desk.street import tasks
from suqiu.files.models import File
from suqiu.orders.access import Denied
from suqiu.orders.actions.attach import Taken
from suqiu.orders.models import Order
from suqiu.supervision.cases import queries
from suqiu.supervision.cases.models import Case, Measure
from suqiu.supervision.cases.states import LABELS, LEVELS, REASONS, VERBS, State

if TYPE_CHECKING:
    from suqiu.desk.street.sending import Deed

    Keep = Callable[[Deed, Order | None, Actor], tuple[dict[str, list[File]], dict[int, Taken]]]

# In the order in which they are done there.
ON_STREET = ("survey", "find", "visit", "recheck")
GOERS = frozenset({"inspector", "callback_officer"})
STATES = (State.OPENED, State.SURVEYED, State.RECTIFYING, State.CHECKING)
MOST = 30
# What time alone puts right: the phone takes it along, and says from when on.
BY_TIME = "case.early"
AGAIN = ":again"
Said = dict[str, Any]


def all_for(by: Actor) -> list[Said]:
    """The cases that this person goes to: those named for him or for nobody yet, and for the callback
    officer those that still want a visit. Never what he had to do with."""
    if not by.roles & GOERS:
        return []
    rows = queries.open_to(by).filter(state__in=STATES)
    his = Q(inspector__in=("", by.id)) if "inspector" in by.roles else ~Q(visits__kind="visit")
    rows = rows.filter(his)
    told = [(case, case_task(case, by)) for case in rows.select_related("unit")[:MOST]]
    kept = [(case, task) for case, task in told if task["deeds"]]
    _note_looks([case for case, _task in kept], by)
    return [task for _case, task in kept]


def case_task(case: Case, by: Actor) -> Said:
    """One case as its card shows it: about which place, for what reason, until when, and what it wants."""
    orders = list(case.orders.select_related("category", "region", "street").order_by("pk"))
    order = orders[0]
    text = shapes.text(order, by)
    more = _("（共 %d 件）") % len(orders) if len(orders) > 1 else ""
    # What the centre owes; how long the unit still has is no matter of who goes there.
    owed = (row for row in queries.clocks(case) if row.outcome == "open" and row.unit_id is None)
    clock = next(owed, None)
    return {
        "key": f"case:{case.number}",
        "name": _("督办 %s") % case.number,
        "title": without_identities(text.title) + more,
        "content": without_identities(text.content),
        "demand": _measures(case),
        "where": f"{shapes.place(order, by)} {without_identities(text.address)}".strip(),
        "lon": None if text.secret else order.lon, "lat": None if text.secret else order.lat,
        "secret": text.secret,
        "flags": [
            [str(LEVELS[case.level]), "red" if case.level > 1 else "amber"],
            [str(REASONS[case.reason]), "grey"],
        ],
        "state": str(LABELS[State(case.state)]),
        "due": clock.due if clock else None, "duty": word(clock.name) if clock else "",
        "hour": case.hour if case.state == State.OPENED else None,
        "seen": seen(case),
        "deeds": _deeds(case, by),
    }  # fmt: skip


def one(number: str, by: Actor) -> Said:
    """The task as it stands by now. Raises Missing."""
    return case_task(_for_goer(number, by), by)


def _for_goer(number: str, by: Actor, *, log: bool = True) -> Case:
    """The case, for who may go there: a unit that sees its case on a page is not told here where its
    secret citizen lives, nor who comes to look, nor by when."""
    if not by.roles & GOERS:
        raise Missing("missing", _("没有这件事，或不再归您办"))
    return queries.get_for(by, number, log=log)


def seen(case: Case) -> str:
    """What a phone must have seen of a case to act on it: the round, and who is named. The step that it
    has reached is judged by the case itself."""
    return f"{case.round}:{case.inspector}"


def forms_for(told: Iterable[Said]) -> dict[str, list[Said]]:
    """What each deed asks, by the name that tasks call it by."""
    return {name: _form(name) for name in {deed["form"] for task in told for deed in task["deeds"]}}


def _form(name: str) -> list[Said]:
    """A second complaint is decided on the spot."""
    verb = name.removeprefix("case:").removesuffix(AGAIN)
    told = tasks.described(case_forms.form_for(verb, Case()))
    if verb != "survey":
        return told
    if not name.endswith(AGAIN):
        return [field for field in told if field["name"] != "ruling"]
    for field in told:
        if field["name"] == "ruling":
            field |= {"required": True, "choices": [c for c in field["choices"] if c[0]]}
    return told


def doing(deed: Deed, number: str, by: Actor, keep: Keep) -> Callable[[], Said]:
    """Check the form, keep its pictures, and answer with what does it. Raises Missing, Invalid,
    WrongState."""
    case = _for_goer(number, by, log=False)
    if deed.name not in ON_STREET:
        raise Missing("missing", _("没有这件事，或不再归您办"))
    tasks.same(deed.seen, seen(case))
    filled = case_forms.form_for(deed.name, case, deed.told, deed.files)
    if not filled.is_valid():
        raise Invalid("street.fields", _("没有填全：%s") % wrong(filled))
    kept, taken = keep(deed, case.orders.order_by("pk").first(), by)
    shots = (kept.get("photos", []), taken)

    def do() -> Said:
        locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        tasks.same(deed.seen, seen(locked))
        done = case_forms.do(deed.name, locked, filled.cleaned_data, by=by, shots=shots)
        return {"seen": seen(done)}

    return do


def _deeds(case: Case, by: Actor) -> list[Said]:
    """What is done there now or after what is done now; for all else the case is not his to go to."""
    answers = {row.name: answer for row, answer in queries.menu(case, by) if row.name in ON_STREET}
    again = AGAIN if case.grounds.filter(reason="again").exists() else ""
    if not any(_comes(answer) for answer in answers.values()):
        return []
    return [
        {
            "name": name,
            "form": f"case:{name}{again if name == 'survey' else ''}",
            "label": str(VERBS[name].label),
            "why": str(answer.reason) if isinstance(answer, Denied) else "",
            "opens": case.hour if _is_early(answer) else None,
        }
        for name, answer in sorted(answers.items(), key=lambda pair: ON_STREET.index(pair[0]))
    ]


def _comes(answer: Any) -> bool:
    return not isinstance(answer, Denied) or _is_early(answer)


def _is_early(answer: Any) -> bool:
    return isinstance(answer, Denied) and answer.code == BY_TIME


def _measures(case: Case) -> str:
    rows = Measure.objects.filter(plan__case=case, plan__ruling="approved", plan__round=case.round)
    return "\n".join(
        f"{'✓' if row.done_at else '○'} {without_identities(row.words)}{_('（')}{row.until:%m-%d}{_('）')}"
        for row in rows.order_by("until", "pk")
    )


def _note_looks(cases: Iterable[Case], by: Actor) -> None:
    """What a phone takes along has been looked at; the same phone asks every minute, so once a day."""
    cases = list(cases)
    known = looked_today("open", [case.chain for case in cases], by=by)
    for case in cases:
        if case.chain not in known:
            journal.looked("open", case.chain, by=by)
