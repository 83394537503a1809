"""Supervisors from outside on the desk: his page, the centre's, the unit's; one invitation, one opinion."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suqiu.assessment.actions import marks
from suqiu.base.bounds import key_in
from suqiu.base.errors import Invalid
from suqiu.desk import external_forms as forms
from suqiu.desk import external_pages as pages
from suqiu.desk import uploads
from suqiu.desk.assessment_forms import Add, Mark
from suqiu.desk.marks import sheet_of
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.spoken import SpokenForm, wrong
from suqiu.desk.views.doors import once, staff
from suqiu.files import actions as files
from suqiu.files.models import File
from suqiu.files.queries import opened
from suqiu.orders.actions.attach import limits_of
from suqiu.policy.queries import in_force
from suqiu.reports.printing import paper_of
from suqiu.supervision.external import queries
from suqiu.supervision.external.access import KEEPERS, OF_UNITS, READERS, ROLE
from suqiu.supervision.external.actions import inviting, links, opinions, terms
from suqiu.supervision.external.models import Invitation, Opinion, Term
from suqiu.supervision.external.states import VERBS

COMERS = sorted(READERS | {ROLE} | set(OF_UNITS))
INSIDE = sorted(READERS | {ROLE})


@staff(*COMERS)
def show(request: DeskRequest) -> HttpResponse:
    """What waits for whom: a supervisor's own, the centre's whole, what a unit owes."""
    by = request.actor
    if by.roles & READERS:
        return render(request, "desk/pages/external_centre.html", pages.centre(by))
    if ROLE in by.roles:
        return render(request, "desk/pages/external_mine.html", pages.mine(by))
    return render(request, "desk/pages/external_owed.html", pages.unit(by))


@staff("leader", methods=("POST",))
def appoint(request: DeskRequest) -> HttpResponse:
    form = _whole(forms.Appoint(request.POST))
    once(request, lambda: str(terms.appoint(**form.cleaned_data, by=request.actor).pk))
    messages.success(request, _("已聘任"))
    return redirect("desk:external")


@staff("leader", methods=("POST",))
def end(request: DeskRequest, term: int) -> HttpResponse:
    row = Term.objects.filter(pk=term).first()
    if row is None:
        raise Http404
    form = _whole(forms.Reason(request.POST))
    terms.end_term(row, reason=form.cleaned_data["reason"], by=request.actor)
    messages.success(request, _("任期已结束，从现在起他什么也看不到"))
    return redirect("desk:external")


@staff(*sorted(KEEPERS), methods=("POST",))
def invite(request: DeskRequest) -> HttpResponse:
    told = _whole(forms.Invite(request.POST)).cleaned_data
    thing = pages.thing_named(told["kind"], told["key"], request.actor)
    row = inviting.invite(told["term"], thing, by=request.actor)
    messages.success(request, _("已邀请"))
    return redirect("desk:external_invitation", invitation=row.pk)


@staff(*INSIDE)
def invitation(request: DeskRequest, invitation: int) -> HttpResponse:
    """The thing as one from outside may read it, and what he, or who enters for him, may do."""
    row = queries.invitation_for(request.actor, invitation)
    inviting.seen(row, by=request.actor)
    return render(request, "desk/pages/external_invitation.html", pages.invitation(row, request))


@staff(*INSIDE, methods=("POST",))
def do(request: DeskRequest, invitation: int, deed: str) -> HttpResponse:
    row = queries.invitation_for(request.actor, invitation)
    if deed == "print":
        return _printed(request, row)
    if deed == "withdraw":
        inviting.withdraw(row, by=request.actor)
        messages.success(request, _("邀请已收回"))
        return redirect("desk:external")
    if deed == "mark":
        return _marked(request, row)
    if deed == "bring":
        return _brought(request, row)
    if deed not in {"opine", "enter"}:
        raise Http404
    made = once(request, lambda: str((_opined if deed == "opine" else _entered)(request, row)))
    messages.success(
        request,
        _("意见已提出，答复了会告诉您") if deed == "opine" else _("已录入，请另一位同事发确认链接"),
    )
    return redirect("desk:external_opinion", opinion=int(made))


def _marked(request: DeskRequest, row: Invitation) -> HttpResponse:
    """An expert's mark on other work, on the sheet that he was invited to, in his own name."""
    if row.kind != "sheet" or request.actor.id != row.term.actor_id:
        raise Http404
    form = Mark(request.POST, request.FILES, sheet=sheet_of(row))
    told = uploads.evidence(_whole(form).cleaned_data, by=request.actor)
    once(request, lambda: str(marks.mark(row, **told, by=request.actor).pk))
    messages.success(request, _("分已打，由中心的另一个人确认后计入"))
    return redirect("desk:external_invitation", invitation=row.pk)


