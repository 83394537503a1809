"""A line of the duty roster as people give it: by the form, or by a sheet."""

import csv
import datetime as dt
import io
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts.models import Person
from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.desk.widgets import DayInput
from suqiu.organisations.actions import Shift

KINDS = {"work": gettext_lazy("每个工作日"), "rest": gettext_lazy("每个休息日")}
COLUMNS = ("日期", "起", "止", "值班人", "副班", "电话")
_MOST_BYTES = 200_000


class Line(forms.Form):
    """A date, or a kind of day; the hours; who answers, who stands in, on which number."""

    days = forms.ChoiceField(
        label=gettext_lazy("哪些日子"),
        choices=[("date", gettext_lazy("只这一天")), *KINDS.items()],
        widget=forms.RadioSelect,
    )
    date = forms.DateField(
        label=gettext_lazy("日期"),
        required=False,
        widget=DayInput(),
    )
    since = forms.TimeField(
        label=gettext_lazy("自"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    until = forms.TimeField(
        label=gettext_lazy("至"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("早于“自”就是到次日；23:59 算到 24:00"),
    )
    person = forms.ChoiceField(label=gettext_lazy("值班人"))
    deputy = forms.ChoiceField(label=gettext_lazy("副班"), required=False)
    phone = forms.CharField(label=gettext_lazy("值班电话"), required=False, max_length=32)

    def __init__(self, *args: Any, people: list[Person] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", "——"), *((p.actor_id, f"{p.name} {p.username}") for p in people or [])]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]
        self.fields["deputy"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("days") == "date" and not cleaned.get("date") and "date" not in self.errors:
            self.add_error("date", _("写明是哪一天"))
        return cleaned

    def shift(self) -> Shift:
        given = self.cleaned_data
        days = given["date"].isoformat() if given["days"] == "date" else given["days"]
        return Shift(
            days, given["since"], _whole(given["until"]), given["person"], given["deputy"],
            clean(given["phone"]),
        )  # fmt: skip


def read_csv(content: bytes, people: list[Person]) -> list[Shift]:
    """Lines of a sheet: 日期 (or 工作日, 休息日), 起, 止, 值班人, 副班 (accounts), 电话.

    Raises Invalid with every line that cannot be read, and why; then nothing is taken.
    """
    if len(content) > _MOST_BYTES:
        raise Invalid("duty.file", _("文件太大"), findings=[])
    reader = csv.DictReader(io.StringIO(_text(content), newline=""))
    lacking = [name for name in COLUMNS[:4] if name not in (reader.fieldnames or [])]
    if lacking:
        raise Invalid("duty.file", _("第 1 行缺少列：%s") % _("、").join(lacking), findings=[])
    known = {p.username: p.actor_id for p in people} | {p.actor_id: p.actor_id for p in people}
    shifts: list[Shift] = []
    findings: list[tuple[str, str, str]] = []
    for row in reader:
        try:
            shifts.append(_shift({k: clean(row.get(k) or "") for k in COLUMNS}, known))
        except ValueError as wrong:
            said = _("第 %(line)d 行：%(why)s") % {"line": reader.line_num, "why": wrong}
            findings.append((str(reader.line_num), "line", said))
    if findings:
        raise Invalid("duty.file", _("文件没有收下。"), findings=findings)
    if not shifts:
        raise Invalid("duty.file", _("文件里没有一行排班"), findings=[])
    return shifts


def _shift(row: dict[str, str], known: dict[str, str]) -> Shift:
    kinds = {"工作日": "work", "休息日": "rest"}
    days = kinds.get(row["日期"]) or _date(row["日期"])
    people = []
    for column in ("值班人", "副班"):
        if row[column] and row[column] not in known:
            raise ValueError(
                _("本单位没有账号“%(account)s”（%(column)s）")
                % {"account": row[column], "column": column}
            )
        people.append(known.get(row[column], ""))
    return Shift(
        days, _time(row["起"]), _whole(_time(row["止"])), people[0], people[1], row["电话"]
    )


def _date(value: str) -> str:
    try:
        year, month, day = (int(part) for part in value.replace("/", "-").split("-"))
        return dt.date(year, month, day).isoformat()
    except ValueError as error:
        raise ValueError(_("“%s”不是日期，也不是工作日或休息日") % value) from error


def _time(value: str) -> dt.time:
    if value in {"24:00", "24:00:00"}:
        return dt.time(23, 59)
    try:
        hour, minute = (int(part) for part in value.split(":")[:2])
        return dt.time(hour, minute)
    except ValueError as error:
        raise ValueError(_("“%s”不是时间，应写成 08:00") % value) from error


def _whole(until: dt.time) -> dt.time:
    """23:59 is meant to be the day's end, so its last minute counts."""
    return dt.time(23, 59, 59) if (until.hour, until.minute) == (23, 59) else until


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # Excel in Chinese saves the latter
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("duty.file", _("文件不是 UTF-8，也不是 GB 18030"), findings=[])
