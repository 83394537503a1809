"""A picture of what somebody saw on the spot, or a file that something stands on: through what it
hangs on and in no other way."""

from collections.abc import Iterable
from typing import Any, cast, get_args

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from suqiu.assessment.models import Evidence
from suqiu.base.errors import Missing
from suqiu.desk.middleware import DeskRequest
from suqiu.files.queries import Form, opened
from suqiu.orders.pictured import Picture
from suqiu.supervision.cases.models import Case
from suqiu.supervision.cases.states import VERBS


def shown(request: DeskRequest, picture: Picture | Evidence, form: str, chain: str) -> HttpResponse:
    """The picture for who has been let see it; its original stays in the house."""
    if form not in get_args(Form):
        raise Http404
    if form == "original":
        raise Missing("file.gone", _("附件的内容不在了"))
    found = opened(
        picture.file, cast(Form, form), by=request.actor, subject=chain, log=form != "thumb"
    )
    return HttpResponse(found.data, headers=found.headers)


def sides(case: Case) -> dict[str, list[dict[str, Any]]]:
    """The pictures of a case: as it was found (the survey, and the look that brought the case), as it was
    when somebody came again last, and what was taken in between."""
    found: dict[str, list[dict[str, Any]]] = {"before": [], "after": [], "between": []}
    for look in case.rechecks.prefetch_related("photos__file").order_by("pk"):
        way = f"/rechecks/{look.pk}/photos"
        found["before"] += of(look.photos.all(), pgettext("照片", "回潮复查"), way)
    visits = list(case.visits.prefetch_related("photos__file").order_by("pk"))
    checks = [v.pk for v in visits if v.kind == "recheck" and v.photos.all()]
    for visit in visits:
        side = "before" if visit.kind == "survey" else "between"
        side = "after" if visit.pk in checks[-1:] else side
        label = str(VERBS[visit.kind].label)
        found[side] += of(visit.photos.all(), label, f"/cases/{case.number}/photos")
    return found if any(found.values()) else {}


def of(rows: Iterable[Picture], label: str, way: str) -> list[dict[str, Any]]:
    return [{"row": row, "label": label, "path": f"{way}/{row.pk}"} for row in rows]
