"""The packs of rules: what is in force, what a version says, what two versions say differently."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts.queries import names
from suqiu.audit import queries as audit
from suqiu.base import clock
from suqiu.base.bounds import key_in
from suqiu.base.errors import Invalid, Missing, Refused
from suqiu.desk.context import PACK_READERS
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.shapes import limit
from suqiu.desk.views.doors import staff, uploaded
from suqiu.orders.queries import pinned
from suqiu.policy import actions, queries
from suqiu.policy.models import Pack
from suqiu.supervision.signals.words import thresholds

READERS = tuple(sorted(PACK_READERS))
OWES = {
    "centre": gettext_lazy("中心"),
    "lead": gettext_lazy("承办单位"),
    "co": gettext_lazy("协办单位"),
    "callback": gettext_lazy("回访方"),
    "leader": gettext_lazy("责任领导"),
}


@staff(*READERS)
def show(request: DeskRequest) -> HttpResponse:
    return _page(request)


@staff(*READERS)
def one(request: DeskRequest, pk: int) -> HttpResponse:
    """A version in full, or with `?with=` beside another: only what differs."""
    pack = _pack(pk)
    other = key_in(request.GET.get("with", ""))
    against = _pack(other) if other else None
    body = queries.pack(pack.pk)
    context = {
        "pack": pack,
        "others": Pack.objects.exclude(pk=pk).order_by("code", "-version"),
        "against": against,
        "differences": queries.differences(against, pack) if against else [],
        "obligations": [
            {
                "spec": spec,
                "owes": OWES[spec.owes],
                "limit": limit(Decimal(str(spec.limit.n)), spec.limit.unit),
            }
            for spec in body.obligations
        ],
        "lines": [
            (path, value)
            for path, value in queries.flat(pack.body).items()
            if not path.startswith(("obligations.", "signals."))
        ],
        "signals": thresholds(body.signals),
        "verdict_days": body.signals.verdict_days,
        "guessed": _is_guessed(pack),
    }
    return render(request, "desk/pages/pack.html", context)


@staff("sysadmin", methods=("POST",))
def publish(request: DeskRequest) -> HttpResponse:
    content = uploaded(request)
    name = getattr(request.FILES.get("file"), "name", "") or "pack"
    try:
        if not content:
            raise Invalid("pack.file", _("选一个策略包文件"))
        row = actions.publish(_text(content), by=request.actor, name=name[:100])
    except Refused as wrong:
        return _page(request, wrong=wrong.message, status=wrong.status)
    messages.success(request, _("%s 已发布") % row)
    return redirect("desk:pack", pk=row.pk)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Invalid("pack.file", _("第 %d 行不是 UTF-8") % line, line=line) from error


def _page(request: DeskRequest, status: int = 200, wrong: str = "") -> HttpResponse:
    rows = queries.published()
    orders, publishers = pinned(), _publishers({row.code for row in rows})
    current = queries.in_force().pk if rows else None
    context: dict[str, Any] = {
        "rows": [
            {
                "pack": row,
                "orders": orders.get(row.pk, 0),
                "current": row.pk == current,
                "ahead": row.effective_from > clock.now(),
                "guessed": _is_guessed(row),
                "by": publishers.get((row.code, row.version), ("", None)),
            }
            for row in rows
        ],
        "may": "sysadmin" in request.actor.roles,
        "wrong": wrong,
    }
    return render(request, "desk/pages/packs.html", context, status=status)


def _publishers(codes: set[str]) -> dict[tuple[str, int], tuple[str, Any]]:
    """Who put a version into the house and when, as the journal has it."""
    found = {
        (code, entry.data["version"]): entry
        for code in codes
        for entry in audit.chain(f"pack:{code}")
        if entry.kind == "pack.published"
    }
    called = names({entry.actor for entry in found.values()})
    return {key: (called[entry.actor], entry.at) for key, entry in found.items()}


def _is_guessed(pack: Pack) -> bool:
    return pack.basis.startswith("推定")


def _pack(pk: int) -> Pack:
    row = Pack.objects.filter(pk=pk).first()
    if row is None:
        raise Missing("missing", _("没有这个策略包"))
    return row
