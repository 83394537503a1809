"""An exempted order that its pack counts as met: in the rate, with its reason, the raw value untouched."""

from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import yaml
from django.test import Client
from hypothesis import given

from suqiu.accounts.queries import actor_named
from suqiu.assessment import queries as scores
from suqiu.assessment import scheme
from suqiu.assessment.actions import schemes
from suqiu.assessment.models import Appeal
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.figures import access, keeping, queries, rules, sums
from suqiu.figures import actions as publishing
from suqiu.figures.exempting import exempt
from suqiu.figures.history import History
from suqiu.figures.models import FigureSum
from suqiu.figures.proof import verify
from suqiu.figures.reasons import AS_MET
from suqiu.figures.rules import OrderFact
from suqiu.figures.trace import trace
from suqiu.orders.models import Order
from suqiu.policy.actions import SHIPPED, publish
from suqiu.policy.rates import RATES
from suqiu.policy.rules import read
from tests.city import City
from tests.desk.test_pages import client_of
from tests.figures.test_queries import closed, month
from tests.figures.test_rollups import assert_same, bare, differing, follow, wide
from tests.figures.test_rules import OUT, WEIGHTS, many, slow
from tests.permissions import crawl

BY = system("test")
SAYS = dict.fromkeys(sorted(RATES), "met")
TEXT = (SHIPPED / "sh-lhsr-2013.yaml").read_text("utf-8")
MET_PACK = read(yaml.safe_dump({**yaml.safe_load(TEXT), "exempted": SAYS}, allow_unicode=True))
FAULTS = {"rework", "return", "repeat", "false_report"}


def rate(code: str, rows: list[OrderFact], exempted: str) -> rules.Rate:
    said = rules.Terms("test v1", OUT, WEIGHTS, exempted=exempted)  # type: ignore[arg-type]
    return rules.rate(code, rows, {0: said})


def test_the_rates_that_packs_name_are_those_that_are_counted() -> None:
    assert rules.DEFINITIONS.keys() == RATES
    assert {code for code, row in rules.DEFINITIONS.items() if row.faults} == FAULTS


@given(many)
def test_as_met_equals_a_slow_reference(rows: list[OrderFact]) -> None:
    for code in rules.DEFINITIONS:
        top, n, met = 0.0, 0, []
        for fact in rows:
            counts, weight = slow(code, fact)
            if not counts or fact.reasons & set(OUT):
                continue
            n += 1
            if code in {appealed for _unit, appealed in fact.exempted}:
                met.append(fact.id)
                weight = 0 if code in FAULTS else 1
            top += float(weight)
        made = rate(code, rows, "met")
        assert (made.denominator, made.met, list(made.met_ids)) == (n, len(met), met)
        assert made.numerator == pytest.approx(top)
        assert set(made.met_ids) <= set(made.denominator_ids)
        assert not set(made.met_ids) & set(made.numerator_ids) or code not in FAULTS
        assert "exempted" not in made.excluded


@given(many)
def test_the_raw_value_is_the_same_whatever_becomes_of_the_exempted(rows: list[OrderFact]) -> None:
    for code in rules.DEFINITIONS:
        out, met = rate(code, rows, "left_out"), rate(code, rows, "met")
        assert (out.raw_numerator, out.raw_denominator) == (met.raw_numerator, met.raw_denominator)
        assert out.met == 0 and out.met_gain == 0
        assert met.raw_numerator == pytest.approx(
            met.numerator - met.met_gain + sum(met.excluded_tops.values())
        )
        assert met.raw_denominator == met.denominator + sum(met.excluded.values())


@given(many)
def test_sums_know_it_too(rows: list[OrderFact]) -> None:
    found = []
    for fact in rows:
        for code, weight in sums.counts(fact, MET_PACK).items():
            name, _, reason = code.partition(":")
            found.append(sums.Sum(0, name, reason, 1, weight))
    whole = {code: bare(one) for code, one in rules.compute(rows, {0: MET_PACK}).items()}
    assert sums.rates_of(found, {0: MET_PACK}) == whole


def test_what_leaves_an_order_out_for_another_reason_still_does() -> None:
    row = OrderFact(
        id=1, number="", disposed=True, reasons=frozenset({"held"}),
        exempted=frozenset({(1, "reply")}),
    )  # fmt: skip
    made = rate("reply", [row], "met")
    assert made.excluded == {"held": 1} and made.met == 0


def test_a_narrower_reading_follows_its_kin_and_silence_leaves_out() -> None:
    body = {**yaml.safe_load(TEXT), "exempted": {"timely": "met"}}
    pack = read(yaml.safe_dump(body, allow_unicode=True))
    said = {code: rules.terms(row, pack).exempted for code, row in rules.DEFINITIONS.items()}
    assert said["timely"] == said["disposal_timely"] == said["sign_in"] == "met"
    assert said["solved"] == said["rework"] == "left_out"


def _unhappy_and_exempted(city: City) -> Order:
    """Closed under a pack that counts the exempted as met; the citizen was half content."""
    text = TEXT.replace("version: 4", "version: 5", 1)
    text = text.replace("satisfaction: left_out", "satisfaction: met")
    publish(text, by=BY)
    order = closed(city)
    exempt(order.pk, unit=city.squad.pk, rate="satisfaction", by=BY)
    return order


