"""Files through the API: looked at on arrival, once, and opened through their order only."""

import hashlib
import json
from typing import Any

import pytest

from suqiu.audit.queries import chain, looks_at
from suqiu.catalogue.models import Door
from suqiu.files.models import File
from suqiu.orders.actions import accept
from suqiu.orders.models import Attachment, Order
from suqiu.orders.queries import numbers_with
from tests.api.machines import Machine
from tests.api.test_bad_input import is_problem
from tests.city import City
from tests.pictures import photo

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x10\x00\x00\x00\x01\x00\x01\x00" + bytes(40)


@pytest.fixture
def order(city: City) -> Order:
    return city.signed()


def centre(**more: Any) -> Machine:
    return Machine("dispatcher", scopes=("files", "city"), **more)


def test_a_unit_hands_in_a_photo_which_is_listed_opened_and_logged(
    city: City, order: Order
) -> None:
    squad, data = Machine("handler", city.squad, scopes=("files",)), photo()
    sent = squad.upload(
        f"/orders/{order.number}/files", data, name="../夜 13900000001.html", kind="after",
        words="整治后", public="true",
    )  # fmt: skip
    assert sent.status_code == 201, sent.content
    told = sent.json()["file"]
    assert told["sha256"] == hashlib.sha256(data).hexdigest() and told["size"] == len(data)
    assert (told["mime"], told["kind"], told["unit"], told["public"]) == (
        "image/jpeg", "after", city.squad.code, True,
    )  # fmt: skip
    (listed,) = squad.get(f"/orders/{order.number}/files").json()["items"]
    name = listed.pop("name")
    assert "13900000001" not in name and "/" not in name and listed == told
    assert numbers_with(told["sha256"]) == [order.number] and numbers_with("0" * 64) == []
    address = f"/orders/{order.number}/files/{told['id']}"
    copy = squad.get(f"{address}/copy")
    assert copy.status_code == 200 and copy["Content-Type"] == "image/jpeg"
    assert b"TestCam" not in copy.content and copy["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in copy["Cache-Control"]
    same = squad.get(f"{address}/copy", If_None_Match=copy["ETag"])
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", copy["ETag"])
    assert squad.get(f"{address}/thumb").content != copy.content
    # Where it was taken is in the original, and that is not a unit's to read.
    is_problem(squad.get(f"{address}/original"), 404, "missing")
    assert centre().get(f"{address}/original").content == data
    looks = [(look.verb, look.actor) for look in looks_at(order.chain)]
    assert ("file", squad.row.actor_id) in looks and ("original" in {v for v, _a in looks})
    facts = [e for e in chain(order.chain) if e.kind == "order.attach"][-1]
    assert facts.actor == squad.row.actor_id and facts.data["sha256"] == [told["sha256"]]


def test_a_file_opens_through_its_own_order_and_in_no_other_way(city: City, order: Order) -> None:
    machine, other = centre(), city.signed()
    told = machine.upload(f"/orders/{order.number}/files", photo(), kind="appeal").json()["file"]
    for path in (
        f"/orders/{other.number}/files/{told['id']}/copy",
        f"/orders/{order.number}/files/{told['id'] + 999}/copy",
        f"/orders/{order.number}/files/{told['sha256']}/copy",
        f"/files/{told['sha256']}",
    ):
        assert machine.get(path).status_code in {404, 422}, path
    stranger = Machine("handler", city.other_squad, scopes=("files",))
    is_problem(stranger.get(f"/orders/{order.number}/files/{told['id']}/copy"), 404, "missing")
    is_problem(stranger.get(f"/orders/{order.number}/files"), 404, "missing")
    is_problem(stranger.upload(f"/orders/{order.number}/files", photo()), 404, "missing")
    bound = Machine(scopes=("files",), source="12319")
    is_problem(bound.get(f"/orders/{order.number}/files"), 404, "missing")
    assert machine.get(f"/orders/{order.number}/files/{told['id']}/whole").status_code == 422


def test_without_the_scope_no_file_comes_or_goes(city: City, order: Order) -> None:
    machine = Machine("dispatcher", scopes=("read", "verbs", "intake", "city"))
    for answer in (
        machine.get(f"/orders/{order.number}/files"),
        machine.get(f"/orders/{order.number}/files/1/copy"),
        machine.upload(f"/orders/{order.number}/files", photo()),
    ):
        assert is_problem(answer, 403, "api.scope")["scope"] == "files"
    assert not File.objects.exists()


def test_who_may_not_add_leaves_no_bytes(city: City, order: Order) -> None:
    auditor = Machine("auditor", scopes=("files", "city"))
    is_problem(auditor.upload(f"/orders/{order.number}/files", photo()), 403, "post")
    ended = city.registered()
    accept.reject(ended, door=Door.objects.all()[0], note="", by=city.dispatcher)
    is_problem(centre().upload(f"/orders/{ended.number}/files", photo()), 409, "state")
    squad = Machine("handler", city.squad, scopes=("files",))
    answer = squad.upload(f"/orders/{order.number}/files", photo(), kind="appeal")
    is_problem(answer, 422, "attach.kind")  # the citizen's files come through the centre
    assert not Attachment.objects.exists()
    assert not File.objects.filter(received_by=auditor.row.actor_id).exists()


def test_the_same_key_keeps_one_file_and_another_file_is_refused(city: City, order: Order) -> None:
    machine, path = centre(), f"/orders/{order.number}/files"
    first = machine.upload(path, photo(), key="one", kind="appeal")
    again = machine.upload(path, photo(), key="one", kind="appeal")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true" and again["ETag"] == first["ETag"]
    assert File.objects.count() == Attachment.objects.count() == 1
    is_problem(machine.upload(path, PDF, key="one", kind="appeal"), 422, "receipt.other_body")
    is_problem(machine.upload(path, photo(), key="one"), 422, "receipt.other_body")
    assert File.objects.count() == 1
    stale = machine.upload(path, PDF, If_Match='"old"')
    is_problem(stale, 412, "api.stale")
    assert machine.upload(path, PDF, If_Match=first["ETag"]).status_code == 201


def test_a_file_that_was_cut_off_on_the_way_is_told_by_its_hash(order: Order) -> None:
    machine, path = centre(), f"/orders/{order.number}/files"
    whole = hashlib.sha256(WAV).hexdigest()
    is_problem(machine.upload(path, WAV[:-8], sha256=whole), 422, "file.cut")
    is_problem(machine.upload(path, WAV, sha256="abc"), 422, "api.field")
    assert not File.objects.exists()
    assert machine.upload(path, WAV, sha256=whole).json()["file"]["sha256"] == whole


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.empty"),
        (b"MZ" + bytes(200), "file.type"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "file.type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file.type"),
        (photo() + b"<script>alert(1)</script>", "file.disguised"),
        (photo() + b"PK\x05\x06" + bytes(18), "file.disguised"),
        (photo()[:4000], "file.broken"),
        (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript>>"), "file.active"),
        (PDF[:-7], "file.broken"),
        (b"\xff\xd8\xff" + b"A" * 16 * 1024 * 1024, "file.large"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_and_leaves_nothing(order: Order, data: bytes, code: str) -> None:
    is_problem(centre().upload(f"/orders/{order.number}/files", data), 422, code)
    assert not File.objects.exists() and not Attachment.objects.exists()


def test_what_is_no_picture_has_its_original_only(order: Order) -> None:
    machine = centre()
    for data, mime in ((PDF, "application/pdf"), (WAV, "audio/wav")):
        told = machine.upload(f"/orders/{order.number}/files", data).json()["file"]
        assert (told["mime"], told["forms"]) == (mime, ["original"])
        got = machine.get(f"/orders/{order.number}/files/{told['id']}/original")
        assert got.content == data and got["Content-Disposition"].startswith("attachment")


def test_the_pack_says_how_many(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    machine, path = centre(), f"/orders/{order.number}/files"
    from suqiu.policy.queries import pack

    most = pack(order.pack_id).attachments.citizen_files
    for n in range(most):
        assert machine.upload(path, photo(size=(64, 40 + n)), kind="appeal").status_code == 201
    is_problem(machine.upload(path, photo(size=(64, 99)), kind="appeal"), 422, "file.many")


def form(machine: Machine, number: str, body: bytes, kind: str, **heads: str) -> Any:
    given = {"Authorization": f"Bearer {machine.token}", "Idempotency-Key": "k", **heads}
    path = f"/api/v1/orders/{number}/files"
    return machine.http.generic("POST", path, body, content_type=kind, headers=given)


PART = b'--x\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'


def test_only_one_whole_form_is_read(order: Order) -> None:
    machine, multi = centre(), "multipart/form-data; boundary=x"
    file = PART % (b"file", b'; filename="a.pdf"', PDF)
    kind, words = PART % (b"kind", b"", b"evidence"), PART % (b"words", b"", b"x\x00y")
    for body, of, status, code in (
        (b'{"file": "x"}', "application/json", 415, "api.type"),
        (b"file=x", "application/x-www-form-urlencoded", 415, "api.type"),
        (file, "text/plain", 415, "api.type"),
        (file + b"--x--", "multipart/form-data", 400, "api.form"),
        (b"", multi, 415, "api.type"),
        (kind + b"--x--", multi, 422, "api.field"),
        (file + file + b"--x--", multi, 422, "api.field"),
        (file + kind + kind + b"--x--", multi, 422, "api.field"),
        (file + PART % (b"order", b"", b"1") + b"--x--", multi, 422, "api.field"),
        (file + PART % (b"kind", b"", b"nonsense") + b"--x--", multi, 422, "api.field"),
        (file + words + b"--x--", multi, 422, "api.field"),
        (PART % (b"file", b"", PDF) + b"--x--", multi, 422, "api.field"),
        (PART % (b"kind", b'; filename="k"', b"after") + file + b"--x--", multi, 422, "api.field"),
    ):
        answer = form(machine, order.number, body, of)
        assert answer.status_code == status, (body[:80], answer.content)
        is_problem(answer, status, code)
    assert not Attachment.objects.exists()
    assert form(machine, order.number, file + kind + b"--x--", multi).status_code == 201


def test_a_flood_is_not_read(order: Order) -> None:
    machine = centre()
    answer = form(
        machine, order.number, b"x", "multipart/form-data; boundary=x",
        **{"Content-Length": str(65 * 1024 * 1024)},
    )  # fmt: skip
    is_problem(answer, 413, "api.large")


def test_a_secret_citizens_files_stay_with_the_centre_until_released(city: City) -> None:
    order = city.signed(confidential=True, paraphrase="反映某路段夜间设摊,请核查处置。")
    told = centre().upload(f"/orders/{order.number}/files", photo(), kind="appeal").json()["file"]
    squad = Machine("handler", city.squad, scopes=("files",))
    assert squad.get(f"/orders/{order.number}/files").json()["items"] == []
    is_problem(squad.get(f"/orders/{order.number}/files/{told['id']}/copy"), 404, "missing")


def test_a_platform_hands_in_what_the_citizen_gave_it(city: City) -> None:
    platform = Machine(scopes=("files",), source="12345")
    order = city.registered()
    sent = platform.upload(f"/orders/{order.number}/files", photo(), kind="appeal")
    assert sent.status_code == 201 and sent.json()["file"]["unit"] is None
    address = f"/orders/{order.number}/files/{sent.json()['file']['id']}"
    assert platform.get(f"{address}/copy").status_code == 200
    is_problem(platform.get(f"{address}/original"), 404, "missing")


def test_words_with_a_file_stand_in_the_timeline(city: City, order: Order) -> None:
    machine = Machine("dispatcher", scopes=("files", "read", "city"))
    machine.upload(f"/orders/{order.number}/files", PDF, words="附勘察记录")
    assert "附勘察记录" in json.dumps(
        machine.get(f"/orders/{order.number}/timeline").json(), ensure_ascii=False
    )
