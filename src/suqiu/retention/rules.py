"""What a schedule of periods may say, and what is due by it. Pure."""

import calendar
import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from suqiu.policy import strict
from suqiu.policy.faults import fault

Part = Literal["identity", "words", "attachments"]
PARTS: tuple[Part, ...] = ("identity", "words", "attachments")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Strict):
    n: int = Field(gt=0)
    unit: Literal["day", "month", "year"]


class Rule(_Strict):
    """Where `when` holds, these parts are kept so long after the end; null keeps for ever."""

    when: dict[Literal["kind", "state"], str] = {}
    identity: Span | None = None
    words: Span | None = None
    attachments: Span | None = None


class Schedule(_Strict):
    """`rules`: a later one that fits replaces an earlier one whole."""

    id: str
    version: int = Field(ge=1)
    name: str
    basis: str
    confidence: str
    effective_from: dt.datetime
    rules: list[Rule] = Field(min_length=1)

    @model_validator(mode="after")
    def _begins_with_all(self) -> "Schedule":
        if self.rules[0].when:
            raise fault("first_narrow", name="when")
        return self

    def span(self, part: Part, *, kind: str, state: str) -> Span | None:
        """How long this part of such an order is kept after its end; None: for ever."""
        facts = {"kind": kind, "state": state}
        fitting = [r for r in self.rules if all(facts[k] == v for k, v in r.when.items())]
        found: Span | None = getattr(fitting[-1], part)
        return found


def before(now: dt.datetime, span: Span) -> dt.datetime:
    """What ended before this moment has been kept for the whole span."""
    if span.unit == "day":
        return now - dt.timedelta(days=span.n)
    months = now.year * 12 + now.month - 1 - span.n * (12 if span.unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return now.replace(
        year=year, month=month, day=min(now.day, calendar.monthrange(year, month)[1])
    )


def read(text: str, name: str) -> Schedule:
    """The schedule in this YAML text. Raises Invalid that says in the reader's language what is wrong
    and where; `said` has the same for machines and terminals."""
    return strict.read_or_refuse(Schedule, text, "retention.file", name)