def test_rows_sums_and_journal_agree_and_every_number_opens(city: City) -> None:
    left = closed(city)
    exempt(left.pk, unit=city.squad.pk, rate="satisfaction", by=BY)
    order = _unhappy_and_exempted(city)
    follow()
    made = queries.rates(month(), city.leader)[""]["satisfaction"]
    assert (made.numerator, made.denominator, made.met) == (1.0, 1, 1)
    assert made.excluded == {"exempted": 1}  # the older order keeps its own pack
    assert made.raw_numerator == pytest.approx(1.6) and made.raw_denominator == 2
    assert_same(city, wide("closed_in"))
    whole = wide("closed_in")
    assert access.may_read(city.leader, whole) and not access.may_read(city.leader, month())
    for cohort in (whole, month()):
        for part, ids in (
            ("numerator", [order.pk]), ("denominator", [order.pk]), ("met", [order.pk]),
            ("excluded", [left.pk]),
        ):  # fmt: skip
            assert queries.orders_behind(cohort, city.leader, "satisfaction", part) == ids, part
    assert verify().problems == []


def test_a_tampered_reason_is_found(city: City) -> None:
    order = _unhappy_and_exempted(city)
    follow()
    row = keeping.FigureFact.objects.get(pk=order.pk)
    row.counts["satisfaction"] = row.counts.pop(f"satisfaction:{AS_MET}")
    row.save(update_fields=["counts"])
    assert any(f"order {order.pk}: counts" in problem for problem in verify().problems)


def test_duckdb_makes_the_same(city: City, tmp_path: Path) -> None:
    _unhappy_and_exempted(city)
    city.wait(days=3)
    closed(city)
    follow()
    there = FigureSum.objects.count()
    assert FigureSum.objects.filter(codes__has_key=f"satisfaction:{AS_MET}").exists()
    FigureSum.objects.all().delete()
    made = History(tmp_path)
    made.export()
    made.scan()
    assert made.recompute() == there
    made.keep()
    assert differing() == []


def test_pages_and_the_trace_name_it(city: City) -> None:
    order = _unhappy_and_exempted(city)
    (told,) = [one for one in trace(order, city.leader) if one.code == "satisfaction"]
    assert (told.part, told.weight, told.reason) == ("numerator", 1.0, AS_MET)
    day = f"{clock.today():%Y-%m-%d}"
    client = client_of(city.leader)
    asked = f"?rate=satisfaction&part=met&kind=closed_in&since={day}&until={day}"
    body = client.get("/figures/orders" + asked).content.decode()
    assert "申诉免计、按达标计" in body and order.number in body
    assert "申诉免计的留在分母里" in client.get("/figures/definitions").content.decode()


def _shown(client: Client, where: str) -> list[tuple[str, int, str]]:
    """(part, number, address) of each number of a list of orders that stands on this page."""
    answer = client.get(where)
    assert answer.status_code == 200
    told = [
        (urljoin(where, a), crawl.shown(text))
        for a, text in crawl.read(answer.content.decode()).linked
    ]
    return [
        (parse_qs(urlsplit(a).query).get("part", [""])[0], n, a)
        for a, n in told
        if a.startswith("/figures/orders") and n
    ]


def test_exempted_of_both_kinds_open_as_many_as_their_number_says(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suqiu.figures.rules.LEAST_TO_RANK", 1)
    plain, left = closed(city), closed(city)
    exempt(left.pk, unit=city.squad.pk, rate="satisfaction", by=BY)
    order = _unhappy_and_exempted(city)
    row = schemes.propose(
        text=scheme.shipped().replace("least: 30", "least: 1"), since=clock.today().replace(day=1),
        basis="推定", by=actor_named("assessor1"),
    )  # fmt: skip
    schemes.publish(row.pk, by=city.leader)
    of = f"{clock.today():%Y-%m}"
    city.wait(days=31)
    follow()
    client = client_of(city.leader)
    whom = f"/assessment/subject?subject=unit:{city.squad.pk}&of={of}"
    for where in (whom, f"/publications?month={of}"):
        found = [one for one in _shown(client, where) if "rate=satisfaction" in one[2]]
        assert ("met", 1) in [one[:2] for one in found]
        assert ("excluded", 1) in [one[:2] for one in found]
        for part, n, address in found:
            status, numbers = crawl.listed(client, address)
            assert (status, len(numbers)) == (200, n), address
            if part == "met":
                assert numbers == [order.number]
            if part == "excluded":
                assert numbers == [left.number] and plain.number not in numbers


def test_a_granted_appeal_says_what_its_pack_makes_of_it(city: City) -> None:
    left, order = closed(city), _unhappy_and_exempted(city)
    given = {"unit": city.squad, "rate": "satisfaction", "words": "试", "state": "granted",
             "made_at": clock.now(), "made_by": BY.id, "hands": [BY.id]}  # fmt: skip
    for one in (left, order):
        Appeal.objects.create(order=one, **given)
    said = [scores.counts_as_met(Appeal.objects.get(order=one)) for one in (left, order)]
    assert said == [False, True]
    rows = client_of(city.leader).get("/assessment/work").context["appeals"]
    assert {line["one"].order_id: str(line["state"]) for line in rows} == {
        left.pk: "同意，不计入",
        order.pk: "同意，按达标计",
    }


def test_everybody_reads_how_many_count_as_met(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suqiu.figures.rules.LEAST_TO_RANK", 1)
    _unhappy_and_exempted(city)
    month = clock.today().replace(day=1)
    city.wait(days=31)
    follow()
    body = publishing.counted(month)
    assert body["rates"]["satisfaction"]["met"] == 1 and "met" not in body["rates"]["solved"]
    publishing.publish(month, seen=publishing.digest(body), by=city.leader)
    text = Client().get("/portal/figures").content.decode()
    assert text.count("考核申诉同意、按达标计 1 件") == 1
