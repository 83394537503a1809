"""What a pack may say. A file that says something else is refused with the line where it does."""

import datetime as dt
from string import Formatter
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from suqiu.base.errors import Invalid

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
    id: str
    name: str
    owes: Literal["centre", "lead", "callback", "co"]
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
            raise ValueError(f"unknown event: {', '.join(sorted(unknown))}")
        return events


class Override(_Strict):
    """Where `when` holds (urgency, category prefix, conduct), the obligation has another limit."""

    when: dict[str, str | bool]
    id: str
    limit: LimitSpec


class TransmissionSpec(_Strict):
    to: str
    via: list[str]
    ack_minutes: int = Field(gt=0)


class NoticeSpec(_Strict):
    """What someone is told at an event. The text may name the matter, never a person."""

    event: str
    to: str
    text: str

    @field_validator("text")
    @classmethod
    def _known_places(cls, value: str) -> str:
        try:
            places = {name for _, name, _, _ in Formatter().parse(value) if name is not None}
        except ValueError as error:
            raise ValueError(f"a brace without its partner: {error}") from error
        if unknown := places - NOTICE_PLACES:
            raise ValueError(f"a notice cannot say {{{min(unknown)}}}")
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
    figures: FiguresSpec = FiguresSpec()
    archive_after_days: int = 30
    attachments: AttachmentSpec = AttachmentSpec()

    @model_validator(mode="after")
    def _known_clocks(self) -> "Pack":
        if unknown := set(self.figures.timely) - {spec.id for spec in self.obligations}:
            raise ValueError(f"figures.timely: no such obligation: {', '.join(sorted(unknown))}")
        return self

    def limit(
        self, spec: ObligationSpec, *, urgency: str, category: str, conduct: bool
    ) -> LimitSpec:
        """The limit that holds for this order: the last override that fits wins."""
        facts: dict[str, str | bool] = {
            "urgency": urgency,
            "category": category,
            "conduct": conduct,
        }
        chosen = spec.limit
        for override in self.overrides:
            if override.id == spec.id and all(_fits(facts[k], v) for k, v in override.when.items()):
                chosen = override.limit
        return chosen


def _fits(value: str | bool, wanted: str | bool) -> bool:
    if isinstance(value, str) and isinstance(wanted, str) and wanted.endswith("*"):
        return value.startswith(wanted[:-1])
    return value == wanted


def read(text: str, name: str = "pack") -> Pack:
    """The pack in this YAML text. Raises Invalid with the file's name and line."""
    try:
        raw = yaml.safe_load(text)
        return Pack.model_validate(raw)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise Invalid("pack.syntax", f"{name} 第 {line} 行:不是 YAML", line=line) from error
    except ValidationError as error:
        first = error.errors()[0]
        line = _line_of(text, first["loc"])
        where = ".".join(map(str, first["loc"]))
        raise Invalid(
            "pack.invalid", f"{name} 第 {line} 行 {where}:{first['msg']}", line=line
        ) from error


def _line_of(text: str, loc: tuple[int | str, ...]) -> int:
    """The line on which the part at `loc` stands, or its nearest parent's."""
    node = yaml.compose(text)
    line = 1
    for step in loc:
        nearer: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            nearer = next((v for k, v in node.value if k.value == step), None)
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value)
        ):
            nearer = node.value[step]
        if nearer is None:
            break
        node, line = nearer, nearer.start_mark.line + 1
    return line
