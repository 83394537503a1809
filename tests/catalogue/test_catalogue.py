"""Whose an appeal is: the street's own line before the district's, in the edition it began with."""

import pytest

from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Refused
from suqiu.catalogue import actions, queries, sheets
from suqiu.catalogue.models import Category, Duty, DutyVersion
from suqiu.organisations.models import Region
from tests.city import DISTRICT, City

BY = system("demo")


def test_the_streets_own_unit_goes_before_the_districts(city: City) -> None:
    edition, region = queries.edition().number, Region.objects.get(code=DISTRICT)
    leaf = Category.objects.filter(lead="CG", active=True)[0]
    own = queries.unit_for(edition, leaf.code, region, city.street)
    district = queries.unit_for(edition, leaf.code, region, None)
    assert own == city.squad
    assert district and district.code == f"{DISTRICT}-CG"


def test_where_the_street_has_none_the_district_leads(city: City) -> None:
    edition, region = queries.edition().number, Region.objects.get(code=DISTRICT)
    leaf = Category.objects.filter(lead="LF", active=True)[0]
    unit = queries.unit_for(edition, leaf.code, region, city.street)
    assert unit and unit.code == f"{DISTRICT}-LF"


def test_each_leaf_of_each_district_with_units_has_exactly_one_lead(city: City) -> None:
    edition = queries.edition().number
    region = Region.objects.get(code=DISTRICT)
    for leaf in queries.leaves():
        assert queries.unit_for(edition, leaf.code, region, None), leaf.code
        assert (
            Duty.objects.filter(
                version_id=edition, category=leaf, region=region, street=None
            ).count()
            == 1
        )


def test_an_unknown_place_has_no_lead(city: City) -> None:
    leaf = queries.leaves()[0]
    assert queries.unit_for(queries.edition().number, leaf.code, None, None) is None


def test_a_new_edition_leaves_the_old_and_the_orders_that_began_with_it(city: City) -> None:
    order, old = city.accepted(), queries.edition()
    lines = Duty.objects.filter(version=old).count()
    new = actions.publish_duties(by=BY, basis="试验")
    assert new.number == old.number + 1 and queries.edition() == new
    assert new.effective_from == clock.now()
    assert Duty.objects.filter(version=old).count() == lines
    assert order.duty_version_id == old.number
    told = chain("catalogue")[-1]
    assert (told.kind, told.data["version"]) == ("duties.published", new.number)


def test_lists_are_written_again_without_doubles(city: City) -> None:
    before = [len(queries.leaves()), len(queries.doors()), len(queries.sources())]
    actions.publish_lists(by=BY)
    assert [len(queries.leaves()), len(queries.doors()), len(queries.sources())] == before
    assert all(before)


def test_a_leaf_names_its_whole_way(city: City) -> None:
    assert str(queries.leaf("C0101")).count("›") == 2


def test_a_door_tells_the_citizen_where_to_go(city: City) -> None:
    assert all(door.tell and door.name for door in queries.doors())


def test_without_an_edition_nothing_is_drafted(city: City) -> None:
    Duty.objects.all().delete()
    DutyVersion.objects.all().delete()
    with pytest.raises(Refused) as refusal:
        city.draft()
    assert refusal.value.code == "catalogue.none"


def test_a_city_writes_single_lines_differently(city: City) -> None:
    leaf = Category.objects.filter(lead="CG", active=True)[0]
    region = Region.objects.get(code=DISTRICT)
    sheet = (
        "类别,区,街镇,单位\n"
        f"{leaf.code},{region.name},,{DISTRICT}-HUB\n"
        f"{leaf.code},{DISTRICT},{city.street.code},{DISTRICT}-GB\n"
    )
    before = queries.edition()
    own = sheets.read(sheet.encode("gb18030"))
    edition = actions.publish_duties(by=BY, basis="会议纪要", written=own)
    unit = queries.unit_for(edition.number, leaf.code, region, None)
    assert unit and unit.code == f"{DISTRICT}-HUB"
    unit = queries.unit_for(edition.number, leaf.code, region, city.street)
    assert unit and unit.code == f"{DISTRICT}-GB"
    counts = [Duty.objects.filter(version=v).count() for v in (before, edition)]
    assert counts[0] == counts[1]  # over the trades' lines, not beside them
    assert queries.unit_for(before.number, leaf.code, region, city.street) == city.squad


def test_every_wrong_line_of_the_sheet_is_told(city: City) -> None:
    sheet = (
        "类别,区,街镇,单位\n"
        f"Z9,{DISTRICT},,{DISTRICT}-HUB\n"
        f"C0101,南山区,,{DISTRICT}-HUB\n"
        f"C0101,{DISTRICT},{DISTRICT}-HUB,{DISTRICT}-HUB\n"
        f"C0101,{DISTRICT},,NONE\n"
        f"C0101,{DISTRICT},,{DISTRICT}-HUB\n"
        f"C0101,{DISTRICT},,{DISTRICT}-GB\n"
    )
    with pytest.raises(Refused) as refused:
        sheets.read(sheet.encode())
    assert [f[0] for f in refused.value.data["findings"]] == ["2", "3", "4", "5", "7"]
    with pytest.raises(Refused, match="单位"):
        sheets.read("类别,区\n".encode())


def test_what_nobody_takes_is_counted(city: City) -> None:
    cover = queries.coverage(queries.edition())
    # Two of sixteen districts have units here.
    assert cover.nobody == 14 * (len(queries.leaves()) - 7) and cover.by_hub > 0


def test_a_source_is_a_row(city: City) -> None:
    actions.set_source(code="YZ-HOT", name="云州热线", conduct=True, active=True, by=BY)
    assert "YZ-HOT" in [s.code for s in queries.sources()]
    actions.set_source(code="YZ-HOT", name="云州热线", conduct=True, active=False, by=BY)
    assert "YZ-HOT" not in [s.code for s in queries.sources()]
    assert [e.kind for e in chain("catalogue")][-2:] == ["source.set"] * 2
    for code, name in (
        ("", "热线"),
        ("A B", "热线"),
        ("A" * 17, "热线"),
        ("A", " "),
        ("A", "热" * 33),
    ):
        with pytest.raises(Refused):
            actions.set_source(code=code, name=name, conduct=False, active=True, by=BY)


def test_conduct_is_told_by_the_leaf_not_by_its_code(city: City) -> None:
    conduct, plain = queries.leaf("X0103"), queries.leaf("C0101")
    assert conduct.conduct and not plain.conduct
    Category.objects.filter(pk="X0103").update(conduct=False)
    Category.objects.filter(pk="C0101").update(conduct=True)
    assert not city.draft(category=queries.leaf("X0103")).conduct
    assert city.draft(category=queries.leaf("C0101")).conduct
