"""The forms of a case's verbs: what each asks, and the action it calls."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts.queries import actor_for, people_as
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import LAST, MOMENTS
from suqiu.base.errors import Invalid
from suqiu.desk import uploads
from suqiu.desk.spoken import SpokenForm
from suqiu.orders.actions.picturing import NONE, Shots
from suqiu.organisations.models import Unit
from suqiu.supervision.cases.actions import filing, looking, rectifying
from suqiu.supervision.cases.models import Case, Measure
from suqiu.supervision.cases.queries import is_own_work
from suqiu.supervision.cases.states import CAUSES, RULINGS

GOOD = {"yes": True, "no": False, "unknown": None}


def _text(label: Any, help_text: Any = "", required: bool = True) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3, "class": "input"})
    return forms.CharField(
        label=label, max_length=2000, widget=area, help_text=help_text, required=required
    )


def _one_of(label: Any, choices: Any, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required)


def form_for(name: str, case: Case, data: Any = None, files: Any = None) -> SpokenForm:
    """The form of this verb on this case; what cannot be typed wrongly is chosen."""
    fields = {key: make(case) for key, make in FIELDS[name].items()}
    form: SpokenForm = type("CaseForm", (SpokenForm,), fields)(data, files)
    return form


def _inspectors(case: Case) -> list[tuple[str, str]]:
    """Only those who are independent of what the case is about."""
    people = ((p, actor_for(p)) for p in people_as("inspector"))
    return [(a.id, p.name) for p, a in people if not is_own_work(case, a)]


def _open_measures(case: Case) -> list[tuple[str, str]]:
    rows = Measure.objects.filter(
        plan__case=case, plan__ruling="approved", plan__round=case.round, done_at=None
    )
    return [(str(m.pk), m.words) for m in rows.order_by("until", "pk")]


_reason: dict[str, Callable[[Case], forms.Field]] = {
    "reason": lambda c: _text(gettext_lazy("理由"))
}
_words: dict[str, Callable[[Case], forms.Field]] = {"words": lambda c: _text(gettext_lazy("说明"))}
_inspector: dict[str, Callable[[Case], forms.Field]] = {
    "inspector": lambda c: _one_of(gettext_lazy("督察员"), _inspectors(c))
}
_photos: dict[str, Callable[[Case], forms.Field]] = {
    "photos": lambda c: uploads.field(gettext_lazy("照片"), camera=True)
}
FIELDS: dict[str, dict[str, Callable[[Case], forms.Field]]] = {
    "assign": _inspector,
    "name_hour": {
        "hour": lambda c: forms.DateTimeField(
            label=gettext_lazy("诉求人定的时间"),
            validators=MOMENTS,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input"}),
        ),
        **_inspector,
    },
    "survey": {
        "words": lambda c: _text(gettext_lazy("现场情况")),
        "ruling": lambda c: _one_of(
            gettext_lazy("当场裁定"), [("", "—"), *RULINGS.items()], required=False
        ),
        **_photos,
    },
    "find": {
        "cause": lambda c: _one_of(gettext_lazy("原因"), list(CAUSES.items())),
        "words": lambda c: _text(gettext_lazy("问题")),
        "advice": lambda c: _text(gettext_lazy("建议")),
    },
    "demand": {
        "unit": lambda c: _one_of(
            gettext_lazy("承办单位"), [(str(u.pk), u.name) for u in rectifying.leads(c)]
        ),
        "words": lambda c: _text(gettext_lazy("要求"), required=False),
    },
    "clear": _reason,
    "plan": {
        "words": lambda c: _text(gettext_lazy("方案")),
        "measures": lambda c: _text(
            gettext_lazy("措施"), gettext_lazy("每行一条：做什么 | 谁负责 | 哪天前，如 2026-09-30")
        ),
    },
    "return_plan": _reason,
    "approve_plan": {"note": lambda c: _text(gettext_lazy("批语"), required=False)},
    "do_measure": {
        "measure": lambda c: _one_of(gettext_lazy("措施"), _open_measures(c)),
        "words": lambda c: _text(gettext_lazy("落实情况")),
    },
    "visit": {**_words, "good": lambda c: _one_of(gettext_lazy("好转没有"), _good()), **_photos},
    "recheck": {
        **_words,
        "good": lambda c: _one_of(gettext_lazy("属实吗"), _good()[:2]),
        **_photos,
    },
    "report": {"words": lambda c: _text(gettext_lazy("分析"))},
    "return_report": _reason,
    "file": {},
    "raise_level": _reason,
    "drop": _reason,
}
_MODULES = (looking, rectifying, filing)


def _good() -> list[tuple[str, Any]]:
    return [
        ("yes", gettext_lazy("是")),
        ("no", gettext_lazy("否")),
        ("unknown", gettext_lazy("说不清")),
    ]


def do(name: str, case: Case, told: dict[str, Any], *, by: Actor, shots: Shots = NONE) -> Case:
    """Call the action of this verb with what the form was told; `shots`: its pictures, kept before."""
    given = dict(told)
    if "photos" in given:
        given["shots"] = shots
        del given["photos"]
    if "good" in given:
        given["good"] = GOOD[given["good"]]
    if "unit" in given:
        given["unit"] = Unit.objects.get(pk=int(given["unit"]))
    if "measure" in given:
        given["measure"] = int(given["measure"])
    if "measures" in given:
        given["measures"] = lines(given["measures"])
    action = next(getattr(m, name) for m in _MODULES if hasattr(m, name))
    done: Case = action(case, **given, by=by)
    return done


def lines(text: str) -> list[rectifying.Line]:
    """Measures as they were typed, a line each. Raises Invalid with the line that cannot be read."""
    found = []
    for n, line in enumerate((one for one in text.splitlines() if one.strip()), 1):
        parts = [part.strip() for part in line.replace("｜", "|").split("|")]
        try:
            words, owner, day = parts
            until = dt.date.fromisoformat(day)
            if until > LAST:
                raise ValueError(day)
            found.append(rectifying.Line(words[:200], owner[:64], until))
        except ValueError as error:
            raise Invalid(
                "case.lines",
                _("措施第 %(n)d 行读不懂，应是：做什么 | 谁负责 | %(day)s")
                % {"n": n, "day": clock.today()},
                field="measures",
            ) from error
    return found
