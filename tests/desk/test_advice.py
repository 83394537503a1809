"""Advice of a callback: the unit reads and answers it, once; the centre sees what came of it."""

import pytest

from suqiu.audit.queries import chain
from suqiu.callbacks.actions import AnswerGiven, record
from suqiu.callbacks.models import Advice
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
WORDS = "收摊后请一并清扫油污"


def advised(city: City) -> Advice:
    """The citizen says no, so the order goes back to the unit and the advice with it."""
    order = city.in_callback()
    answer = AnswerGiven(solved="no", satisfaction="不满意", disposal_true=True, advice=WORDS)
    return Advice.objects.get(attempt=record(order, by=city.hub, outcome="reached", answer=answer))


def test_the_unit_answers_once_and_the_centre_sees_it(city: City) -> None:
    advice = advised(city)
    unit, centre = client_of(city.handler), client_of(city.dispatcher)
    assert WORDS in unit.get("/advice").content.decode()
    assert "还没有答复" in centre.get("/advice").content.decode()
    assert unit.post(f"/advice/{advice.pk}", {"words": "  "}).status_code == 422
    assert unit.post(f"/advice/{advice.pk}", {"words": "已排定每晚冲洗"}).status_code == 302
    assert "已排定每晚冲洗" in centre.get("/advice").content.decode()
    assert chain(advice.attempt.order.chain)[-1].kind == "callback.advice_answered"
    assert unit.post(f"/advice/{advice.pk}", {"words": "再答一次"}).status_code == 404


def test_another_unit_neither_reads_nor_answers_it(city: City) -> None:
    advice = advised(city)
    other = client_of(city.outsider)
    assert WORDS not in other.get("/advice").content.decode()
    assert other.post(f"/advice/{advice.pk}", {"words": "不是我们"}).status_code in {403, 404}
    assert client_of(city.call_taker).get("/advice").status_code == 403
    advice.refresh_from_db()
    assert advice.answer == ""
