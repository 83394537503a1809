"""The forms of a visit's verbs: what each asks, and the action it calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import DAYS, key_in
from suqiu.base.errors import Invalid
from suqiu.catalogue.queries import leaves
from suqiu.desk import uploads
from suqiu.desk.spoken import SpokenForm
from suqiu.desk.widgets import DayInput
from suqiu.files.models import File
from suqiu.orders.actions.attach import limits_of
from suqiu.organisations.models import Unit
from suqiu.organisations.queries import valid_on
from suqiu.policy.queries import in_force
from suqiu.supervision.visits import queries
from suqiu.supervision.visits.actions import going, planning
from suqiu.supervision.visits.models import Commitment, Stop, Visit
from suqiu.supervision.visits.routes import NewStop, places
from suqiu.supervision.visits.rules import met_kinds

# Whom a promise may come from: who has to do with a street.
OWNERS = ("street", "squad", "department", "hub")


def _text(label: Any, rows: int = 3, required: bool = True) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "class": "input"})
    return forms.CharField(label=label, max_length=2000, required=required, widget=area)


def _line(label: Any, required: bool = True, most: int = 120) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), validators=DAYS, **more)


def _one_of(rows: Any, label: Any, **more: Any) -> forms.Field:
    chosen = forms.Select(attrs={"lang": "zh"})
    return forms.ModelChoiceField(rows, label=label, widget=chosen, **more)


class Plan(SpokenForm):
    """The stops themselves are ticked beside it."""

    day = _day(gettext_lazy("哪天"))
    title = _line(gettext_lazy("主题"))
    visitors = forms.MultipleChoiceField(
        label=gettext_lazy("谁去"), widget=forms.CheckboxSelectMultiple(attrs={"lang": "zh"})
    )
    more: forms.ModelMultipleChoiceField[Unit] = forms.ModelMultipleChoiceField(
        None, label=gettext_lazy("另加街镇"), required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"lang": "zh"}),
    )  # fmt: skip

    def __init__(self, region: str, by: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(person.actor_id, person.name) for person in queries.goers_to(region)]
        people.sort(key=lambda one: one[0] != by.id)  # oneself first: chosen, and in sight
        self.fields["visitors"].choices = people  # type: ignore[attr-defined]
        rows = queries.streets_for(by).filter(region=region)
        self.fields["more"].queryset = rows  # type: ignore[attr-defined]

    def leave_out(self, proposed: set[int]) -> None:
        """What is ticked on the route beside it is not offered here a second time."""
        more: Any = self.fields["more"]
        left = [(unit.pk, str(unit)) for unit in more.queryset if unit.pk not in proposed]
        if left:
            more.widget.choices = left
        else:
            del self.fields["more"]


class Log(SpokenForm):
    words = _text(gettext_lazy("看到了什么"), 4)
    met = forms.MultipleChoiceField(
        label=gettext_lazy("见了谁（只写哪一类人）"), required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"lang": "zh"}),
    )  # fmt: skip
    photos = uploads.field(gettext_lazy("照片"), camera=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["met"].choices = list(met_kinds().items())  # type: ignore[attr-defined]


class Find(SpokenForm):
    content = _text(gettext_lazy("发现什么问题"), 4)
    address = _line(gettext_lazy("在哪里（路、弄、门牌或标志物）"))
    photos = uploads.field(gettext_lazy("照片"), camera=True)


class FindAtDesk(Find):
    """With the leaf, which a list of sixty on a telephone would only delay; the centre can set it."""

    category = _one_of(None, gettext_lazy("类别"), required=False)
    field_order = ("category",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = leaves()  # type: ignore[attr-defined]


def _skip(visit: Visit, by: Actor, stop: Stop | None) -> dict[str, forms.Field]:
    return {"reason": _line(gettext_lazy("为什么不去"), most=300)}


def _promise(visit: Visit, by: Actor, stop: Stop | None) -> dict[str, forms.Field]:
    rows = valid_on(clock.today()).filter(kind__in=OWNERS)
    if stop is not None:
        rows = rows.filter(region=stop.street.region_id)
    return {
        "owner": _one_of(rows.order_by("kind", "code"), gettext_lazy("哪家答应的")),
        "words": _line(gettext_lazy("答应办什么"), most=300),
        "until": _day(gettext_lazy("哪天前办好")),
    }


def _add(visit: Visit, by: Actor, stop: Stop | None) -> dict[str, forms.Field]:
    return {
        "street": _one_of(queries.streets_for(by), gettext_lazy("街镇")),
        "place": _line(gettext_lazy("具体地点"), required=False),
        "aim": _line(gettext_lazy("去看什么"), required=False, most=300),
    }


def _join(visit: Visit, by: Actor, stop: Stop | None) -> dict[str, forms.Field]:
    there = set(visit.visitors.values_list("actor", flat=True))
    people = [(p.actor_id, p.name) for p in queries.goers() if p.actor_id not in there]
    chosen = forms.Select(attrs={"lang": "zh"})
    return {"actor": forms.ChoiceField(label=gettext_lazy("谁"), choices=people, widget=chosen)}


def _settle(visit: Visit, by: Actor, stop: Stop | None) -> dict[str, forms.Field]:
    answers = [("yes", gettext_lazy("兑现了")), ("no", gettext_lazy("没有兑现"))]
    return {
        "kept": forms.ChoiceField(
            label=gettext_lazy("核对结果"), choices=answers, widget=forms.RadioSelect
        ),
        "note": _line(gettext_lazy("看到的情况"), required=False, most=300),
    }


Fields = Callable[[Visit, Actor, Stop | None], dict[str, forms.Field]]
MADE: dict[str, Fields] = {
    "add": _add,
    "join": _join,
    "skip": _skip,
    "promise": _promise,
    "settle": _settle,
    "close": lambda v, by, s: {"summary": _text(gettext_lazy("走访小结"), 5)},
    "cancel": lambda v, by, s: {"reason": _line(gettext_lazy("为什么取消"), most=300)},
}
WRITTEN: dict[str, type[SpokenForm]] = {"log": Log, "find": FindAtDesk}
OF_VISIT = ("add", "join", "close", "cancel")
OF_STOP = ("log", "find", "promise", "skip")
OF_COMMITMENT = ("settle",)
ACTS = frozenset((*OF_VISIT, *OF_STOP, *OF_COMMITMENT))


def form_for(
    name: str, visit: Visit, by: Actor, data: Any = None, files: Any = None, *,
    stop: Stop | None = None, about: object = "",
) -> SpokenForm:  # fmt: skip
    """The form of this verb; `about` makes the ids of its fields its own on a page with many."""
    ids = f"{name}{about}-%s"
    if name in WRITTEN:
        form = WRITTEN[name](data, files, auto_id=ids)
        if name == "find" and data is None and stop is not None:
            form.initial = {"category": stop.category_id}
        return form
    fields = MADE[name](visit, by, stop)
    return type("VisitForm", (SpokenForm,), fields)(data, auto_id=ids)  # type: ignore[no-any-return]


def kept_files(form: SpokenForm, by: Actor) -> list[File]:
    """The pictures of a form, kept before any transaction."""
    given = form.cleaned_data.pop("photos", [])
    limits = limits_of(None, in_force().pk)
    return uploads.receive(given, limits=limits, by=by) if given else []


def do(
    name: str, visit: Visit, told: dict[str, Any], files: list[File], data: Any, by: Actor
) -> None:
    """Carry the verb out with what the form said. Raises Invalid for a stop that is not there."""
    if name in OF_STOP:
        _of_stop(name, stop_of(visit, data), told, files, by)
    elif name in OF_COMMITMENT:
        rows = Commitment.objects.filter(stop__visit=visit).select_related("stop__visit")
        one = rows.filter(pk=key_in(data.get("commitment", ""))).first()
        if one is None:
            raise Invalid("visit.commitment", _("没有这项承诺"), field="commitment")
        going.settle(one, kept_it=told["kept"] == "yes", note=told["note"], by=by)
    elif name == "add":
        point = places([told["street"].pk]).get(told["street"].pk)
        planning.add(visit, NewStop(**told, point=point), by=by)
    else:
        {"join": planning.join, "close": going.close, "cancel": planning.cancel}[name](
            visit, **told, by=by
        )  # type: ignore[operator]


def stop_of(visit: Visit, data: Any) -> Stop:
    rows = visit.stops.select_related("visit", "street")
    row = rows.filter(pk=key_in(data.get("stop", ""))).first()
    if row is None:
        raise Invalid("visit.stop", _("这次走访没有这一站"), field="stop")
    return row


def _of_stop(name: str, stop: Stop, told: dict[str, Any], files: list[File], by: Actor) -> None:
    if name == "log":
        going.log(stop, seen=told["words"], met=told["met"], photos=files, by=by)
    elif name == "find":
        going.find(stop, **told, photos=files, by=by)
    elif name == "promise":
        going.promise(stop, **told, by=by)
    else:
        going.skip(stop, **told, by=by)
