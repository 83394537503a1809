"""What a template may say. One that says something else is refused with the line where it does."""

import datetime as dt
from typing import Literal

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from suqiu.base.errors import Invalid
from suqiu.policy.rules import line_of

Kind = Literal["monthly", "special", "circular"]
Part = Literal["volume", "composition", "rates", "moves", "districts", "hot", "overdue", "basis"]
TableName = Literal["rates", "districts", "composition", "hot"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(_Strict):
    """A heading, what the rules write under it, and at most one table.

    `words` is text of the template's own, before what the rules write.
    """

    heading: str = Field(min_length=1, max_length=40)
    words: list[str] = []
    parts: list[Part] = []
    table: TableName | None = None


class Template(_Strict):
    """`word` begins the number (发文机关代字); `issuer` signs; `recipients` are the posts that read;
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
    recipients: list[str] = []
    addressee: str = Field(default="", max_length=60)
    drafted: Literal["", "first-working-day"] = ""
    sections: list[Section] = Field(min_length=1)


def read(text: str, name: str = "template") -> Template:
    """The template in this YAML text. Raises Invalid with the file's name and line."""
    try:
        return Template.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        said = _("%(name)s 第 %(line)s 行:不是 YAML") % {"name": name, "line": line}
        raise Invalid("report.syntax", said, line=line) from error
    except ValidationError as error:
        first = error.errors()[0]
        line = line_of(text, first["loc"])
        where = ".".join(map(str, first["loc"]))
        raise Invalid(
            "report.template",
            _("%(name)s 第 %(line)s 行 %(where)s:%(wrong)s")
            % {"name": name, "line": line, "where": where, "wrong": first["msg"]},
            line=line,
        ) from error
