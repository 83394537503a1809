"""Reading orders: one door for sets, one for one, and nothing else."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import LAST
from suqiu.base.errors import Missing, WrongState
from suqiu.base.gather import Kind, gather, join
from suqiu.files.models import File
from suqiu.files.queries import Form, Opened, opened
from suqiu.orders import situations
from suqiu.orders.access import (
    ORIGINALS,
    READERS,
    UNIT_ROLES,
    Allowed,
    Denied,
    can,
    is_inside,
    may_read,
    sees,
)
from suqiu.orders.locks import hold
from suqiu.orders.models import NEVER, OPEN, Attachment, DrawPeriod, Obligation, Order, Seat
from suqiu.orders.past import Past, read
from suqiu.orders.rules import SIGNALLED, drawn, fingerprint_of
from suqiu.orders.states import ENDS, VERBS, State, Verb
from suqiu.organisations.models import Unit


def visible_to(by: Actor) -> QuerySet[Order]:
    """The orders that this person may see: the door for sets."""
    if by.is_system or by.roles & READERS:
        return _not_accused(by)
    seats = Seat.objects.filter(order=OuterRef("pk"), unit__in=by.units_as(*UNIT_ROLES))
    # What went to discipline inspection is shown to no unit, whoever it is about.
    return _not_accused(by).exclude(exit="discipline").filter(Exists(seats))


def _not_accused(by: Actor) -> QuerySet[Order]:
    if by.is_system:
        return Order.objects.all()
    rows = Order.objects.exclude(pk__in=accusing(by).values("order"))
    return rows if by.sources is None else rows.filter(source__in=by.sources)


# A word of the statement, no parameter: one that is prepared can use the index of accused seats only
# where it says so itself, and to look for none at all it then read every seat of the house.
_ACCUSED = RawSQL("'accused'", ())  # noqa: S611 - a word of our own


def accusing(by: Actor) -> QuerySet[Seat]:
    """The seats that keep an order from this person: those of accused units that he is of, or was
    when it came in or since. The rule is `access.is_of_accused`."""
    his = Q(unit__in=by.units)
    for _role, unit, last in by.former:
        if last.year >= LAST.year:  # a post to come
            his |= Q(unit=unit)
            continue
        # Relieved during a day, one keeps the day before as his last.
        after = dt.datetime.combine(last + dt.timedelta(days=2), dt.time(), clock.LOCAL)
        his |= Q(unit=unit, order__drafted_at__lt=after)
    return Seat.objects.filter(his, role=_ACCUSED)


def at_work(by: Actor, *, leading: bool = False) -> QuerySet[Order]:
    """The open ones of them, for a unit those in which it sits now; each with `waits_until`, the
    nearest clock that this person may see (NEVER where none runs). Units see their own seats' clocks
    only: one of the centre's would tell whether a second check was drawn. `leading`: those that one
    of the person's own units leads; where it merely sits beside is not its work."""
    own = Seat.objects.filter(unit__in=by.units_as(*UNIT_ROLES), closed=None)
    if is_inside(by):
        rows = visible_to(by).filter(OPEN).annotate(waits_until=F("next_due"))
    else:
        nearest = own.filter(order=OuterRef("pk")).order_by().values("order").values(m=Min("due"))
        # To sit there is to see it, so the thousands of seats that were left again need no look.
        rows = (
            _not_accused(by).filter(OPEN).annotate(waits_until=Coalesce(Subquery(nearest), NEVER))
        )
    if leading:
        own = own.filter(unit__in=by.units_as("handler", "head"), role="lead")
    return rows.filter(_any_of(own)) if leading or not is_inside(by) else rows


def _any_of(seats: QuerySet[Seat]) -> Func:
    """One of the orders of these few seats, which are read first: joined to them the database looks
    through all that is open anywhere, and takes longer the more others have to do."""
    return Func(
        F("pk"),
        ArraySubquery(seats.order_by().values("order")),
        template="(%(expressions)s))",
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
    )


def get_for(by: Actor, number: str, *, log: bool = True) -> Order:
    """The one order of this number: the door for one. The look is logged.

    Raises Missing alike for what does not exist and what is not theirs.
    """
    return with_past(by, number, log=log)[0]


