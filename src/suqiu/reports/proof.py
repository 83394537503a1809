"""Does an issued report still say what the journal says? If not: what differs, and since which events."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from suqiu.audit import queries as audit
from suqiu.base.clock import midnight
from suqiu.base.errors import Missing, Refused
from suqiu.figures import queries as figures
from suqiu.figures.cohorts import Cohort
from suqiu.files import store
from suqiu.reports import queries, rules
from suqiu.reports.models import Report
from suqiu.reports.states import FROZEN


@dataclass
class Found:
    """`moved`: figures that count otherwise now. `late`: events on its orders that came after it, by
    kind. `broken`: text, figures or files that are not what the journal says was frozen."""

    number: str
    counted: int
    files: int = 0
    moved: list[str] = field(default_factory=list)
    late: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        return not (self.moved or self.broken)

    def lines(self) -> list[str]:
        """For a terminal; an empty finding says what was compared."""
        why = ", ".join(f"{kind} {n}" for kind, n in self.late.items())
        return [
            *(f"broken: {one}" for one in self.broken),
            *(f"moved: {one}" for one in self.moved),
            *([f"events after it: {why}"] if self.moved and why else []),
            f"{self.number}: {self.counted} orders counted again, {self.files} files, "
            f"{len(self.moved)} figures differ, {len(self.broken)} broken",
        ]


def verify(number: str) -> Found:
    """Count again, and hold text and files against the journal. Raises Missing for no such number."""
    row = Report.objects.filter(number=number, state=FROZEN).first()
    if row is None:
        raise Missing("missing", _("没有这个编号的已签发报告"))
    return examine(row)


def examine(row: Report) -> Found:
    """`verify` of a report at hand."""
    counted = queries.again(row)
    found = Found(str(row), counted["volume"]["closed"], files=row.made.count())
    found.moved = rules.differences(row.figures, counted)
    found.broken = _broken(row)
    if found.moved:
        found.late = _late(row)
    return found


def _broken(row: Report) -> list[str]:
    """Held against the entry of its freezing: the row itself is no evidence."""
    told = [entry for entry in audit.chain(row.chain) if entry.kind == "report.freeze"]
    if not told:
        return ["the journal tells of no freezing"]
    facts, wrong = told[-1].data, []
    if queries.digest(row.figures) != facts["figures"]:
        wrong.append("figures")
    if queries.digest([row.title, row.sections]) != facts["text"]:
        wrong.append("text")
    there = {made.form: made.file.sha256 for made in row.made.select_related("file")}
    for form, sha256 in facts["files"].items():
        try:
            store.fetch(sha256)
        except Refused as error:
            wrong.append(f"{form}: {error.message}")
        if there.get(form) != sha256:
            wrong.append(f"{form}: another file is linked")
    return wrong


def _late(row: Report) -> dict[str, int]:
    """Events after the report's place in the journal on orders that it is about now."""
    wide = {"start": midnight(row.start), "end": midnight(row.end), **row.scope}
    chains = {
        f"order:{fact.id}"
        for basis in ("closed_in", "accepted_in", "due_in")
        for fact in figures.facts(Cohort(basis=basis, **wide), queries.BY)
    }
    kinds = Counter(entry.kind for entry in audit.after(row.position, chains))
    return dict(kinds.most_common())