def _brought(request: DeskRequest, row: Invitation) -> HttpResponse:
    """Evidence that he has later, for a mark that he gave himself."""
    if row.kind != "sheet" or request.actor.id != row.term.actor_id:
        raise Http404
    told = dict(_whole(Add(request.POST, request.FILES)).cleaned_data)
    told |= uploads.evidence(told, by=request.actor)
    entry = key_in(str(request.POST.get("entry", "")))
    once(request, lambda: str(marks.bring(row, entry, **told, by=request.actor).pk))
    messages.success(request, _("凭据已补，分数不动"))
    return redirect("desk:external_invitation", invitation=row.pk)


def _opined(request: DeskRequest, row: Invitation) -> int:
    thing = pages.thing_of(row)
    told = _whole(forms.Opine(request.POST, thing=thing)).cleaned_data
    return opinions.opine(row, thing, **told, by=request.actor).pk


def _entered(request: DeskRequest, row: Invitation) -> int:
    thing = pages.thing_of(row)
    told = _whole(forms.Enter(request.POST, request.FILES, thing=thing)).cleaned_data
    inviting.require_keeper(request.actor)
    given, file = told.pop("file"), None
    if given:
        limits = limits_of(None, in_force().pk)
        file = files.receive(given.read(), name=given.name, limits=limits, by=request.actor)
    return opinions.enter(row, thing, **told, file=file, by=request.actor).pk


def _printed(request: DeskRequest, row: Invitation) -> HttpResponse:
    """The dossier, once, with its code: as a page to print, or as PDF."""
    thing = pages.thing_of(row)
    _one, code = inviting.print_dossier(row, thing, by=request.actor)
    context = pages.dossier(row, thing, code, request.actor)
    if request.POST.get("form") != "pdf":
        return render(request, "desk/pages/external_dossier.html", context)
    answer = HttpResponse(pages.pressed(context, paper_of), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="dossier-{row.pk}.pdf"'
    return answer


@staff(*COMERS)
def opinion(request: DeskRequest, opinion: int) -> HttpResponse:
    row = queries.opinion_for(request.actor, opinion)
    return render(request, "desk/pages/external_opinion.html", pages.opinion(row, request.actor))


@staff(*COMERS, methods=("POST",))
def act(request: DeskRequest, opinion: int, deed: str) -> HttpResponse:
    """One step of an opinion. A link is in this one answer and nowhere else."""
    row = queries.opinion_for(request.actor, opinion, log=False)
    if deed not in VERBS:
        raise Http404
    told = _whole(forms.OF_VERB[deed](request.POST)).cleaned_data
    if deed == "link":
        _made, token = links.make(row, pages.thing_of(row.invitation), by=request.actor)
        context = pages.opinion(row, request.actor)
        address = pages.address_of(request, token)
        return render(request, "desk/pages/external_opinion.html", {**context, "made": address})
    once(request, lambda: str(_acted(row, deed, told, request)))
    messages.success(request, _("%(step)s：已办") % {"step": VERBS[deed].label})
    return redirect("desk:external_opinion", opinion=row.pk)


def _acted(row: Opinion, deed: str, told: dict[str, Any], request: DeskRequest) -> object:
    by, pack = request.actor, pages.pack_of(row)
    if deed == "answer":
        return opinions.answer(row, words=told["words"], by=by)
    if deed == "judge":
        satisfied = told["satisfied"] == "yes"
        return opinions.judge(row, satisfied=satisfied, note=told["note"], by=by, pack=pack)
    if deed == "confirm":
        return opinions.confirm(row, by=by, pack=pack)
    return opinions.disown(row, correction=told["correction"], by=by, pack=pack)


@staff(*INSIDE)
def file(request: DeskRequest, opinion: int) -> HttpResponse:
    """The recording or scan of an opinion, through it and in no other way."""
    row = queries.opinion_for(request.actor, opinion, log=False)
    found: File | None = row.file
    if found is None:
        raise Http404
    told = opened(found, "original", by=request.actor, subject=row.chain)
    return HttpResponse(told.data, headers=told.headers)


def _whole(form: SpokenForm) -> SpokenForm:
    if not form.is_valid():
        raise Invalid("external.form", _("没有填全：%s") % wrong(form))
    return form
