"""From the codes that machines send to the rows that they name."""

from typing import NoReturn

from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.errors import Invalid
from suqiu.catalogue.models import Category, Door, Source
from suqiu.catalogue.queries import door_of, leaf_of, source_of
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.queries import region_on, valid_on


def unknown(field: str, code: str) -> Invalid:
    said = _("%(field)s：没有“%(code)s”这个代码") % {"field": field, "code": code}
    return Invalid("api.unknown", said, field=field)


def category(code: str) -> Category:
    return leaf_of(code) or _none("category", code)


def source(code: str) -> Source:
    return source_of(code) or _none("source", code)


def door(code: str) -> Door:
    return door_of(code) or _none("door", code)


def region(code: str) -> Region:
    return region_on(clock.today(), code) or _none("region", code)


def unit(code: str, field: str) -> Unit:
    """A unit of today; where the field is a street, a street."""
    rows = valid_on(clock.today()).select_related("region").filter(code=code)
    if field == "street":
        rows = rows.filter(kind="street")
    return rows.first() or _none(field, code)


def _none(field: str, code: str) -> NoReturn:
    raise unknown(field, code)
