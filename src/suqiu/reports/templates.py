"""What a template may say. One that says something else is refused with the line where it does."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from suqiu.accounts.models import ROLES
from suqiu.policy import strict
from suqiu.policy.faults import fault

Kind = Literal["monthly", "special", "circular"]
Part = Literal[
    "volume", "composition", "rates", "moves", "districts", "hot", "overdue", "basis",
    "praise", "criticism", "grounds", "lasting", "outside",
]  # fmt: skip
TableName = Literal["rates", "districts", "composition", "hot", "named", "lasting", "outside"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(_Strict):
    """A heading, what the rules write under it, and at most one table.

    `words` is text of the template's own, before what the rules write. `asked` stands where a person has
    to write: while it does, the report is neither reviewed nor issued.
    """

    heading: str = Field(min_length=1, max_length=40)
    words: list[str] = []
    asked: str = Field(default="", max_length=60)
    parts: list[Part] = []
    table: TableName | None = None


class Rule(_Strict):
    """Who gets an issued report: a post of units (`hub`, `head`) is one receiver for each unit, any
    other post one for each of its people. `units`: all of them; those of the district that the report
    is about, and where it is about the city all of them (`region`) or none (`own`); those that it
    names."""

    role: str
    units: Literal["all", "region", "own", "named"] = "all"

    @field_validator("role")
    @classmethod
    def _known(cls, role: str) -> str:
        if role not in ROLES:
            raise fault("unknown_post", name=role)
        return role


class Template(_Strict):
    """`word` begins the number (发文机关代字); `issuer` signs; `recipients` are the rules by which it
    is sent, to be read within `read_within` working days;
    `addressee` is whom the paper names (主送); `drafted` says when the house drafts it by itself."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")
    version: int = Field(ge=1)
    kind: Kind
    name: str = Field(min_length=1, max_length=60)
    word: str = Field(min_length=1, max_length=12)
    issuer: str = ""
    basis: str
    confidence: str
    effective_from: dt.datetime
    recipients: list[Rule] = []
    read_within: int = Field(default=3, ge=1, le=60)
    addressee: str = Field(default="", max_length=60)
    drafted: Literal["", "first-working-day"] = ""
    sections: list[Section] = Field(min_length=1)

    @field_validator("recipients", mode="before")
    @classmethod
    def _bare(cls, rules: object) -> object:
        """A bare name is a post wherever it is held."""
        if not isinstance(rules, list):
            return rules
        return [{"role": rule} if isinstance(rule, str) else rule for rule in rules]


def read(text: str, name: str = "template") -> Template:
    """The template in this YAML text. Raises Invalid with the file's name and line, in the reader's
    language; `said` has the same for machines and terminals."""
    return strict.read_or_refuse(Template, text, "report.template", name, not_yaml="report.syntax")
