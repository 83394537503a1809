"""Shapes of what machines are answered, for the description; a test holds every answer against them.

They describe and do not make: an answer is built in shapes and is not validated on its way out.
"""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from suqiu.api.schemas import FileForm, StateName
from suqiu.orders.actions.attach import KINDS as FILE_KINDS
from suqiu.orders.models import KINDS, URGENCIES

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Number = Annotated[str, Field(description="An order's number")]
Time = Annotated[dt.datetime, Field(description="RFC 3339, in UTC")]


def _one_of(names: object) -> Any:
    return Field(json_schema_extra={"enum": list(names)})  # type: ignore[call-overload]


class Answer(BaseModel):
    """Every field is there, and no other."""

    model_config = ConfigDict(extra="forbid")


class Fault(Answer):
    """What was wrong in one place. The value is never repeated: it may be an identity."""

    where: str
    field: str
    message: str
    rule: str | None = None


class Problem(BaseModel):
    """RFC 9457. `code` is stable (docs/errors.md), `detail` is for people; what else a code tells
    stands beside them."""

    model_config = ConfigDict(extra="allow")
    type: Literal["about:blank"]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: str
    detail: str
    errors: list[Fault] | None = None


class Done(Answer):
    number: Number
    state: StateName


class Refusal(Answer):
    code: str
    detail: str


class Taken(Done):
    """`refused`: why `accept` did not go through; the appeal is registered all the same."""

    refused: Refusal | None


class Identity(Answer):
    name: str
    phone: str
    home: str


class Line(Answer):
    """An order in a list. Codes are those of the lists; a secret order has no title."""

    number: Number
    state: StateName
    title: str
    kind: Annotated[str, _one_of(KINDS)]
    urgency: Annotated[str, _one_of(URGENCIES)]
    source: str
    source_no: str
    category: str | None
    region: str | None
    street: str | None
    confidential: bool
    round: int
    drafted_at: Time
    ended_at: Time | None


class Page(Answer):
    items: list[Line]
    next: Annotated[str | None, Field(description="To be given as `after`; null at the end")]


class Masked(Answer):
    name: str
    phone: str
    anonymous: bool
    wants_callback: bool


class Whole(Line):
    """One order as this client may read it; a secret one by its paraphrase."""

    content: str
    demand: str
    address: str
    lon: float | None
    lat: float | None
    frequency: str
    occurred_at: Time | None
    citizen: Masked | None
    lead: Annotated[str | None, Field(description="Code of the unit that handles it")]
    flags: list[
        Literal["conduct", "repeat", "difficult", "supervised", "false_report", "confidential"]
    ]
    urged: int
    returns: int
    held_until: dt.date | None
    parent: str | None
    registered_at: Time | None
    accepted_at: Time | None
    dispatched_at: Time | None
    promised_at: Time | None
    result: str
    pack: str


class Choice(Answer):
    verb: str
    label: str
    why: str
    allowed: bool
    code: Annotated[str, Field(description="Why not; empty where allowed")]
    reason: str


class Menu(Answer):
    number: Number
    items: list[Choice]


class Event(Answer):
    at: Time
    kind: str
    by: Annotated[str, Field(description="person, client or system; names are the house's own")]
    facts: dict[str, Any]
    words: dict[str, str]


class Timeline(Answer):
    number: Number
    items: list[Event]


class Clock(Answer):
    code: str
    name: str
    unit: str
    round: int
    limit: str
    started: Time
    due_original: Time
    due: Time
    provisional: bool
    paused_since: Time | None
    ended: Time | None
    outcome: str
    late: bool


class Obligations(Answer):
    number: Number
    items: list[Clock]


class FileKept(Answer):
    """One file of an order; `sha256` is the original's, as evidence, and opens nothing."""

    id: int
    kind: Annotated[str, _one_of(FILE_KINDS)]
    round: int
    unit: Annotated[str | None, Field(description="Who added it; null: the centre")]
    at: Time
    public: bool
    mime: str
    size: int
    sha256: Sha256
    captured_at: Time | None
    forms: list[FileForm]


class FileLine(FileKept):
    name: str


class Files(Answer):
    number: Number
    items: list[FileLine]


class Uploaded(Done):
    """Without the file's name: the answer is kept with its key, and a name may tell who it is."""

    file: FileKept


class Leaf(Answer):
    code: str
    line: str
    group: str
    name: str
    urgency: str


class Leaves(Answer):
    items: list[Leaf]


class Named(Answer):
    code: str
    name: str


class NamedList(Answer):
    items: list[Named]


class DoorLine(Named):
    tell: str


class Doors(Answer):
    items: list[DoorLine]


class UnitLine(Named):
    kind: str
    region: str | None


class Units(Answer):
    items: list[UnitLine]


class PackLine(Answer):
    code: str
    version: int
    name: str
    basis: str
    confidence: str
    effective_from: Time
    fingerprint: Sha256


class Packs(Answer):
    items: list[PackLine]


Ratio = Annotated[float | None, Field(ge=0, le=1)]


class Rate(BaseModel):
    """One rate of one row. The row's own name stands under the name of the group that was asked."""

    model_config = ConfigDict(extra="allow")
    code: str
    rate: str
    value: Ratio
    numerator: float
    n: float
    low: Ratio
    high: Ratio
    raw: Ratio
    excluded: int
    weighting: str
    pack: str


class Rates(Answer):
    items: list[Rate]
