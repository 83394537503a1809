"""What a citizen may read of his own order: codes turned into public words, never a name of staff."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts import queries as accounts
from suqiu.audit import queries as audit
from suqiu.base import clock
from suqiu.base.errors import Missing
from suqiu.base.language import word
from suqiu.base.text import without_identities
from suqiu.files.queries import Form, Opened, opened
from suqiu.notifications import queries as notices
from suqiu.orders.actions.reveal import REASONS
from suqiu.orders.models import Attachment, Order
from suqiu.orders.queries import attachments, obligations
from suqiu.orders.states import ENDS, State, label_for
from suqiu.organisations.models import Unit
from suqiu.portal.actions import BY
from suqiu.triage import queries as triage

REVIEWED = frozenset({State.CALLBACK, State.SECOND_CHECK, State.CLOSED, State.ARCHIVED})
DONE = frozenset({State.CLOSED, State.ARCHIVED})
RESULTS = {
    "solved": gettext_lazy("承办单位说：问题已经解决"),
    "explained": gettext_lazy("承办单位说：已作解释说明"),
    "unsolved": gettext_lazy("承办单位说：暂时没有解决"),
}
# Of the journal only what concerns the citizen, in words for him; the rest stays inside.
HAPPENED = {
    "order.register": gettext_lazy("已登记"),
    "order.accept": gettext_lazy("已受理"),
    "order.dispatch": gettext_lazy("已派给%s"),
    "order.sign": gettext_lazy("承办单位已签收"),
    "order.be_on_site": gettext_lazy("经办人到了现场"),
    "order.uphold_return": gettext_lazy("改派其他单位，时限不因此延后"),
    "order.grant_extension": gettext_lazy("受理中心同意延期"),
    "order.grant_hold": gettext_lazy("条件暂不具备，暂缓办理，到期复核"),
    "order.release_hold": gettext_lazy("恢复办理"),
    "order.urge": gettext_lazy("受理中心已催办"),
    "order.reply": gettext_lazy("承办单位已答复"),
    "order.review": gettext_lazy("受理中心已审核处置和答复"),
    "order.rework": gettext_lazy("没有办好，已发回重办"),
    "order.close": gettext_lazy("已办结"),
    "order.answer": gettext_lazy("受理中心已直接答复"),
    "order.reject": gettext_lazy("不归本中心办理，已告知该找的部门"),
    "order.reopen": gettext_lazy("您重新提起，已另立新单"),
    "order.ask_withdraw": gettext_lazy("您要求撤回"),
    "order.withdraw": gettext_lazy("已按您的意愿撤回"),
    "callback.own_answer": gettext_lazy("您作了评价"),
}
LOOKS = {
    "reveal": gettext_lazy("看了您的姓名和电话"),
    "original": gettext_lazy("看了您照片的原件"),
    "export": gettext_lazy("导出了含这件的清单"),
}


@dataclass(frozen=True)
class Promise:
    """What comes next and by when; `late` since when it is overdue. `by` None: nothing is promised."""

    words: str
    by: dt.datetime | None = None
    late: bool = False


def state_of(order: Order) -> str:
    return label_for(order.state, inside=False)


def promise(order: Order) -> Promise:
    """The nearest promise to the citizen: the first contact, else the answer, else what is awaited."""
    if order.state in ENDS:
        return Promise(_ended(order))
    if order.held_until:
        midnight = dt.datetime.combine(order.held_until, dt.time(), clock.LOCAL)
        return Promise(_("暂缓办理；到这一天受理中心复核"), midnight)
    if order.state in REVIEWED:
        return Promise(_("受理中心正在核实结果，可能给您打电话"))
    now = clock.now()
    contact = next(
        (o for o in obligations(order) if o.code == "first_contact" and o.outcome == "open"), None
    )
    if contact and not contact.late and contact.due > now:
        return Promise(_("这之前，经办人会先联系您"), contact.due)
    if order.promised_at:
        late = order.promised_at < now
        said = _("答应您的日子已经过了，我们没有做到") if late else _("这之前办完并答复您")
        return Promise(said, order.promised_at, late)
    return Promise(_("受理中心正在看您反映的事"))


def _ended(order: Order) -> str:
    said = {
        State.WITHDRAWN: _("已按您的意愿撤回"),
        State.REJECTED: _("不归本中心办理，该找的部门写在下面"),
        State.ANSWERED: _("已直接答复，内容写在下面"),
    }
    return said.get(State(order.state), _("已经办结。没有解决的，可以重新提起"))


def three_notices(order: Order) -> list[dict[str, Any]]:
    """一单二传三告知: the three notices as one line, each with the moment it was sent."""
    lead = order.seats.filter(role="lead").select_related("unit").order_by("-pk").first()
    names = {
        "accepted": _("告知一：已受理"),
        "dispatched": _("告知二：谁来办、何时办好"),
        "result": _("告知三：结果"),
    }
    told = {p.event: p for p in notices.proof(order)}
    return [
        {
            "name": name,
            "at": told[event].sent_at if told[event].state == "sent" else None,
            "happened": _moment_of(order, event),
            "unit": lead.unit.name if lead and event == "dispatched" else "",
            "promised": order.promised_at if event == "dispatched" else None,
        }
        for event, name in names.items()
    ]


def _moment_of(order: Order, event: str) -> dt.datetime | None:
    if event == "accepted":
        return order.accepted_at
    if event == "dispatched":
        return order.dispatched_at
    reply = order.feedbacks.filter(round=order.round).order_by("-pk").first()
    return reply.at if reply else None


def happened(order: Order) -> list[dict[str, Any]]:
    """What has happened, newest first, in public words."""
    rows = audit.chain(order.chain)
    units = {u.pk: u.name for u in Unit.objects.filter(pk__in={r.unit for r in rows if r.unit})}
    shown = []
    for entry in reversed(rows):
        words = HAPPENED.get(entry.kind)
        if entry.kind == "order.attach" and entry.actor == BY.id:
            words = gettext_lazy("您补充了材料")
        if words is None:
            continue
        said = str(words)
        unit = units.get(entry.unit or 0, _("承办单位"))
        shown.append({"at": entry.at, "what": said % unit if "%s" in said else said})
    return shown


def told(order: Order) -> list[dict[str, Any]]:
    """What the citizen was answered, newest first: of a round only after the centre's review."""
    rows = []
    for reply in order.feedbacks.order_by("-pk"):
        if reply.round == order.round and order.state not in REVIEWED:
            continue
        done = order.disposals.filter(round=reply.round, sent_back_at=None).last()
        rows.append(
            {
                "at": reply.at,
                "result": RESULTS.get(done.result, "") if done else "",
                "words": without_identities(reply.words),
            }
        )
    if order.state in {State.ANSWERED, State.REJECTED}:
        rows += _answered_at_once(order)
    return rows


