"""The orders' rows as answers. What counts here is what `figures` keeps of each order, read and not
counted anew; before the figures are whole it is made from the rows as they would make it."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from suqiu.assessment.models import Appeal
from suqiu.assessment.queries import BY, Period
from suqiu.assessment.shadow.forecast import Answers, Known, Past, stretches
from suqiu.assessment.shadow.rules import Told, Volume
from suqiu.assessment.shadow.upstream import Upstream
from suqiu.base.clock import midnight
from suqiu.figures import facts, keeping, sums
from suqiu.figures.models import FigureFact
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


def ended(span: Period) -> list[Told]:
    """The orders that ended in the period."""
    orders = visible_to(BY).filter(**_in("ended_at", span))
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


def volumes(span: Period) -> dict[str, Volume]:
    """{region: its volume}, "" the whole house: the orders registered or accepted in the period."""
    both = Q(**_in("registered_at", span)) | Q(**_in("accepted_at", span))
    rows = visible_to(BY).filter(both).exclude(state="void").order_by("pk")
    found: dict[str, _Counting] = defaultdict(_Counting)
    for pk, region, registered, accepted in rows.values_list(
        "pk", "region", "registered_at", "accepted_at"
    ):
        for key in {"", region or ""}:
            found[key].add(pk, _within(registered, span), _within(accepted, span), accepted is None)
    whole = found[""]
    return {
        key: Volume(one.theirs, one.ours, whole.theirs, whole.ours,
                    {why: tuple(ids) for why, ids in one.parts.items()})
        for key, one in found.items()
    }  # fmt: skip


def _within(moment: dt.datetime | None, span: Period) -> bool:
    return moment is not None and midnight(span[0]) <= moment < midnight(span[1])


class _Counting:
    def __init__(self) -> None:
        self.theirs = self.ours = 0
        self.parts: dict[str, list[int]] = defaultdict(list)

    def add(self, pk: int, registered: bool, accepted: bool, never: bool) -> None:
        self.theirs += registered
        self.ours += accepted
        if registered and not accepted:
            self.parts["not_accepted" if never else "accepted_elsewhen"].append(pk)
        elif accepted and not registered:
            self.parts["registered_before"].append(pk)


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
