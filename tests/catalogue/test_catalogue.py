"""Whose an appeal is: the street's own line before the district's, in the edition it began with."""

import pytest

from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Refused
from suqiu.catalogue import actions, queries
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
