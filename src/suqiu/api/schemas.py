"""Shapes of what machines send. Whether a thing may be done, the actions say.

Unknown fields are refused, lengths are those of the staff's forms, and text carries nothing that
XML could not: a machine is told, where a person's slip is mended silently.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from suqiu.base.text import illegal_at
from suqiu.callbacks.models import LEVELS
from suqiu.orders.actions.attach import KINDS as FILE_KINDS
from suqiu.orders.actions.dispose import FACTS, RESULTS
from suqiu.orders.actions.reveal import REASONS
from suqiu.orders.models import KINDS, URGENCIES
from suqiu.orders.states import State

RETURN_REASONS = ("remit", "place", "duplicate", "other")


def _plain(value: str) -> str:
    at = illegal_at(value)
    if at is not None:
        raise ValueError(f"character U+{ord(value[at]):04X} at {at} is not allowed")
    return value


def _among(names: Iterable[str]) -> tuple[Any, Any]:
    """One of these words, which are data elsewhere: checked here and told in the description."""
    known: list[Any] = list(names)

    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"must be one of {known}")
        return value

    return AfterValidator(check), Field(json_schema_extra={"enum": known})


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("must say something")
    return value


def _of_our_time(value: dt.datetime) -> dt.datetime:
    if not 1970 <= value.year <= 2100:
        raise ValueError("must be between 1970 and 2100")
    return value


def _day_of_our_time(value: dt.date) -> dt.date:
    if not 1970 <= value.year <= 2100:
        raise ValueError("must be between 1970 and 2100")
    return value


Plain = AfterValidator(_plain)
Said = AfterValidator(_said)
Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
Day = Annotated[dt.date, AfterValidator(_day_of_our_time)]
Code = Annotated[str, Field(max_length=32), Plain]
Note = Annotated[str, Field(max_length=1000), Plain]
Why = Annotated[str, Field(min_length=1, max_length=1000), Plain, Said]
Words = Annotated[str, Field(min_length=1, max_length=4000), Plain, Said]
Kind = Annotated[str, *_among(KINDS)]
Urgency = Annotated[str, *_among(URGENCIES)]
Level = Annotated[str, *_among(("", *LEVELS))]
Truth = Literal["yes", "no", "unknown"]
FileForm = Literal["copy", "thumb", "original"]
StateName = Annotated[str, *_among([s.value for s in State])]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Citizen(Body):
    """Sealed on arrival; answers only ever carry the masks."""

    name: Annotated[str, Field(max_length=32), Plain] = ""
    phone: Annotated[str, Field(max_length=32), Plain] = ""
    home: Annotated[str, Field(max_length=200), Plain] = ""
    anonymous: bool = False
    wants_callback: bool = True
    contact_times: Annotated[str, Field(max_length=64), Plain] = ""


Lon = Annotated[float, Field(ge=-180, le=180, description="Degrees east, WGS 84")]
Lat = Annotated[float, Field(ge=-90, le=90, description="Degrees north, WGS 84")]


class Place(Body):
    category: Code | None = None
    region: Code | None = None
    street: Code | None = None
    address: Annotated[str, Field(max_length=200), Plain] = ""
    lon: Lon | None = None
    lat: Lat | None = None
    occurred_at: Moment | None = None
    frequency: Annotated[str, Field(max_length=64), Plain] = ""


class Appeal(Place):
    """What a citizen said. `source` may be left out by a client that hands in for one source."""

    content: Words
    title: Annotated[str, Field(max_length=200), Plain] = ""
    source: Code = ""
    source_no: Annotated[str, Field(max_length=64), Plain] = ""
    kind: Kind = "投诉"
    urgency: Urgency = "一般"
    demand: Annotated[str, Field(max_length=500), Plain] = ""
    citizen: Citizen | None = None
    confidential: bool = False
    paraphrase: Annotated[str, Field(max_length=2000), Plain] = ""
    accused: Code | None = None
    accept: bool = False


class Nothing(Body):
    """The verb says all."""


class Noted(Body):
    note: Note = ""


class OnSite(Noted):
    """`lon` and `lat`: where one stands, WGS 84 degrees."""

    lon: Lon | None = None
    lat: Lat | None = None


class Reason(Body):
    reason: Why


class Answer(Body):
    answer: Words


class Told(Body):
    words: Words


class Reject(Body):
    door: Code
    note: Note = ""


class Dispatch(Body):
    to: Code
    note: Note = ""


class AskReturn(Body):
    reason_code: Annotated[str, *_among(RETURN_REASONS)]
    reason: Why


class Contact(Body):
    way: Annotated[str, Field(min_length=1, max_length=16), Plain, Said]
    reached: bool
    reason: Annotated[str, Field(max_length=100), Plain] = ""


class AskExtension(Body):
    days: Annotated[int, Field(ge=1, le=365)]
    reason: Why


class AskHold(Body):
    until: Day
    reason: Why


class Dispose(Body):
    result: Annotated[str, *_among(RESULTS)]
    fact: Annotated[str, *_among(FACTS)]
    words: Words
    basis: Annotated[str, Field(max_length=200), Plain] = ""
    on_site_at: Moment | None = None


class Reply(Body):
    words: Words
    reached: bool = True
    citizen_said: Literal["", "satisfied", "dissatisfied"] = ""


class Callback(Body):
    """One call. One who was not reached answers nothing."""

    outcome: Literal["reached", "unreachable", "refused"]
    note: Annotated[str, Field(max_length=200), Plain] = ""
    solved: Truth | None = None
    result: Level = ""
    attitude: Level = ""
    efficiency: Level = ""
    satisfaction: Level = ""
    disposal_true: Truth = "unknown"
    feedback_true: Truth = "unknown"
    wants: Annotated[str, Field(max_length=500), Plain] = ""
    advice: Note = ""


class Convey(Body):
    """The centre tells a secret citizen what the unit wrote; `words`: what was said instead."""

    reached: bool
    words: Annotated[str, Field(max_length=4000), Plain] = ""
    way: Annotated[str, Field(min_length=1, max_length=16), Plain, Said] = "电话"
    reason: Annotated[str, Field(max_length=100), Plain] = ""
    citizen_said: Literal["", "satisfied", "dissatisfied"] = ""


class NameLeader(Body):
    leader: Annotated[str, Field(max_length=64), Plain]
    section: Code


class Protect(Body):
    paraphrase: Annotated[str, Field(min_length=1, max_length=2000), Plain, Said]


class Transfer(Body):
    to: Code
    reason: Why


class AskCo(Body):
    unit: Code
    reason: Why


class Merge(Body):
    """`master`: the number of the order that goes on for both."""

    master: Code
    reason: Why


class Split(Body):
    title: Annotated[str, Field(min_length=1, max_length=200), Plain, Said]
    content: Words
    demand: Annotated[str, Field(max_length=500), Plain] = ""
    category: Code = ""
    address: Annotated[str, Field(max_length=200), Plain] = ""
    paraphrase: Annotated[str, Field(max_length=1000), Plain] = ""


class Discipline(Body):
    reason: Why
    accused: Code = ""


class Force(Body):
    reason: Why
    evidence: Words


class SetUrgency(Body):
    urgency: Urgency


class Upload(Body):
    """What goes with a file. `appeal`: the citizen gave it; `public`: he may see its copy once the
    centre has reviewed the disposal; `sha256`, if given, must be that of what arrives."""

    kind: Annotated[str, *_among(FILE_KINDS)] = "evidence"
    words: Note = ""
    public: bool = False
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""


class Attach(Body):
    """Words only; a file comes to `/orders/{number}/files`."""

    words: Why
    kind: Annotated[str, *_among(FILE_KINDS)] = "evidence"


class Correct(Body):
    """Only what is sent is changed."""

    title: Annotated[str, Field(min_length=1, max_length=200), Plain, Said] | None = None
    content: Words | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None
    demand: Annotated[str, Field(max_length=500), Plain] | None = None
    category: Code | None = None
    region: Code | None = None
    street: Code | None = None
    address: Annotated[str, Field(max_length=200), Plain] | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    occurred_at: Moment | None = None
    frequency: Annotated[str, Field(max_length=64), Plain] | None = None


class Reveal(Body):
    reason: Annotated[str, *_among(REASONS)]
    note: Annotated[str, Field(max_length=150), Plain] = ""


class Asked(Body):
    """Filters of the list of appeals; the newest first."""

    state: StateName | None = None
    source: Code | None = None
    category: Code | None = None
    region: Code | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None
    open: bool | None = None
    since: Day | None = None
    until: Day | None = None
    after: Code | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class Period(Body):
    """Both days included."""

    since: Day
    until: Day
    group: Literal[
        "all", "region", "street", "unit", "line", "source", "category", "urgency",
        "week", "month", "year",
    ] = "all"  # fmt: skip
    basis: Literal["closed_in", "accepted_in", "due_in"] = "closed_in"
