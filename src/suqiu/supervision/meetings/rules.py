"""Kinds of meetings and what an agenda is proposed from. Pure, but for reading the shipped file."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from suqiu.base.errors import Invalid
from suqiu.policy.rules import DifficultSpec

SHIPPED = Path(__file__).parent / "data" / "kinds.yaml"


class Kind(BaseModel):
    """`asks`: what its agenda is proposed from, in the agenda's order; `days`: how far it looks back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z]{2,16}$")
    name: str
    asks: tuple[Literal["hot", "difficult", "overdue", "figures"], ...]
    days: int = Field(ge=7, le=366)


@cache
def kinds() -> dict[str, Kind]:
    """All of them by id. Raises Invalid, saying where, for a file that does not hold together."""
    try:
        rows = [Kind.model_validate(row) for row in yaml.safe_load(SHIPPED.read_text("utf-8"))]
    except (yaml.YAMLError, ValidationError) as error:
        raise Invalid("meeting.kinds", f"{SHIPPED.name}: {error}") from error
    return {row.id: row for row in rows}


def kind(code: str) -> Kind:
    if code not in kinds():
        raise Invalid("meeting.kind", _("没有这种会议"), field="kind")
    return kinds()[code]


def difficult_by(spec: DifficultSpec, *, rounds: int, returns: int, held: bool) -> str:
    """Why the pack calls this order difficult ("rework", "returned", "held"), "" where it does not.
    `rounds` counts from 1: the first is no rework."""
    if spec.rework is not None and rounds - 1 >= spec.rework:
        return "rework"
    if spec.returned is not None and returns >= spec.returned:
        return "returned"
    return "held" if spec.held and held else ""
