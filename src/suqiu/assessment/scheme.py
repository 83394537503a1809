"""A scheme of assessment (考核办法) as data, and what is wrong with one. Pure, but for the shipped file."""

from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from suqiu.figures.rules import DEFINITIONS
from suqiu.policy import strict
from suqiu.policy.faults import fault

SHIPPED = Path(__file__).parent / "data" / "scheme.yaml"


class Measure(BaseModel):
    """One rate. From `zero` (no points) to `full` (all of `weight`) points grow evenly; for a rate
    that ought to be low `zero` is above `full`. Ratios 0–1."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rate: str
    weight: float = Field(gt=0, le=100)
    zero: float = Field(ge=0, le=1)
    full: float = Field(ge=0, le=1)
    of: tuple[Literal["region", "unit"], ...] = ("region", "unit")

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.rate not in DEFINITIONS:
            raise fault("unknown_rate", name=self.rate)
        if self.zero == self.full:
            raise fault("flat", name=self.rate)
        return self


class Work(BaseModel):
    """Other work that is entered with evidence: at most and at least this many points an entry.
    `experts`: who outside is invited to the sheet may mark it himself."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1, max_length=32)
    least: float = Field(ge=-20, le=0)
    most: float = Field(ge=0, le=20)
    experts: bool = False


class Scheme(BaseModel):
    """`least`: a rate over fewer orders is not scored; `bonus`, `penalty`: bounds of what other work
    adds and takes in a period; `window`: days behind a day's score; `drop`: points by which it may
    fall within `drop_days` (none said: within a window, so that the two share no day) before those
    who answer for it are told; `first_days`, `second_days`: natural days for each ruling."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    measures: tuple[Measure, ...] = Field(min_length=1)
    works: dict[str, Work] = {}
    least: int = Field(ge=1, le=10000)
    bonus: float = Field(ge=0, le=50)
    penalty: float = Field(ge=0, le=50)
    window: int = Field(ge=1, le=366)
    drop: float = Field(gt=0, le=100)
    drop_days: int | None = Field(default=None, ge=1, le=366)
    first_days: int = Field(ge=1, le=60)
    second_days: int = Field(ge=1, le=60)

    @property
    def falls_within(self) -> int:
        """The days over which a fall is looked for."""
        return self.drop_days or self.window

    @model_validator(mode="after")
    def _once(self) -> Self:
        for kind in ("region", "unit"):
            codes = [one.rate for one in self.measures if kind in one.of]
            twice = [code for code in codes if codes.count(code) > 1]
            if twice:
                raise fault("twice", name=f"{twice[0]} ({kind})")
        return self


def read(text: str) -> Scheme:
    """The scheme that this YAML is. Raises Invalid, saying in the reader's language what is wrong and
    where; `said` has the same for machines."""
    return strict.read_or_refuse(Scheme, text, "assessment.scheme", field="text")


def written(scheme: Scheme) -> str:
    """As `read` reads it."""
    return yaml.safe_dump(scheme.model_dump(mode="json"), allow_unicode=True, sort_keys=False)


def shipped() -> str:
    """The example that a new house begins with."""
    return SHIPPED.read_text("utf-8")
