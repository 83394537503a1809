"""Which column of a table means what: presets that come with Suqiu, and a city's own files."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, field_validator

from suqiu.base.errors import Invalid
from suqiu.policy import strict
from suqiu.policy.faults import fault

PRESETS = Path(__file__).parent / "data" / "presets"

Name = Literal[
    "source_no", "title", "content", "demand", "kind", "urgency", "occurred_at", "frequency",
    "category", "region", "street", "address", "lon", "lat", "name", "phone", "home", "contact_times",
    "anonymous", "confidential", "paraphrase",
]  # fmt: skip


class Joined(BaseModel):
    """Several columns as one text; empty cells are left out."""

    model_config = ConfigDict(extra="forbid")
    join: list[str] = Field(min_length=1)
    by: str = " "


# One column, other names that the same column goes by, or several columns as one text.
Column = str | Annotated[list[str], Field(min_length=1)] | Joined


class Sheet(BaseModel):
    """A preset or a mapping file."""

    model_config = ConfigDict(extra="forbid")
    name: str = "mapping"
    source: str
    columns: dict[Name, Column]
    required: list[Name] = ["content"]
    defaults: dict[Literal["kind", "urgency", "title"], str] = {}
    values: dict[Literal["kind", "urgency", "anonymous", "confidential"], dict[str, str]] = {}
    times: list[str] = Field(default_factory=list)
    zone: str = "Asia/Shanghai"
    no_names: bool = False

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise fault("unknown_zone", name=zone) from error
        return zone


def presets() -> list[str]:
    return sorted(path.stem for path in PRESETS.glob("*.yaml"))


def choose(preset: str | None, mapping: Path | None, columns: Iterable[str]) -> Sheet:
    """The mapping file, else the named preset, else the one preset that fits these columns."""
    if mapping is not None:
        return read(mapping)
    if preset:
        if preset not in presets():
            raise Invalid(
                "import.preset",
                _("没有叫“%(preset)s”的预设，现有：%(known)s")
                % {"preset": preset, "known": _("、").join(presets())},
                known=presets(),
            )
        return read(PRESETS / f"{preset}.yaml")
    seen = set(columns)
    fitting = [s for n in presets() if fits(s := read(PRESETS / f"{n}.yaml"), seen)]
    if len(fitting) != 1:
        raise Invalid(
            "import.preset",
            _("认不出这张表，请指定预设(%(known)s)或对照文件；表头：%(columns)s")
            % {"known": _("、").join(presets()), "columns": _("、").join(columns)},
            known=presets(),
        )
    return fitting[0]


def read(path: Path) -> Sheet:
    """Raises Invalid that names the place in the file, in the reader's language; `said` has the same
    for terminals."""
    try:
        return strict.read(Sheet, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            "import.mapping",
            _("对照文件 %(file)s 读不出：%(error)s") % {"file": path.name, "error": error},
        ) from error
    except strict.Wrong as wrong:
        raise Invalid(
            "import.mapping",
            _("对照文件 %s") % wrong.told(path.name),
            where=wrong.where,
            line=wrong.line,
            said=wrong.said(path.name),
        ) from wrong


def fits(sheet: Sheet, columns: set[str]) -> bool:
    return not missing(sheet, columns)


def missing(sheet: Sheet, columns: Iterable[str]) -> list[str]:
    """The required columns that the table does not have, as the mapping calls them."""
    seen = set(columns)
    lacking = []
    for name in sheet.required:
        column = sheet.columns.get(name)
        names = _names(column)
        if not seen & set(names):
            lacking.append(" / ".join(names) or name)
    return lacking


def cells(sheet: Sheet, row: Mapping[str, str]) -> dict[str, str]:
    """The row's words by field; a field whose column is missing is left out."""
    found: dict[str, str] = {}
    for name, column in sheet.columns.items():
        if isinstance(column, Joined):
            parts = [row[c].strip() for c in column.join if row.get(c, "").strip()]
            if any(c in row for c in column.join):
                found[name] = column.by.join(dict.fromkeys(parts))
        else:
            there = next((c for c in _names(column) if c in row), None)
            if there is not None:
                found[name] = row[there]
    return found


def _names(column: Any) -> list[str]:
    if isinstance(column, str):
        return [column]
    return list(column.join) if isinstance(column, Joined) else list(column or [])
