"""What a log line may hold: codes, ids, routes, durations. Never words or names of people.

Where a library, or the text of an exception, could carry what a citizen said, the text stays out:
a log is read by other people than the orders are, and nobody erases it.
"""

import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from suqiu.base.errors import Refused
from suqiu.base.text import identities_in, without_identities

Event = MutableMapping[str, Any]
_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_OURS = ("suqiu", "structlog")


def is_request_id(value: str) -> bool:
    """May this come from outside into our log? 8 to 64 plain characters, no telephone number."""
    return bool(_REQUEST_ID.fullmatch(value)) and not identities_in(value)


def told(error: BaseException) -> dict[str, Any]:
    """An exception without its message: its kind, our code, the database's, and where it arose."""
    frames = traceback.extract_tb(error.__traceback__)
    said: dict[str, Any] = {
        "error": type(error).__qualname__,
        "at": [f"{_short(f.filename)}:{f.lineno} {f.name}" for f in frames[-12:]],
    }
    if isinstance(error, Refused):
        said["code"] = error.code
    cause = error.__cause__ or error.__context__
    for one in (error, cause):
        if state := getattr(one, "sqlstate", None):
            said["sqlstate"] = state
            said["constraint"] = getattr(getattr(one, "diag", None), "constraint_name", None)
    if cause is not None:
        said["because"] = type(cause).__qualname__
    return said


def _short(path: str) -> str:
    return re.sub(r".*/(?=site-packages/|suqiu/|lib/python)", "", path)


def without_messages(_logger: Any, _name: str, event: Event) -> Event:
    """`exc_info` becomes what `told` tells; the exception's own words stay out."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event.update(told(error))
    event.pop("stack_info", None)
    return event


def without_arguments(_logger: Any, _name: str, event: Event) -> Event:
    """Of a library's message only the fixed part: what was filled in may be an address or a name."""
    record = event.get("_record")
    if record is not None and record.name == "django.request":
        event["event"] = "request failed"
    elif record is not None and not record.name.startswith(_OURS):
        event["event"] = str(record.msg) if record.args else str(record.msg).split(":", 1)[0]
    return event


def without_people(_logger: Any, _name: str, event: Event) -> Event:
    """The last net: telephone and identity numbers are blacked out of every text."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = without_identities(value)
        elif isinstance(value, list):
            event[key] = [without_identities(v) if isinstance(v, str) else v for v in value]
    return event


def configured(*, as_json: bool, level: str, stream: TextIO) -> dict[str, Any]:
    """Django's LOGGING: one handler, JSON for machines or a line for people."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    chain = [without_arguments, without_messages, without_people]
    chain.append(structlog.stdlib.ProcessorFormatter.remove_processors_meta)  # type: ignore[arg-type]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [*chain, last],
            }
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "stream": stream, "formatter": "lines"}
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "suqiu": {"level": level},
            # Each refused page is one line of ours already, with its route instead of its address.
            "django.request": {"level": "ERROR"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
