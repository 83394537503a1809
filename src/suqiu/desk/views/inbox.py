"""What a person is told in the house; and for those who watch the messages, what became of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts.queries import names
from suqiu.base.bounds import key_in
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff
from suqiu.notifications import actions, queries, things
from suqiu.notifications.models import CITIZEN, Message
from suqiu.orders.queries import visible_to

PAGE = 50
WATCHERS = ("dispatcher", "sysadmin", "auditor")
RETRIERS = frozenset({"dispatcher", "sysadmin"})
STATES = {
    "": gettext_lazy("全部"),
    "dead": gettext_lazy("死信"),
    "waiting": gettext_lazy("待发"),
    "sending": gettext_lazy("发送中"),
    "sent": gettext_lazy("已发出"),
}
CHANNELS = {
    "in_app": gettext_lazy("站内"),
    "email": gettext_lazy("邮件"),
    CITIZEN: gettext_lazy("短信"),
}
KINDS = {
    "notice": gettext_lazy("告知"),
    "transmission": gettext_lazy("传送"),
    "reminder": gettext_lazy("提醒"),
    "report": gettext_lazy("报告"),
    "score": gettext_lazy("考核"),
    "supervision": gettext_lazy("督察"),
}


@staff()
def show(request: DeskRequest) -> HttpResponse:
    by = request.actor
    unread = request.GET.get("show") != "all"
    rows = queries.inbox(by, unread=unread)
    rows = _before(rows, request)
    found = list(rows[: PAGE + 1])
    called = names({m.read_by for m in found if m.read_by})
    context = {
        "rows": [
            {
                "message": rows[0],
                "text": queries.text_of(rows[0]),
                "of": queries.month_of(rows[0]),
                "path": things.path(rows[0], by) if rows[0].thing else "",
                "words": things.words(rows[0]),
                "to": sorted(
                    {queries.receiver(m) for m in rows if m.to.startswith(("unit:", "role:"))}
                ),
                "read_by": called.get(rows[0].read_by, ""),
            }
            for rows in queries.folded(found[:PAGE])
        ],
        "before": found[PAGE - 1].pk if len(found) > PAGE else None,
        "unread_only": unread,
    }
    return render(request, "desk/pages/inbox.html", context)


@staff(methods=("POST",))
def read(request: DeskRequest, pk: int) -> HttpResponse:
    actions.mark_read(pk, by=request.actor)
    return redirect("desk:messages")


@staff(methods=("POST",))
def read_all(request: DeskRequest) -> HttpResponse:
    count = actions.mark_all_read(by=request.actor)
    messages.success(request, _("%d 条标为已读") % count)
    return redirect("desk:messages")


@staff(*WATCHERS)
def log(request: DeskRequest) -> HttpResponse:
    by = request.actor
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    found = list(_before(queries.log(by, state), request)[: PAGE + 1])
    # Whoever only keeps the machine running needs no order to do so; in another post he sees his own.
    theirs = set(
        visible_to(by).filter(pk__in={m.order_id for m in found}).values_list("pk", flat=True)
    )
    shown = [_shape(m, theirs) for m in found[:PAGE]]
    called = names({m.to for m in found if m.to.startswith("person:")})
    for row in shown:
        row["to"] = called.get(row["to"], row["to"])
    counts = queries.counts(by)
    context = {
        "rows": shown,
        "before": found[PAGE - 1].pk if len(found) > PAGE else None,
        "state": state,
        "states": [(key, label, counts.get(key) if key else None) for key, label in STATES.items()],
        "may_retry": bool(by.roles & RETRIERS),
    }
    return render(request, "desk/pages/message_log.html", context)


@staff(*sorted(RETRIERS), methods=("POST",))
def retry(request: DeskRequest, pk: int) -> HttpResponse:
    actions.retry(get_object_or_404(queries.log(request.actor), pk=pk), by=request.actor)
    messages.success(request, _("已排队重发"))
    return redirect("desk:messages_log")


def _before(rows: Any, request: DeskRequest) -> Any:
    before = key_in(request.GET.get("before", ""))
    return rows.filter(pk__lt=before) if before else rows


def _shape(message: Message, theirs: set[int]) -> dict[str, Any]:
    last = next(reversed(message.attempts.all()), None)
    # What a gateway or a mail server took is out of the house; whether it arrived, only it can say.
    arrived = message.state == "sent" and (message.channel == "in_app" or message.delivered_at)
    return {
        "message": message,
        "number": message.order.number if message.order and message.order_id in theirs else "",
        "report": message.report,
        "what": f"{KINDS.get(message.kind, message.kind)} · {queries.event_word(message)}",
        "to": queries.receiver(message),
        "channel": CHANNELS.get(message.channel, message.channel),
        "state": _("已送达") if arrived else STATES.get(message.state, message.state),
        "error": last.error if last and not last.ok else "",
        "at": last.at if last else None,
    }
