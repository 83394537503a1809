"""The orders' rows as answers. What counts here is what `figures` keeps of each order, read and not
counted anew; before the figures are whole it is made from the rows as they would make it."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from suqiu.assessment.models import Appeal
from suqiu.assessment.queries import BY, Period
from suqiu.assessment.shadow.forecast import Answers, Known, Past, stretches
from suqiu.assessment.shadow.rules import Told, Volume
from suqiu.assessment.shadow.upstream import Measure, Upstream
from suqiu.base.clock import midnight
from suqiu.figures import facts, keeping, sums
from suqiu.figures.models import Exemption, FigureFact
from suqiu.figures.reasons import REASONS
from suqiu.orders.models import Contact, Disposal, Order, Verification
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import pack

ASKS = ("contact", "result", "satisfaction")


def _answering(orders: QuerySet[Order]) -> QuerySet[Order]:
    """With `contact_answer`, `result_answer`, `satisfaction_answer` and `proven_answer` of the last
    round. Whom no call reached has not said whether he was contacted."""
    of_round = Verification.objects.filter(order=OuterRef("pk"), round=OuterRef("round"))
    passed = Disposal.objects.filter(
        order=OuterRef("pk"), round=OuterRef("round"), passed_at__isnull=False
    )
    reached = Contact.objects.filter(order=OuterRef("pk"), reached=True)
    said = of_round.filter(reached=True).exclude(satisfaction="").order_by("-pk")
    proven = of_round.filter(solved__isnull=False).order_by("-pk")
    return orders.annotate(
        contact_answer=Case(
            When(~Q(Exists(of_round.filter(reached=True))), then=Value("unasked")),
            When(Exists(reached), then=Value("yes")),
            default=Value("no"),
        ),
        result_answer=_first(passed.order_by("pk").values("result")[:1]),
        satisfaction_answer=_first(said.values("satisfaction")[:1]),
        proven_answer=Subquery(proven.values("solved")[:1]),
    )


def _first(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows), Value(""))


def ended(span: Period, among: Collection[int] | None = None) -> list[Told]:
    """The orders that ended in the period, all of them or these."""
    orders = visible_to(BY).filter(**_in("ended_at", span))
    orders = orders if among is None else orders.filter(pk__in=among)
    counts = _counts(orders)
    out = _exempted(span)
    columns = ("pk", "region", "state", *(f"{one}_answer" for one in ASKS), "proven_answer")
    return [
        Told(
            id=pk,
            region=region or "",
            state=state,
            answers=dict(zip(ASKS, answers, strict=True)),
            counts=counts.get(pk, {}),
            proven=proven,
            exempted=out.get(pk, frozenset()),
        )
        for pk, region, state, *answers, proven in _answering(orders)
        .order_by("pk")
        .values_list(*columns)
    ]


def alike(one: Upstream, span: Period) -> list[Told]:
    """The same, those that answer and count alike as one with their number: a month of a large city is
    thousands of orders of some dozens of kinds. Those that an appeal exempted are read one by one."""
    if not keeping.ready():
        return ended(span)
    out = _apart(span)
    ours = sorted({measure.ours for measure in one.rated if measure.ours})
    weighed = {f"w{i}": _weight(code) for i, code in enumerate(ours)}
    left = {f"l{i}": _is_left_out(code) for i, code in enumerate(ours)}
    rows = _answering(visible_to(BY).filter(**_in("ended_at", span)).exclude(pk__in=out))
    columns = ("region", "state", *(f"{asks}_answer" for asks in ASKS), "proven_answer")
    rows = rows.annotate(**weighed, **left).order_by()
    found = []
    for region, state, *said, n in rows.values_list(*columns, *weighed, *left).annotate(
        n=Count("pk")
    ):
        answers, proven, kept = said[: len(ASKS)], said[len(ASKS)], said[len(ASKS) + 1 :]
        counts = {c: w for c, w in zip(ours, kept[: len(ours)], strict=True) if w is not None}
        counts |= {f"{c}:": 0 for c, is_out in zip(ours, kept[len(ours) :], strict=True) if is_out}
        told = dict(zip(ASKS, answers, strict=True))
        found.append(Told(0, region or "", state, told, counts, proven, n=n))
    return [*found, *(ended(span, among=out) if out else [])]


def named(measure: Measure, span: Period, region: str) -> list[Told]:
    """Those of one region ("" all) one by one, with what this measure asks and no more."""
    if not keeping.ready() or not measure.ours:
        return [told for told in ended(span) if region in {"", told.region}]
    out = _apart(span)
    rows = _answering(visible_to(BY).filter(**_in("ended_at", span)).exclude(pk__in=out))
    rows = rows.annotate(weight=_weight(measure.ours), left=_is_left_out(measure.ours))
    rows = rows.filter(region=region) if region else rows
    proven = "proven_answer" if measure.asks == "result" else "left"
    columns = ("pk", "region", "state", f"{measure.asks}_answer", "weight", "left", proven)
    found = []
    for pk, of, state, said, weight, left, solved in rows.order_by().values_list(*columns):
        counts = {measure.ours: weight} if weight is not None else {}
        counts |= {f"{measure.ours}:": 0} if left else {}
        known = solved if measure.asks == "result" else None
        found.append(Told(pk, of or "", state, {measure.asks: said}, counts, known))
    beside = ended(span, among=out) if out else []
    return [*found, *(told for told in beside if region in {"", told.region})]


def _apart(span: Period) -> set[int]:
    """The orders that somebody exempted from a rate: they are few, and each has its own reasons."""
    exempted = Exemption.objects.filter(**_in("order__ended_at", span))
    return {*_exempted(span), *exempted.values_list("order", flat=True)}


def _weight(code: str) -> Cast:
    return Cast(KeyTextTransform(code, "figurefact__counts"), BigIntegerField())


def _is_left_out(code: str) -> Case:
    """For whatever reason; which one makes no difference to the upstream."""
    keys = [f"{code}:{reason}" for reason in REASONS]
    out = Q(figurefact__counts__has_any_keys=keys)
    return Case(When(out, then=Value(True)), default=Value(False))


def _in(column: str, span: Period) -> dict[str, dt.datetime]:
    return {f"{column}__gte": midnight(span[0]), f"{column}__lt": midnight(span[1])}


def _counts(orders: QuerySet[Order]) -> Mapping[int, Mapping[str, int]]:
    if keeping.ready():
        rows = FigureFact.objects.filter(order__in=orders.order_by())
        return dict(rows.values_list("order_id", "counts"))
    return {fact.id: sums.counts(fact, pack(fact.pack)) for fact in facts.read(orders)}


def _exempted(span: Period) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Appeal.objects.filter(state="granted", **_in("order__ended_at", span))
    for order, rate in rows.values_list("order", "rate"):
        found[order].add(rate)
    return {order: frozenset(rates) for order, rates in found.items()}


# Why an order counts on one side only, by whether it was registered and accepted within the period.
_APART = {
    "not_accepted": Q(registered=True, accepted=False, never=True),
    "accepted_elsewhen": Q(registered=True, accepted=False, never=False),
    "registered_before": Q(registered=False, accepted=True),
}


def _of_volume(span: Period) -> QuerySet[Order]:
    """The orders registered or accepted in the period, with `registered`, `accepted` and `never`."""
    both = {c: Q(**_in(f"{c}_at", span)) for c in ("registered", "accepted")}
    rows = visible_to(BY).filter(both["registered"] | both["accepted"]).exclude(state="void")
    return rows.annotate(
        never=Case(When(accepted_at=None, then=Value(True)), default=Value(False)),
        **{
            c: Case(When(within, then=Value(True)), default=Value(False))
            for c, within in both.items()
        },
    )


def volumes(span: Period) -> dict[str, Volume]:
    """{region: its volume}, "" the whole house: the orders registered or accepted in the period."""
    sides = ("registered", "accepted", "never")
    rows = _of_volume(span).order_by().values_list("region", *sides).annotate(n=Count("pk"))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for region, registered, accepted, never, n in rows:
        for key in {"", region or ""}:
            found[key]["theirs"] += n * registered
            found[key]["ours"] += n * accepted
            if registered and not accepted:
                found[key]["not_accepted" if never else "accepted_elsewhen"] += n
            elif accepted and not registered:
                found[key]["registered_before"] += n
    whole = found[""]
    return {
        key: Volume(one["theirs"], one["ours"], whole["theirs"], whole["ours"],
                    {why: one[why] for why in _APART if one[why]})
        for key, one in found.items()
    }  # fmt: skip


def behind_volume(span: Period, region: str, why: str) -> list[int]:
    """The orders that count on one side only, for this reason."""
    if why not in _APART:
        return []
    rows = _of_volume(span).filter(_APART[why], **({"region": region} if region else {}))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def counted(span: Period, region: str, part: str) -> list[int]:
    """The orders of a volume: registered ("there") or accepted ("here") in the period."""
    column = "registered_at" if part == "there" else "accepted_at"
    rows = visible_to(BY).filter(**_in(column, span)).exclude(state="void")
    return sorted((rows.filter(region=region) if region else rows).values_list("pk", flat=True))


def known(one: Upstream, span: Period, today: dt.date) -> dict[str, Known]:
    """{region: what a forecast stands on}, "" the whole house, as of the beginning of today; nothing
    where no figure is kept or nothing has been here long enough."""
    first = FigureFact.objects.order_by("accepted_in").values_list("accepted_in", flat=True).first()
    if first is None:
        return {}
    windows = stretches(today, span[1], first)
    if not windows:
        return {}
    so_far = (span[0], today)
    done, registered = _answers(one, so_far), _registered(so_far)
    due = _counted(_standing(today, span[1]))
    past = [_past(one, *window) for window in windows]
    regions = {*done, *registered, *due, *(key for row in past for key in row)} | {""}
    return {
        key: Known(
            done.get(key, {}),
            registered.get(key, 0),
            due.get(key, 0),
            [row.get(key, Past()) for row in past],
        )
        for key in regions
    }


def _standing(on: dt.date, end: dt.date) -> QuerySet[FigureFact]:
    """Open at the beginning of a day and due before `end`."""
    here = Q(closed_in=None) | Q(closed_in__gte=on)
    return FigureFact.objects.filter(here, accepted_in__lt=on, due_in__lt=end)


def _past(one: Upstream, start: dt.date, end: dt.date) -> dict[str, Past]:
    standing = _standing(start, end)
    due, closed = _counted(standing), _counted(standing.filter(closed_in__lt=end))
    ends = _counted(FigureFact.objects.filter(closed_in__gte=start, closed_in__lt=end))
    registered, answers = _registered((start, end)), _answers(one, (start, end))
    return {
        key: Past(
            due=due.get(key, 0),
            ended=closed.get(key, 0),
            others=ends.get(key, 0) - closed.get(key, 0),
            registered=registered.get(key, 0),
            answers=answers.get(key, {}),
        )
        for key in {*due, *ends, *registered}
    }


def _counted(rows: QuerySet[Any]) -> dict[str, int]:
    """{region: orders}, and "" all of them."""
    found = Counter[str]()
    for region, n in rows.order_by().values_list("region").annotate(n=Count("pk")):
        found[""] += n
        if region:
            found[region] += n
    return dict(found)


def _registered(span: Period) -> dict[str, int]:
    rows = visible_to(BY).filter(**_in("registered_at", span)).exclude(state="void")
    return _counted(rows)


def _answers(one: Upstream, span: Period) -> dict[str, Answers]:
    """{region: {measure: {answer: orders}}} of those that ended; left out: the answer ""."""
    orders = _answering(visible_to(BY).filter(**_in("ended_at", span)).order_by())
    out = orders.annotate(
        left=Case(When(state__in=one.leaves_out, then=Value(True)), default=Value(False))
    )
    found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    columns = ("region", "left", *(f"{asks}_answer" for asks in ASKS))
    for region, left, *said in out.values_list(*columns).annotate(n=Count("pk")):
        *answers, n = said
        for measure in one.rated:
            answer = "" if left else answers[ASKS.index(measure.asks)]
            for key in {"", region or ""}:
                found[key][measure.id][answer] += n
    return found  # type: ignore[return-value]
