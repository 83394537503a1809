"""The duty catalogue (派单目录): for each leaf and district the unit that leads, in any edition."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suqiu.base.errors import Missing
from suqiu.catalogue import queries
from suqiu.catalogue.models import DutyVersion
from suqiu.desk.context import CATALOGUE_READERS
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff


@staff(*sorted(CATALOGUE_READERS))
def show(request: DeskRequest) -> HttpResponse:
    editions = list(queries.editions())
    if not editions:
        return render(request, "desk/pages/catalogue.html", {"editions": []})
    edition = _chosen(editions, request.GET.get("edition", ""))
    districts = list(queries.districts_of(edition))
    region = next((r for r in districts if r.pk == request.GET.get("region")), districts[0])
    words = request.GET.get("q", "").strip()
    lines = [
        line
        for line in queries.lines_in(edition, region)
        if words in f"{line.leaf.code} {line.leaf} {line.unit or ''}"
    ]
    context = {
        "editions": editions,
        "edition": edition,
        "in_force": editions[0],
        "districts": districts,
        "region": region,
        "q": words,
        "lines": lines,
        "nobody": sum(line.unit is None for line in lines),
        "coverage": queries.coverage(edition),
    }
    return render(request, "desk/pages/catalogue.html", context)


def _chosen(editions: list[DutyVersion], number: str) -> DutyVersion:
    """The edition of this number; none given: the newest, which is the one in force."""
    if not number:
        return editions[0]
    for one in editions:
        if str(one.number) == number:
            return one
    raise Missing("catalogue.edition", _("没有这一版派单目录"))
