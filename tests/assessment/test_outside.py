"""A sheet of assessment before one from outside: its scores, an opinion on it, and who keeps out."""

import pytest
from django.test import Client

from suqiu.accounts.actions import give_post
from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_named
from suqiu.assessment.models import Sheet
from suqiu.assessment.outside import of_sheet
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Missing, NotAllowed
from suqiu.supervision.external.actions import inviting, opinions, terms
from suqiu.supervision.external.models import Invitation, Obligation, Opinion
from tests.assessment.test_life import SEPTEMBER, assessor, frozen, ready  # noqa: F401
from tests.city import City
from tests.desk.test_pages import client_of
from tests.notifications.test_jobs import follow_all
from tests.supervision import external as short

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def body(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def invite(desk: Client, term: int) -> Invitation:
    desk.post("/external/invite", {"term": str(term), "kind": "sheet", "key": "2026-09"})
    return Invitation.objects.get()


def test_he_reads_the_scores_and_the_centre_answers_him(
    ready: City,  # noqa: F811
    assessor: Actor,  # noqa: F811
) -> None:
    frozen(ready, assessor)
    row = invite(client_of(ready.leader), short.appointed(ready).pk)
    his = client_of(short.outside())
    page = body(his.get(f"/external/invitations/{row.pk}"))
    assert "徐汇" in page and "已冻结" in page and "2026-09" in body(his.get("/external"))
    assert his.get(f"/assessment/sheet/{row.key}").status_code == 403
    his.post(f"/external/invitations/{row.pk}/do/opine", {"words": "差不到一分的不排先后"})
    said = Opinion.objects.get()
    assert said.unit is None and Obligation.objects.get().unit is None
    opinions.answer(said, words="下月起这样办", by=ready.inspector)
    assert "下月起这样办" in body(his.get(f"/external/opinions/{said.pk}"))
    follow_all()
    assert "考核表 2026-09" in body(his.get("/messages"))  # its month, not the number of its row


def test_whose_unit_is_scored_is_not_invited_and_who_made_it_enters_nothing(
    ready: City,  # noqa: F811
    assessor: Actor,  # noqa: F811
) -> None:
    thing = of_sheet(str(frozen(ready, assessor).pk))
    mover = Person.objects.create(username="mover", name="试", password="!")
    home = short.person().postings.get().unit
    give_post(mover, unit=home, role="external_supervisor", by=system("test"))
    post = give_post(mover, unit=ready.squad, role="handler", since=SEPTEMBER[0], by=system("test"))
    post.until = SEPTEMBER[1]
    post.save()
    given = {"kind": "external", "since": SEPTEMBER[1], "until": SEPTEMBER[1].replace(year=2027)}
    term = terms.appoint(name="丁", person=mover, **given, by=ready.leader)
    with pytest.raises(NotAllowed):
        inviting.invite(term, thing, by=actor_named("inspector2"))
    paper = terms.appoint(name="戊", **given, by=ready.leader)
    row = inviting.invite(paper, thing, by=ready.leader)
    _printed, code = inviting.print_dossier(row, thing, by=ready.leader)
    told = {"way": "proxy", "code": code, "words": "可以"}
    for hand in (assessor, ready.inspector, ready.leader):
        with pytest.raises(NotAllowed):
            opinions.enter(row, thing, **told, by=hand)
    assert opinions.enter(row, thing, **told, by=actor_named("inspector2"))


def test_no_such_sheet(city: City) -> None:
    for key in ("0", "x", "9" * 30):
        with pytest.raises(Missing):
            of_sheet(key)


def test_what_was_not_scored_does_not_bury_the_scores(ready: City, assessor: Actor) -> None:  # noqa: F811
    sheet = frozen(ready, assessor)
    unscored = [{**sheet.rows[0], "subject": f"unit:{pk}", "value": None} for pk in (1, 2, 3)]
    Sheet.objects.filter(pk=sheet.pk).update(rows=[*sheet.rows, *unscored])
    told = dict(of_sheet(str(sheet.pk)).sections())
    scored = [one for one in sheet.rows if one["value"] is not None]
    assert len(told["得分"]) == len(scored)
    left = [one for one in (*sheet.rows, *unscored) if one["value"] is None]
    (names,) = told[f"件数不足，不评分：{len(left)} 家"]
    assert names.count("、") == len(left) - 1


def test_a_sheet_says_why_there_is_no_score(ready: City, assessor: Actor) -> None:  # noqa: F811
    sheet = frozen(ready, assessor)
    first, *rest = sheet.rows
    none = {**first, "value": None, "raw": None}
    Sheet.objects.filter(pk=sheet.pk).update(rows=[none, *rest])
    page = body(client_of(assessor).get(f"/assessment/sheet/{sheet.pk}"))
    table = page.split("<tbody>")[1].split("</tbody>")[0]
    assert table.count("件数不够") == 1 and "—" not in table
