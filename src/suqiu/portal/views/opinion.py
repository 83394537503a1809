"""The one-time link of a supervisor who does not log in: what stands in his name, and whether it is so."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base.errors import Invalid, Missing
from suqiu.base.net import net_of_request
from suqiu.policy.queries import in_force, pack
from suqiu.portal import forms
from suqiu.portal.actions import BY, knock
from suqiu.portal.views import doors
from suqiu.supervision.external import queries
from suqiu.supervision.external.actions import links
from suqiu.supervision.external.models import Link


@doors.public("GET", "HEAD", "POST")
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Without a login. A look changes nothing, so that a machine that follows links confirms nothing."""
    knock("opinion", net_of_request(request), pack(in_force().pk).portal.looks_per_net)
    row = queries.link_of(token)
    if row is None:
        raise Missing("external.link", _("这个链接用过了、过期了，或不存在"))
    form = forms.Said(request.POST if request.method == "POST" else None, purpose=row.purpose)
    error = ""
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            links.say(token, yes=told["yes"] == "yes", words=told["words"], by=BY)
        except Invalid as refused:
            error = doors.refused(refused)
        else:
            return render(request, "portal/opinion_done.html", {"yes": told["yes"] == "yes"})
    journal.looked("open", row.opinion.chain, by=BY)
    status = 422 if request.method == "POST" else 200
    return render(request, "portal/opinion.html", _page(row, form, error), status=status)


def _page(row: Link, form: forms.Said, error: str) -> dict[str, Any]:
    """The opinion, and its last answer where that is what he is asked about: nothing else."""
    last = row.opinion.answers.order_by("-round").first() if row.purpose == "judge" else None
    return {
        "opinion": row.opinion,
        "answer": last,
        "form": form,
        "error": error,
        "until": row.expires_at,
    }