def _answered_at_once(order: Order) -> list[dict[str, Any]]:
    if order.state == State.REJECTED and order.door:
        return [{"at": order.ended_at, "result": "", "words": order.door.tell}]
    entry = next((e for e in reversed(audit.chain(order.chain)) if e.kind == "order.answer"), None)
    words = audit.words_of(entry) if entry else None
    return [{"at": order.ended_at, "result": "", "words": (words or {}).get("answer", "")}]


def photos(order: Order) -> dict[str, list[Attachment]]:
    """His own, and those of the disposal that were found fit for him, after the centre's review."""
    rows = attachments(order, BY)
    after = [
        a
        for a in rows
        if a.kind == "after"
        and a.public
        and a.file.is_image
        and (a.round < order.round or order.state in REVIEWED)
    ]
    return {"own": [a for a in rows if a.kind == "appeal"], "after": after}


def photo(order: Order, pk: int, form: Form) -> Opened:
    """The copy of a photo that this citizen may see; never an original. Raises Missing."""
    seen = photos(order)
    row = next((a for a in [*seen["own"], *seen["after"]] if a.pk == pk), None)
    if row is None or form == "original" or not row.file.is_image:
        raise Missing("missing", _("没有这张照片"))
    return opened(row.file, form, by=BY, subject=order.chain, log=False)


def looks(order: Order) -> list[dict[str, Any]]:
    """Which offices looked at who he is, when and why; no names."""
    rows = list(audit.looks_at(order.chain).filter(verb__in=LOOKS))
    offices = accounts.offices({r.actor for r in rows})
    return [
        {
            "at": r.at,
            "office": offices.get(r.actor, _("系统")),
            "what": LOOKS[r.verb],
            "why": _public_reason(r.reason),
        }
        for r in rows
    ]


def _public_reason(reason: str) -> str:
    """The reason as it was chosen; what was written beside it may name somebody."""
    return next((word(said) for said in REASONS.values() if reason.startswith(said)), "")


@dataclass(frozen=True)
class Near:
    """Somebody else's appeal that may be about the same: how far it is, and nothing of its words."""

    order: Order
    place: str
    what: str
    state: str


def near(content: str, *, region: Any, street: Any, address: str) -> list[Near]:
    """Like appeals nearby. Nobody learns from it who complained, in which words, under which number;
    a telephone is not compared, or its complaints could be asked after."""
    if region is None or len(content) < 6:
        return []
    like = triage.Likeness(content=content, region=region, street=street, address=address)
    found = triage.duplicates(like, by=BY, days=30, top=5)
    return [
        Near(
            d.order,
            d.order.street.name if d.order.street else region.name,
            d.order.category.name if d.order.category else _("待分类"),
            _("已办结") if d.order.state in ENDS else _("正在处理"),
        )
        for d in found
        if not d.order.confidential and not d.order.conduct and d.order.region_id == region.pk
    ][:3]
