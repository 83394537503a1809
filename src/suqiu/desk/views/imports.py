"""What was imported: each reading of a file and what became of its rows."""

from django.http import HttpResponse
from django.shortcuts import render

from suqiu.accounts.queries import names
from suqiu.desk.context import IMPORT_READERS
from suqiu.desk.middleware import DeskRequest
from suqiu.desk.views.doors import staff
from suqiu.intake import queries

PAGE = 40


@staff(*sorted(IMPORT_READERS))
def show(request: DeskRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    place = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    runs = list(queries.import_runs(place)[: PAGE + 1])
    called = names({run.by for run in runs})
    context = {
        "rows": [{"run": run, "by": called.get(run.by, run.by)} for run in runs[:PAGE]],
        "before": runs[PAGE - 1].pk if len(runs) > PAGE else None,
    }
    return render(request, "desk/pages/imports.html", context)
