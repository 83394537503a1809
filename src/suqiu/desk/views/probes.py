"""For whoever watches the machines: does this process live, and can it do its work."""

import datetime as dt
from collections.abc import Callable

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suqiu.audit import queries as audit

# The seal runs five times a second: a minute behind means that no worker runs, or one is stuck.
_LAG = dt.timedelta(minutes=1)
_applied: list[bool] = []  # once all are applied they stay so for this process's code


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked, so a tired database restarts no web server."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if pages can be served and work goes on; 503 names each part that fails, without secrets."""
    parts = {part: _state(look) for part, look in PARTS.items()}
    ready = all(said == "ok" for said in parts.values())
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


def _state(look: Callable[[], str]) -> str:
    try:
        return look()
    except Exception as error:
        # A database's message may name its host, its user or a row.
        return type(error).__name__


def _database() -> str:
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    if not _applied:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if waiting:
            return f"{waiting} to apply"
        _applied.append(True)
    return "ok"


def _seal() -> str:
    lag = audit.lag()
    return "ok" if lag <= _LAG else f"{lag.total_seconds():.0f} s behind"


def _worker() -> str:
    silent = audit.silent_jobs()
    if silent is None:
        return "no job has run yet"
    return "ok" if not silent else f"silent: {', '.join(silent)}"


PARTS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "seal": _seal,
    "worker": _worker,
}
