"""A row of a table as an appeal: everything is judged before anything is written."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.appellants.actions import take_in
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean, identities_in
from suqiu.catalogue.models import Category, Source
from suqiu.intake import rules
from suqiu.intake.mapping import Sheet, cells
from suqiu.intake.queries import Places
from suqiu.orders.actions.draft import Appeal
from suqiu.orders.models import KINDS, URGENCIES
from suqiu.orders.places import Place, place
from suqiu.organisations.models import Region, Unit
from suqiu.triage.queries import leaf_finder

# What the columns of the order hold; a longer word is the row's fault and not the database's.
_LIMITS = {"source_no": 64, "address": 200, "frequency": 64, "contact_times": 64, "phone": 32,
           "name": 64, "home": 200}  # fmt: skip
_LABELS = {
    "source_no": gettext_lazy("编号"),
    "address": gettext_lazy("地址"),
    "frequency": gettext_lazy("频次"),
    "contact_times": gettext_lazy("联系时间"),
    "phone": gettext_lazy("电话"),
    "name": gettext_lazy("姓名"),
    "home": gettext_lazy("住址"),
}


@dataclass(frozen=True)
class Row:
    """One row, read and judged, not yet written."""

    number: int
    cells: list[str]
    key: str
    source: Source
    said: dict[str, str]
    title: str
    content: str
    occurred_at: dt.datetime | None
    named_leaf: Category | None
    region: Region | None
    street: Unit | None
    at: Place | None
    anonymous: bool
    confidential: bool
    warnings: set[str] = field(default_factory=set)

    @property
    def source_no(self) -> str:
        return self.said.get("source_no", "")

    def appeal(self, category: Category | None, *, by: Actor) -> Appeal:
        """The appeal, with the identity taken in; call it inside the row's transaction."""
        said = self.said
        phone = said.get("phone", "")
        appellant = take_in(
            name=said.get("name", ""),
            phone=phone,
            home=said.get("home", ""),
            anonymous=self.anonymous,
            wants_callback=bool(phone),
            contact_times=said.get("contact_times", ""),
            by=by,
        )
        return Appeal(
            source=self.source,
            source_no=self.source_no,
            title=self.title,
            content=self.content,
            kind=said["kind"],
            urgency=said["urgency"],
            demand=said.get("demand", ""),
            occurred_at=self.occurred_at,
            frequency=said.get("frequency", ""),
            category=category,
            region=self.region,
            street=self.street,
            address=said.get("address", ""),
            lon=self.at.lon if self.at else None,
            lat=self.at.lat if self.at else None,
            appellant=appellant,
            confidential=self.confidential,
            paraphrase=said.get("paraphrase", ""),
        )


def _point(said: dict[str, str]) -> Place | None:
    """The point that the row gives. Raises Invalid for half a point and for what is no number."""
    try:
        lon, lat = (float(said[n]) if said.get(n) else None for n in ("lon", "lat"))
    except ValueError as error:
        raise Invalid("place", _("经度、纬度要写成数，例如 121.4737")) from error
    return place(lon, lat)


class Reader:
    """Reads the rows of one table by one mapping."""

    def __init__(self, sheet: Sheet, columns: list[str], source: Source, places: Places) -> None:
        self.sheet = sheet
        self.columns = columns
        self.source = source
        self.places = places
        self._sure_leaf = leaf_finder()

    def leaf(self, row: Row) -> Category | None:
        """The leaf that the row names, else one that triage is sure of, else none: a person's work."""
        found = row.named_leaf or self._sure_leaf(row.title, row.content)
        if found is None:
            row.warnings.add("category_missing")
        return found

    def read(self, number: int, line: list[str]) -> Row:
        """Raises Invalid with what is wrong with the row."""
        raw = self._cells(line)
        said = self._worded(raw)
        title, content = rules.titled(said.get("title", ""), said.get("content", ""))
        if not content:
            raise Invalid("import.content", _("标题和正文都是空的"))
        if (length := len(content)) > rules.LONGEST_CONTENT:
            raise Invalid(
                "import.content",
                _("正文有 %(length)s 字，最多 %(most)s")
                % {"length": length, "most": rules.LONGEST_CONTENT},
            )
        warnings: set[str] = set()
        region, street = self._placed(said, warnings)
        if identities_in(f"{title}\n{content}"):
            warnings.add("identity_in_text")
        named = any(said.get(n) for n in ("name", "phone"))
        return Row(
            number=number,
            cells=line,
            key=rules.key(said.get("source_no", ""), raw),
            source=self.source,
            said=said,
            title=title,
            content=content,
            occurred_at=rules.moment(
                said.get("occurred_at", ""), self.sheet.times, self.sheet.zone
            ),
            named_leaf=self._named_leaf(said, warnings),
            region=region,
            street=street,
            at=_point(said),
            anonymous=self._flag(said, "anonymous") or self.sheet.no_names or not named,
            confidential=self._flag(said, "confidential"),
            warnings=warnings,
        )

    def _cells(self, line: list[str]) -> dict[str, str]:
        """By field. A line that is too short lacks its last cells; one that is too long is wrong."""
        surplus = [c for c in line[len(self.columns) :] if c.strip()]
        if surplus:
            raise Invalid(
                "import.width",
                _("比表头多出 %(count)s 格：%(surplus)s")
                % {"count": len(surplus), "surplus": _("、").join(surplus)[:200]},
            )
        padded = line + [""] * (len(self.columns) - len(line))
        return cells(self.sheet, dict(zip(self.columns, padded, strict=False)))

    def _worded(self, raw: dict[str, str]) -> dict[str, str]:
        """Clean words, with the closed lists in our terms. Raises Invalid for what is on no list."""
        said = {name: clean(words) for name, words in raw.items()}
        for default, words in self.sheet.defaults.items():
            said[default] = said.get(default) or words
        for listed, terms in self.sheet.values.items():
            if listed in said:
                said[listed] = terms.get(said[listed], said[listed])
        said["kind"] = said.get("kind") or KINDS[0]
        said["urgency"] = said.get("urgency") or URGENCIES[0]
        for name, known, label in (
            ("kind", KINDS, _("类型")),
            ("urgency", URGENCIES, _("紧急程度")),
        ):
            if said[name] not in known:
                raise Invalid(
                    "import.list",
                    _("没有“%(said)s”这种%(label)s，可填：%(known)s")
                    % {"said": said[name][:20], "label": label, "known": _("、").join(known)},
                )
        for limited, most in _LIMITS.items():
            if (length := len(said.get(limited, ""))) > most:
                raise Invalid(
                    "import.long",
                    _("%(field)s有 %(length)s 字，最多 %(most)s")
                    % {"field": _LABELS[limited], "length": length, "most": most},
                )
        return said

    def _placed(
        self, said: dict[str, str], warnings: set[str]
    ) -> tuple[Region | None, Unit | None]:
        """What is not on the map is kept in the address, so that a person can place it."""
        region = self.places.region(said.get("region", ""), said.get("address", ""))
        street = self.places.street(said.get("street", ""), region)
        lost = [
            said[name]
            for name, found in (("region", region), ("street", street))
            if said.get(name) and found is None
        ]
        if lost:
            warnings.add("place_unknown")
            said["address"] = " ".join([*lost, said.get("address", "")]).strip()[:200]
        return region, street

    def _named_leaf(self, said: dict[str, str], warnings: set[str]) -> Category | None:
        words = said.get("category", "")
        found = self.places.leaf(words) if words else None
        if words and found is None:
            warnings.add("category_unknown")
        return found

    def _flag(self, said: dict[str, str], name: str) -> bool:
        return rules.flag(said.get(name, ""))