def with_past(by: Actor, number: str, *, log: bool = True) -> tuple[Order, Past]:
    """The same order, and what has become of it: read already, to know whose it is."""
    order = Order.objects.filter(number=number).first()
    past = read(order) if order else None
    if order is None or past is None or not sees(by, situations.at_door(order, past.seats)):
        raise Missing("missing", _("没有这张单子，或不归您看"))
    if log:
        looked_at(order, by)
    return order, past


def looked_at(order: Order, by: Actor) -> None:
    """Note that this person was shown the appeal: for what shows it in another place than its page."""
    journal.looked("open", order.chain, by=by)


def locked(pk: int) -> Order:
    """The order with its row locked until the transaction ends, for packages that write beside it."""
    return hold(pk)[pk]


def version(order: Order, by: Actor) -> int:
    """How far the order's story has come, as far as this reader may know it: what is hidden from
    him changes nothing for him."""
    rows = Entry.objects.filter(chain=order.chain)
    if is_inside(by):
        return rows.aggregate(last=Max("seq"))["last"] or 0
    return max((e.seq for e in rows if may_read(e, order, by)), default=0)


def draw_periods() -> QuerySet[DrawPeriod]:
    """The months whose draws are bound by a published hash, newest first."""
    return DrawPeriod.objects.defer("sealed").order_by("-period")


def menu(order: Order, by: Actor, past: Past | None = None) -> list[tuple[Verb, Allowed | Denied]]:
    """Each verb that the person's post might ever do, with the answer for here and now. Who has read
    the order's past already gives it."""
    it = situations.judge_by(order, past or read(order))
    answers = ((row, can(by, row, it)) for row in VERBS.values() if row.who != ("system",))
    return [
        (row, answer)
        for row, answer in answers
        if not isinstance(answer, Denied) or answer.code != "post"
    ]


# The files of one order (key), for who gathers them with other kinds of rows.
_ATTACHED = "(SELECT {} FROM orders_attachment WHERE order_id = %(key)s)"
FILES_OF_ORDER = {
    "attachments": Kind(Attachment, "t.order_id = %(key)s"),
    "files": Kind(File, f"t.id IN {_ATTACHED.format('file_id')}"),
    "file_units": Kind(Unit, f"t.id IN {_ATTACHED.format('unit_id')}"),
}


def attachments(
    order: Order, by: Actor, found: Mapping[str, list[Any]] | None = None
) -> list[Attachment]:
    """The files of the order that this person may open.

    On a secret order a unit sees only what units added until the centre releases the rest; and
    before the end nothing of the centre's own evidence, which would tell what it verifies. Who has
    gathered `FILES_OF_ORDER` already gives what was found.
    """
    found = found or gather(FILES_OF_ORDER, key=order.pk)
    rows: list[Attachment] = found["attachments"]
    join(rows, "file", found["files"])
    join(rows, "unit", found["file_units"])
    inside, ended = is_inside(by), order.state in ENDS
    return [
        row
        for row in rows
        if inside
        or row.unit_id is not None
        or ((row.released or not order.confidential) and (row.kind != "evidence" or ended))
    ]


def attachment_for(by: Actor, number: str, pk: int, form: Form) -> Opened:
    """One file through its order, the look logged. The original of a picture, which may tell where
    the citizen lives, is for those of the centre who need it. Raises Missing alike for not there and not theirs."""
    order = get_for(by, number, log=False)
    row = next((a for a in attachments(order, by) if a.pk == pk), None)
    needs = is_inside(by) and bool(by.roles & ORIGINALS)  # another house's system does not
    if row is None or (form == "original" and row.file.is_image and not needs):
        raise Missing("missing", _("没有这张单子，或不归您看"))
    return opened(row.file, form, by=by, subject=order.chain, log=form != "thumb")


def numbers_with(sha256: str) -> list[str]:
    """Numbers of the orders that link these bytes, as original or copy: for the house's own checks."""
    bytes_of = Q(file__sha256=sha256) | Q(file__copy_sha256=sha256) | Q(file__thumb_sha256=sha256)
    rows = Attachment.objects.filter(bytes_of).order_by("order__number")
    return list(rows.values_list("order__number", flat=True).distinct())


