"""Lists, draws and scores. Pure: anybody who has the list and the seed draws the same again."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from suqiu.figures.chance import wilson

PARTS = ("random", "purposive")
Line = tuple[str, str]  # (stratum, key): key is an order's number or a place's code


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(_Strict):
    """What is looked at on the spot; the answer is yes, no, or cannot be told."""

    code: str = Field(pattern=r"^[a-z_]{2,24}$")
    text: str
    measure: Literal["", "timely", "solved"] = ""


class Checklist(_Strict):
    """One version of what is asked, and how the two scores weigh (ratios, together 1)."""

    id: str = Field(pattern=r"^[a-z0-9-]{2,32}$")
    version: int = Field(ge=1)
    name: str
    subject: Literal["orders", "places"]
    basis: str
    confidence: Literal["clause", "推定"]
    professional: float = Field(ge=0, le=1)
    social: float = Field(ge=0, le=1)
    questions: list[Question] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> "Checklist":
        if abs(self.professional + self.social - 1) > 1e-9:
            raise ValueError("professional and social must add up to 1")
        codes = [q.code for q in self.questions]
        measures = [q.measure for q in self.questions if q.measure]
        if len(set(codes)) < len(codes) or len(set(measures)) < len(measures):
            raise ValueError("each code and each measure once")
        return self

    def asking(self, measure: str) -> str:
        """The code of the question that measures this; "" where none does."""
        return next((q.code for q in self.questions if q.measure == measure), "")


def list_hash(lines: Iterable[Line]) -> str:
    """SHA-256 of the list in its one order: a line "stratum TAB key" each, sorted."""
    text = "".join(f"{stratum}\t{key}\n" for stratum, key in sorted(lines))
    return hashlib.sha256(text.encode()).hexdigest()


def draw(lines: Sequence[Line], seed: str, per_stratum: int) -> list[Line]:
    """From each stratum the `per_stratum` keys with the lowest HMAC-SHA256(seed, list hash and line),
    all of a smaller one. The list's hash is in it, so that no other list suits a known seed."""
    sealed = list_hash(lines)
    strata: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        strata[line[0]].append(line)

    def lot(line: Line) -> bytes:
        told = f"{sealed}\t{line[0]}\t{line[1]}"
        return hmac.new(seed.encode(), told.encode(), hashlib.sha256).digest()

    return [one for name in sorted(strata) for one in sorted(strata[name], key=lot)[:per_stratum]]


def professional(answers: Mapping[str, bool | None]) -> float | None:
    """The share of "yes" among what could be told (ratio); None where nothing could."""
    told = [answer for answer in answers.values() if answer is not None]
    return sum(told) / len(told) if told else None


@dataclass(frozen=True)
class Looked:
    """One checked item. `said_solved` is the unit's claim, `solved` what was found; scores are ratios."""

    part: str
    line: str
    professional: float | None = None
    social: float | None = None
    timely: bool | None = None
    solved: bool | None = None
    said_solved: bool | None = None


@dataclass(frozen=True)
class Share:
    """`top` of n, with Wilson's interval at 95 %; None for all where n is 0."""

    top: float
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Row:
    """One line of the scorecard: a trade line ("" for all of them) in one of the two parts."""

    part: str
    line: str
    items: int
    timely: Share
    solved: Share
    said: Share
    satisfaction: Share
    professional: Share
    score: float | None


def share(values: Iterable[float | bool | None]) -> Share:
    told = [float(value) for value in values if value is not None]
    if not told:
        return Share(0, 0, None, None, None)
    low, high = wilson(sum(told), len(told))
    return Share(sum(told), len(told), sum(told) / len(told), low, high)


def scorecard(items: Sequence[Looked], weights: tuple[float, float]) -> list[Row]:
    """Each part by itself, first as a whole and then by line. `weights`: professional, social."""
    rows = []
    for part in PARTS:
        own = [item for item in items if item.part == part]
        lines = sorted({item.line for item in own})
        for line in ["", *lines] if own else []:
            rows.append(_row(part, line, [i for i in own if line in {"", i.line}], weights))
    return rows


def _row(part: str, line: str, items: list[Looked], weights: tuple[float, float]) -> Row:
    expert, social = share(i.professional for i in items), share(i.social for i in items)
    both = expert.value is not None and social.value is not None
    return Row(
        part=part,
        line=line,
        items=len(items),
        timely=share(i.timely for i in items),
        solved=share(i.solved for i in items),
        said=share(i.said_solved for i in items),
        satisfaction=social,
        professional=expert,
        score=weights[0] * (expert.value or 0) + weights[1] * (social.value or 0) if both else None,
    )
