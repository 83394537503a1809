"""An upstream's definitions (上级口径) as data, and what is wrong with them. Pure, but for shipped files."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from suqiu.figures.rules import DEFINITIONS
from suqiu.policy import strict
from suqiu.policy.faults import fault

FOLDER = Path(__file__).parent.parent / "data" / "upstreams"
# What an order may answer, where the words are ours; of satisfaction they are the packs'.
ANSWERS = {
    "contact": frozenset({"yes", "no", "unasked"}),
    "result": frozenset({"solved", "explained", "unsolved"}),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Measure(_Strict):
    """One figure of the upstream's. `points`: what a whole one brings; `flat`: all of them as soon as
    one order counts. `asks`: volume is the subject's share of all orders; of the others each order
    has an answer, which counts with its weight; an answer without a weight is not counted. `ours`: the
    rate that stands beside it."""

    id: str = Field(pattern=r"^[a-z_]{1,16}$")
    name: str = Field(min_length=1, max_length=32)
    points: float = Field(ge=0, le=100)
    asks: Literal["volume", "contact", "result", "satisfaction"]
    weights: dict[str, Annotated[float, Field(ge=0, le=1)]] = {}
    flat: bool = False
    ours: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.ours and self.ours not in DEFINITIONS:
            raise fault("unknown_rate", name=self.ours)
        if (self.asks == "volume") == bool(self.weights):
            raise fault("weighted_volume" if self.weights else "weightless", name=self.id)
        if unknown := set(self.weights) - ANSWERS.get(self.asks, frozenset(self.weights)):
            raise fault("unknown_answer", name=min(unknown))
        return self


class Upstream(_Strict):
    """One version of them. `leaves_out`: states of orders that the upstream does not know of. Orders
    count in the month of their end, in a volume in the month of their registration."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,32}$")
    version: int = Field(ge=1)
    name: str = Field(min_length=1, max_length=64)
    basis: str = Field(min_length=1, max_length=200)
    confidence: str = Field(min_length=1, max_length=8)
    since: dt.date
    leaves_out: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _once(self) -> Self:
        ids = [one.id for one in self.measures]
        twice = [one for one in ids if ids.count(one) > 1]
        if twice:
            raise fault("twice", name=twice[0])
        return self

    @property
    def key(self) -> str:
        return f"{self.id} v{self.version}"

    @property
    def rated(self) -> tuple[Measure, ...]:
        """Those that are rates of orders."""
        return tuple(one for one in self.measures if one.asks != "volume")


def read(text: str) -> Upstream:
    """The definitions that this YAML is. Raises Invalid, saying in the reader's language what is wrong
    and on which line; `said` has the same for machines."""
    return strict.read_or_refuse(Upstream, text, "shadow.upstream", field="text")


def written(body: Upstream) -> str:
    """As `read` reads it."""
    return yaml.safe_dump(body.model_dump(mode="json"), allow_unicode=True, sort_keys=False)


def shipped() -> list[Upstream]:
    """Those that come with the house."""
    return [read(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yaml"))]