def obligations(order: Order) -> list[Obligation]:
    """All clocks of the order, the running ones first by urgency, then the ended."""
    return by_urgency(order.obligations.select_related("seat__unit"))


def by_urgency(clocks: Iterable[Obligation]) -> list[Obligation]:
    """The running ones first, the most urgent at their head, then the ended."""
    return sorted(clocks, key=lambda r: (r.outcome != "open", r.due))


@dataclass(frozen=True)
class DrawReport:
    """One month's draws drawn again: `drawn` of `orders` are the sample. `beside`: so many more are
    checked because a question was raised about them, and are no part of it. `problems` name each
    order that was drawn otherwise."""

    period: str
    fingerprint: str
    seed: str
    orders: int
    drawn: int
    problems: list[str]
    beside: int = 0


def draws(period: str) -> DrawReport:
    """Draw the month again from the journal alone. Raises Missing for a month without draws, and
    WrongState while its seed is secret."""
    told = {e.kind: e for e in Entry.objects.filter(chain=f"draw:{period}")}
    if "draw.committed" not in told:
        raise Missing("draw.missing", _("%(period)s 没有抽查") % {"period": period})
    if "draw.revealed" not in told:
        raise WrongState("draw.secret", _("%(period)s 的抽查种子还没有公开") % {"period": period})
    committed, seed = told["draw.committed"], str(told["draw.revealed"].data["seed"])
    fingerprint = str(committed.data["fingerprint"])
    problems = (
        [] if fingerprint_of(seed) == fingerprint else [f"{period}: the seed has another hash"]
    )
    count, hits, beside = 0, 0, 0
    made = Entry.objects.filter(kind="order.verify_first", data__draw__period=period)
    numbers = dict(
        Order.objects.values_list("pk", "number").filter(
            pk__in=[int(chain[6:]) for chain in made.values_list("chain", flat=True)]
        )
    )
    for entry in made.order_by("pk").iterator(chunk_size=2000):
        draw, number = entry.data["draw"], numbers[int(entry.chain[6:])]
        sampled = bool(set(draw["must"]) - {SIGNALLED}) or drawn(seed, number, draw["rate"])
        due = bool(draw["must"]) or sampled
        count, hits, beside = count + 1, hits + sampled, beside + (due and not sampled)
        if SIGNALLED in draw["must"] and draw.get("beside") is sampled:
            problems.append(f"{number}: counted {'beside' if sampled else 'within'} the sample")
        if due != (entry.data["to"] == State.SECOND_CHECK):
            problems.append(f"{number}: the seed says {'drawn' if due else 'not drawn'}")
        if entry.at < committed.at:
            problems.append(f"{number}: drawn before the hash was published")
    return DrawReport(period, fingerprint, seed, count, hits, problems, beside)


def pinned() -> dict[int, int]:
    """For each pack how many orders keep it."""
    rows = Order.objects.order_by().values_list("pack_id").annotate(n=Count("pk"))
    return {pack: count for pack, count in rows if pack is not None}


def provisional_clocks(year: int) -> int:
    """Open clocks that were counted with guessed days and are due in this year or later."""
    start = dt.datetime(year, 1, 1, tzinfo=clock.LOCAL)
    return Obligation.objects.filter(outcome="open", provisional=True, due__gte=start).count()


def disagreements() -> list[str]:
    """Orders whose state is not the one that the journal gives: rebuilt from the entries alone."""
    told: dict[int, str] = {}
    rows = Entry.objects.filter(chain__startswith="order:", kind__startswith="order.").order_by(
        "chain", "seq"
    )
    for chain, kind, data in rows.values_list("chain", "kind", "data").iterator(chunk_size=5000):
        if kind == "order.drafted":
            told[int(chain[6:])] = State.DRAFT
        elif "to" in data and kind.removeprefix("order.") in VERBS:
            told[int(chain[6:])] = data["to"]
    return [
        f"{number}: the table says {state}, the journal {told.get(pk, 'nothing')}"
        for pk, number, state in Order.objects.values_list("pk", "number", "state").iterator(
            chunk_size=5000
        )
        if told.get(pk) != state
    ]
