"""What a pack may say. A file that says something else is refused with the line where it does."""

import datetime as dt
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from suqiu.policy import strict
from suqiu.policy.faults import fault
from suqiu.policy.rates import ExemptedSpec
from suqiu.policy.signals import BEFORE as SIGNALS_BEFORE
from suqiu.policy.signals import SignalsSpec
from suqiu.policy.signatures import BEFORE, SignatureSpec
from suqiu.policy.visits import VisitsSpec

# The vocabulary of events that the life cycle emits and that clocks start and stop at.
EVENTS = frozenset(
    # fmt: off
    {
        "registered",
        "accepted",
        "sent_back",
        "dispatched",
        "acknowledged",
        "signed",
        "contacted",
        "contact_exhausted",
        "on_site",
        "disposal_submitted",
        "disposal_passed",
        "citizen_replied",
        "review_passed",
        "reworked",
        "verified_first",
        "verified_second",
        "closed",
        "archived",
        "answered",
        "rejected",
        "withdrawn",
        "void",
        "returned",
        "reply_drafted",
        "transferred",
        "co_asked",
        "co_answered",
        "merged",
        "unmerged",
        "handed_over",
        "leader_named",
        "leader_changed",
        "leader_accepted",
        "plan_reported",
        "plan_returned",
        "plan_signed",
        "leader_signed",
    }
    # fmt: on
)
# What a notice may say; identities are not among it.
NOTICE_PLACES = frozenset({"number", "unit", "promise", "result"})
UNITS = Literal["natural_hour", "work_hour", "work_day", "natural_day"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitSpec(_Strict):
    """n of a unit: hours by the clock, office hours, working days or calendar days."""

    n: float = Field(gt=0)
    unit: UNITS


class ObligationSpec(_Strict):
    """`owes` "leader": the centre's, and its principal leader's own; he or his deputy is reminded."""

    id: str
    name: str
    owes: Literal["centre", "lead", "callback", "co", "leader"]
    start: list[str]
    stop: list[str]
    limit: LimitSpec
    metric: str
    applies: dict[str, bool] = {}

    @field_validator("start", "stop", mode="before")
    @classmethod
    def _known_events(cls, value: Any) -> Any:
        events = [value] if isinstance(value, str) else value
        unknown = set(events) - EVENTS
        if unknown:
            raise fault("unknown_event", name=", ".join(sorted(unknown)))
        return events


class Override(_Strict):
    """Where `when` holds (kind, urgency, category prefix, conduct), the obligation has another limit;
    null: it has no clock, for another law counts its time."""

    when: dict[Literal["kind", "urgency", "category", "conduct"], str | bool] = Field(min_length=1)
    id: str
    limit: LimitSpec | None


class TransmissionSpec(_Strict):
    to: Literal["lead_unit", "duty_officer"]
    via: list[str]
    ack_minutes: int = Field(gt=0)


class NoticeSpec(_Strict):
    """What someone is told at an event. The text may name the matter, never a person."""

    event: Literal[
        "accepted",
        "dispatched",
        "result",
        "rejected",
        "urged",
        "merged",
        "handed_over",
        "supervised",
    ]
    to: Literal["complainant", "lead_unit"]
    text: str

    @field_validator("text")
    @classmethod
    def _known_places(cls, value: str) -> str:
        try:
            places = {
                name
                for _text, name, _spec, _conversion in Formatter().parse(value)
                if name is not None
            }
        except ValueError as error:
            raise fault("brace", name=str(error)) from error
        if unknown := places - NOTICE_PLACES:
            raise fault("unknown_place", name=f"{{{min(unknown)}}}")
        return value


class CallbackSpec(_Strict):
    first_by: Literal["hub", "centre"]
    attempts: int = 3
    min_days: int = 2
    second_rate: float = Field(ge=0, le=1)
    second_mandatory: list[Literal["conduct", "urgent", "rework"]] = []


class Maximum(_Strict):
    max: int
    max_days: int | None = None
    within: LimitSpec | None = None


class FiguresSpec(_Strict):
    """How figures are counted. `timely`: the obligations that 及时率 counts, none named means all.
    `year_begins`: the month with which a year of assessment begins (11: November–October)."""

    timely: list[str] = []
    year_begins: int = Field(default=1, ge=1, le=12)


class AttachmentSpec(_Strict):
    """How much one order may carry: megabytes of a file, files in all, megapixels of a picture (推定)."""

    max_mb: int = Field(default=15, ge=1, le=100)
    max_files: int = Field(default=30, ge=1, le=100)
    citizen_files: int = Field(default=9, ge=0, le=30)
    max_megapixels: int = Field(default=60, ge=1, le=200)


class PortalSpec(_Strict):
    """How often the public pages may be asked within an hour, by a telephone, a network, a number;
    beyond it people telephone (推定)."""

    submits_per_phone: int = Field(default=5, ge=1)
    submits_per_net: int = Field(default=60, ge=1)
    uploads_per_net: int = Field(default=200, ge=1)
    looks_per_net: int = Field(default=60, ge=1)
    looks_per_number: int = Field(default=20, ge=1)


def _case_limits() -> dict[str, LimitSpec]:
    return {
        "survey": LimitSpec(n=4, unit="work_hour"),
        "demand": LimitSpec(n=1, unit="work_day"),
        "plan": LimitSpec(n=2, unit="work_day"),
        "plan_review": LimitSpec(n=1, unit="work_day"),
        "visit": LimitSpec(n=5, unit="work_day"),
        "recheck": LimitSpec(n=2, unit="work_day"),
        "report": LimitSpec(n=3, unit="work_day"),
        "filing": LimitSpec(n=2, unit="work_day"),
    }


class DifficultSpec(_Strict):
    """When an order is marked as difficult by itself (推定): sent back for rework so many times, given
    back by units so many times, or put on hold; null is never."""

    rework: Annotated[int, Field(ge=1)] | None = 2
    returned: Annotated[int, Field(ge=1)] | None = 2
    held: bool = True


class OutsideSpec(_Strict):
    """What supervisors from outside are owed (推定): an `answer` to an opinion, `again` to one that was
    sent back; a one-time link is good for `link_days`; `remind_days` before its end a term is told
    of; none is longer than `most_years`."""

    answer: LimitSpec = LimitSpec(n=5, unit="work_day")
    again: LimitSpec = LimitSpec(n=3, unit="work_day")
    link_days: int = Field(default=7, ge=1, le=60)
    remind_days: int = Field(default=30, ge=1, le=365)
    most_years: int = Field(default=5, ge=1, le=20)


class SupervisionSpec(_Strict):
    """When a case is opened by rule, and how long each of its steps may take (推定: the article of
    2013 names the steps, "at once" for the survey, and no number). `rework`, `bounced`: so many times;
    `overdue`: so long past the due moment; `again_days`: a second complaint within so many days of
    the close; `keep_years`: how long a filed report is kept; `rechecks`: so many days after the close
    what comes back is looked at again (推定), within `recheck_within` of that day."""

    rework: int = Field(default=3, ge=1)
    bounced: int = Field(default=3, ge=1)
    overdue: LimitSpec = LimitSpec(n=3, unit="work_day")
    again_days: int = Field(default=90, ge=1)
    keep_years: int = Field(default=10, ge=1, le=100)
    rechecks: list[Annotated[int, Field(ge=1, le=1000)]] = [7, 30, 90]
    recheck_within: LimitSpec = LimitSpec(n=3, unit="work_day")
    difficult: DifficultSpec = DifficultSpec()
    outside: OutsideSpec = OutsideSpec()
    limits: dict[str, LimitSpec] = Field(default_factory=_case_limits)

    @field_validator("limits")
    @classmethod
    def _all_steps(cls, value: dict[str, LimitSpec]) -> dict[str, LimitSpec]:
        known = _case_limits()
        if unknown := set(value) - set(known):
            raise fault("unknown_step", name=min(unknown))
        return {**known, **value}


class Rule(_Strict):
    severity: Literal["B", "W", "off"]


class Pack(_Strict):
    """One version of the rules. Every report prints its id and version."""

    id: str
    version: int = Field(ge=1)
    name: str
    basis: str
    confidence: str
    effective_from: dt.datetime
    obligations: list[ObligationSpec]
    overrides: list[Override] = []
    transmissions: list[TransmissionSpec] = []
    notifications: list[NoticeSpec] = []
    required: dict[str, list[str]] = {}
    callback: CallbackSpec
    extension: Maximum
    returns: Maximum
    hold: Maximum
    transfers: Maximum = Maximum(max=2)
    contact_attempts: int = 3
    content: dict[str, Literal["B", "W", "off"]]
    lengths: dict[str, tuple[int, int]]
    satisfaction: dict[str, float]
    exclusions: dict[str, list[str]] = {}
    exempted: ExemptedSpec = {}
    figures: FiguresSpec = FiguresSpec()
    archive_after_days: int = 30
    attachments: AttachmentSpec = AttachmentSpec()
    portal: PortalSpec = PortalSpec()
    supervision: SupervisionSpec = SupervisionSpec()
    signals: SignalsSpec = SIGNALS_BEFORE
    visits: VisitsSpec = VisitsSpec()
    signatures: list[SignatureSpec] = BEFORE

    @model_validator(mode="after")
    def _known_clocks(self) -> "Pack":
        if unknown := set(self.figures.timely) - {spec.id for spec in self.obligations}:
            raise fault("unknown_clock", name="figures.timely " + ", ".join(sorted(unknown)))
        return self

    @field_validator("obligations")
    @classmethod
    def _once_each(cls, value: list[ObligationSpec]) -> list[ObligationSpec]:
        ids = [spec.id for spec in value]
        if twice := {id for id in ids if ids.count(id) > 1}:
            raise fault("twice", name=min(twice))
        return value

    @field_validator("signatures")
    @classmethod
    def _one_each(cls, value: list[SignatureSpec]) -> list[SignatureSpec]:
        kinds = [spec.id for spec in value]
        if twice := {kind for kind in kinds if kinds.count(kind) > 1}:
            raise fault("twice", name=min(twice))
        return value

    @field_validator("overrides")
    @classmethod
    def _of_something(cls, value: list[Override], info: ValidationInfo) -> list[Override]:
        # Without obligations that could be read there is something else to say first.
        known = {spec.id for spec in info.data.get("obligations", [])}
        if known and (lost := [o.id for o in value if o.id not in known]):
            raise fault("unknown_obligation", name=lost[0])
        return value

    def limit(
        self, spec: ObligationSpec, *, urgency: str, category: str, conduct: bool, kind: str = ""
    ) -> LimitSpec | None:
        """The limit that holds for this order: the last override that fits wins. None: no clock."""
        facts: dict[str, str | bool] = {
            "kind": kind,
            "urgency": urgency,
            "category": category,
            "conduct": conduct,
        }
        chosen: LimitSpec | None = spec.limit
        for override in self.overrides:
            if override.id == spec.id and all(_fits(facts[k], v) for k, v in override.when.items()):
                chosen = override.limit
        return chosen


def _fits(value: str | bool, wanted: str | bool) -> bool:
    if isinstance(value, str) and isinstance(wanted, str) and wanted.endswith("*"):
        return value.startswith(wanted[:-1])
    return value == wanted


def read(text: str, name: str = "pack") -> Pack:
    """The pack in this YAML text. Raises Invalid with the file's name and line, in the reader's
    language; `said` has the same for machines and terminals."""
    return strict.read_or_refuse(Pack, text, "pack.invalid", name, not_yaml="pack.syntax")
