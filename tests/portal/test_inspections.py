"""A published inspection before everybody: the card by line, and nothing that points to one order."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from suqiu.supervision.inspections import actions, openly, rules
from suqiu.supervision.inspections.models import Inspection, Item
from tests.city import City
from tests.supervision.test_inspections import YES, drawn, items, outside  # noqa: F401

pytestmark = pytest.mark.django_db


def share(n: int, top: float | None = None) -> dict[str, Any]:
    if not n:
        return {"top": 0, "n": 0, "value": None, "low": None, "high": None}
    top = n * 0.8 if top is None else top
    low, high = rules.wilson(top, n)
    return {"top": top, "n": n, "value": top / n, "low": low, "high": high}


def line(code: str, n: int, part: str = "random", **others: int) -> dict[str, Any]:
    sizes = {m: others.get(m, n) for m in (*openly.MEASURES, "said")}
    return {"part": part, "line": code, "items": n, "score": 0.8,
            **{m: share(size) for m, size in sizes.items()}}  # fmt: skip


def hidden(card: list[dict[str, Any]], measure: str = "solved") -> set[str]:
    at = openly.MEASURES.index(measure)
    return {row.line for row in openly.rows(card) if row.cells[at].hidden}


def card(**lines: int) -> list[dict[str, Any]]:
    return [line("", sum(lines.values())), *(line(code, n) for code, n in lines.items())]


def test_a_small_cell_is_kept_back_and_so_is_what_would_give_it_away() -> None:
    assert hidden(card(C=40, S=30)) == set()
    # One small line would be the total less the others: the next smallest goes with it.
    assert hidden(card(C=40, S=30, G=4)) == {"G", "S"}
    assert hidden(card(C=40, S=30, G=6, L=5)) == {"G", "L"}, "eleven together tell of nobody"
    assert hidden(card(C=40, G=4)) == {"G", "C"} and hidden(card(G=4)) == {"", "G"}
    row = next(r for r in openly.rows(card(C=40, S=30, G=4)) if r.line == "G")
    assert row.items is None and row.score is None and {c.n for c in row.cells} == {0}


@given(st.dictionaries(st.sampled_from("CSGLX"), st.integers(0, 45), max_size=5))
def test_nothing_under_ten_can_be_subtracted(lines: dict[str, int]) -> None:
    rows = openly.rows(card(**lines))
    shown = {r.line: r.cells[1].n for r in rows if not r.cells[1].hidden}
    assert all(n == 0 or n >= openly.LEAST for n in shown.values())
    kept = sum(lines.get(r.line, 0) for r in rows if r.line and r.cells[1].hidden)
    if "" in shown:
        assert (
            kept == 0
            or kept >= openly.LEAST
            or all(r.cells[1].hidden for r in rows if r.line and lines[r.line])
        )


def test_each_measure_and_each_part_is_kept_back_by_its_own_numbers() -> None:
    both = [line("", 60, timely=8), line("C", 60, timely=8), line("", 3, "purposive")]
    rows = openly.rows(both)
    assert [c.hidden for c in rows[0].cells] == [True, False, False, False]
    assert rows[0].score == 0.8 and rows[0].items == 60
    assert rows[2].items is None and all(c.hidden for c in rows[2].cells) and rows[2].score is None


def published(city: City, outside: Any) -> Inspection:  # noqa: F811
    inspection = drawn(city, outside)
    for item in items(inspection):
        actions.check(inspection, item, answers=YES, words="棚子拆了", by=outside)
        actions.survey(inspection, item, level="满意", by=city.inspector)
    actions.finish(inspection, by=city.inspector)
    return actions.publish(inspection, by=city.leader)


def test_only_a_published_one_is_there_and_it_names_no_order_and_no_place(
    city: City,
    outside: Any,  # noqa: F811
) -> None:
    client = Client()
    assert "还没有公布的专项检查" in client.get("/portal/inspections").content.decode()
    drawn(city, outside)
    text = client.get("/portal/inspections").content.decode()
    assert "还没有公布的专项检查" in text
    row = published(city, outside)
    Inspection.objects.filter(pk=row.pk).update(card=card(C=40, S=30, G=4))
    text = client.get("/portal/inspections").content.decode()
    assert (
        "三个二专项检查" in text and "80.0" in text and "不单列" in text and row.list_hash in text
    )
    for item in Item.objects.select_related("order"):
        assert item.order and item.order.number not in text and item.order.address not in text
    for secret in ("青禾路", "棚子", "王试", city.squad.name, row.seed):
        assert secret not in text
    assert client.get("/portal/inspections?of=ZX-none").status_code == 404
    other = Inspection.objects.exclude(pk=row.pk).get()
    assert client.get(f"/portal/inspections?of={other.number}").status_code == 404
    assert client.get(f"/portal/inspections?of={row.number}").status_code == 200


def test_a_telephone_in_the_theme_is_not_told(city: City, outside: Any) -> None:  # noqa: F811
    row = published(city, outside)
    Inspection.objects.filter(pk=row.pk).update(theme="核查 13900000001 反映的设摊")
    assert "13900000001" not in Client().get("/portal/inspections").content.decode()


def test_the_page_speaks_english(city: City, outside: Any) -> None:  # noqa: F811
    row = published(city, outside)
    Inspection.objects.filter(pk=row.pk).update(card=card(C=40, S=30, G=4))
    before = translation.get_language()
    text = Client(headers={"accept-language": "en"}).get("/portal/inspections").content.decode()
    assert 'lang="en"' in text and "Drawn by lot" in text and "随机抽查" not in text
    translation.activate(before)
