"""Taking in what comes from outside: each request once, each row of a file once."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid, NotAllowed, Refused
from suqiu.catalogue.models import Source
from suqiu.intake import codes, readers, reports
from suqiu.intake import mapping as mappings
from suqiu.intake.models import ImportRun, Key, Receipt
from suqiu.intake.queries import Places, answered, known_keys, known_numbers, source_of
from suqiu.intake.rows import Reader, Row
from suqiu.orders.actions.draft import take_down
from suqiu.orders.models import Order
from suqiu.orders.states import VERBS

BATCH = 100
_MACHINE = system("import")

CODE_ROLES = frozenset({"call_taker", "dispatcher", "callback_officer"})


@dataclass(frozen=True)
class Outcome:
    """What became of a file's rows: each is created, known or rejected. `warnings` counts what a
    person should look at in those created."""

    rows: int
    created: int
    known: int
    rejected: int
    errors_path: Path | None = None
    warnings: dict[str, int] = field(default_factory=dict)


@dataclass
class _Run:
    """One reading of a file, under way."""

    row: ImportRun
    table: readers.Table
    reader: Reader
    client: str
    rejected: list[reports.Rejected] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)


def once(
    client: str, key: str, act: Callable[[], dict[str, Any]], *, body: str = ""
) -> tuple[dict[str, Any], bool]:
    """Do `act` and keep its answer, or give the answer that this request got before.

    Returns (answer, is new). Of two at the same moment one does it and the other gets its answer.
    Raises Invalid where the key stands for a request with another body.
    """
    try:
        # First the write: what comes for the first time, as nearly all does, is not asked for before.
        with transaction.atomic():
            receipt = Receipt.objects.create(client=client, key=key, body=body, at=clock.now())
            receipt.answer = act()
            receipt.save(update_fields=["answer"])
    except IntegrityError:
        before = answered(client, key, body)
        if before is None:
            raise
        return before, False
    return receipt.answer, True


def import_file(
    path: Path,
    *,
    preset: str | None = None,
    mapping: Path | None = None,
    by: Actor,
    progress: Callable[[int, int], None] | None = None,
    limit: int | None = None,
    source: str | None = None,
) -> Outcome:
    """Make an order of every row, or a line in the error report beside the file.

    Batches commit one by one with their receipts: a run that was stopped is finished by the next.
    Raises Invalid when the file is no table that the mapping fits; then nothing was written.
    """
    if not by.is_system and not by.roles & set(VERBS["register"].who):
        raise NotAllowed("post", _("您的岗位不登记诉求"))
    path = Path(path)
    run = _opened(path, preset, mapping, source, limit, by)
    total, done = len(run.table.rows), 0
    errors_path = None
    try:
        for batch in _batches(run.table.rows):
            _take(run, batch)
            done += len(batch)
            if progress:
                progress(done, total)
    finally:
        if run.rejected:
            errors_path = _report(path, run)
    _close(run, by)
    row = run.row
    return Outcome(
        total, row.created, row.known, row.rejected, errors_path, dict(sorted(run.warnings.items()))
    )


def _opened(
    path: Path,
    preset: str | None,
    mapping: Path | None,
    source: str | None,
    limit: int | None,
    by: Actor,
) -> _Run:
    table = readers.table(path)
    sheet = mappings.choose(preset, mapping, table.columns)
    if lacking := mappings.missing(sheet, table.columns):
        raise Invalid(
            "import.column",
            _("%(file)s 缺列：%(lacking)s；现有：%(columns)s")
            % {
                "file": path.name,
                "lacking": _("、").join(lacking),
                "columns": _("、").join(table.columns)[:300],
            },
            missing=lacking,
        )
    origin: Source = source_of(source or sheet.source)
    if limit is not None:
        table = readers.Table(table.columns, table.rows[:limit])
    row = ImportRun.objects.create(
        file=path.name[:255],
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        preset=(sheet.name if mapping is None else mapping.name)[:64],
        started=clock.now(),
        by=by.id,
    )
    return _Run(row, table, Reader(sheet, table.columns, origin, Places()), f"import:{origin.code}")


def _batches(rows: list[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _take(run: _Run, batch: list[tuple[int, list[str]]]) -> None:
    """One batch in one transaction; its rejected rows and counts are kept when it stands."""
    counts: Counter[str] = Counter()
    warnings: Counter[str] = Counter()
    rejected: list[reports.Rejected] = []
    with transaction.atomic():
        rows: list[Row] = []
        for number, cells in batch:
            try:
                rows.append(run.reader.read(number, cells))
            except Refused as error:
                rejected.append(reports.Rejected(number, cells, error.message))
        keys = known_keys(run.client, [r.key for r in rows])
        numbers = known_numbers(run.reader.source, [r.source_no for r in rows])
        for row in rows:
            if row.key in keys or row.source_no in numbers:
                counts["known"] += 1
                continue
            try:
                counts[_create(run, row)] += 1
            except Refused as error:
                if error.code == "source.known":  # another run was quicker by a moment
                    counts["known"] += 1
                else:
                    rejected.append(reports.Rejected(row.number, row.cells, error.message))
                continue
            except DataError as error:
                said = str(error).splitlines()[0]
                rejected.append(
                    reports.Rejected(
                        row.number, row.cells, _("存不下：%(error)s") % {"error": said}
                    )
                )
                continue
            warnings.update(row.warnings)
            keys.add(row.key)
            numbers |= {row.source_no} - {""}
        _count(run.row, len(batch), counts, len(rejected))
    run.rejected += rejected
    run.warnings += warnings


def _create(run: _Run, row: Row) -> str:
    """One order with its receipt. "known" when another run has taken the row meanwhile."""
    leaf = run.reader.leaf(row)
    try:
        with transaction.atomic():
            appeal = row.appeal(leaf, by=_MACHINE)
            order = take_down(appeal, by=_MACHINE)
            answer = {"order": order.number, "warnings": sorted(row.warnings)}
            Receipt.objects.create(client=run.client, key=row.key, answer=answer, at=clock.now())
    except IntegrityError:
        if known_keys(run.client, [row.key]):
            return "known"
        raise
    return "created"


def _count(row: ImportRun, rows: int, counts: Counter[str], rejected: int) -> None:
    row.rows += rows
    row.created += counts["created"]
    row.known += counts["known"]
    row.rejected += rejected
    row.save(update_fields=["rows", "created", "known", "rejected"])


def _report(path: Path, run: _Run) -> Path:
    """Beside the file, or in Suqiu's own folder where that place may not be written."""
    name = f"{path.name}.errors.csv"
    ordered = sorted(run.rejected, key=lambda r: r.number)
    try:
        return reports.write(path.with_name(name), run.table.columns, ordered)
    except OSError:
        folder = Path(settings.DATA) / "imports"
        folder.mkdir(parents=True, exist_ok=True)
        return reports.write(folder / name, run.table.columns, ordered)


def _close(run: _Run, by: Actor) -> None:
    row = run.row
    with transaction.atomic():
        row.ended = clock.now()
        row.save(update_fields=["ended"])
        facts = {
            "run": row.pk, "sha256": row.sha256, "preset": row.preset, "rows": row.rows,
            "created": row.created, "known": row.known, "rejected": row.rejected,
        }  # fmt: skip
        journal.append(f"import:{row.pk}", "import.finished", by=by, data=facts)


def issue_code(order: Order, *, sent: str, by: Actor) -> str:
    """Give the order a query code and return it, this once; a code that it had opens no more.

    `sent` is the random key of the form or message that asks: the same one gets the same code.
    Raises Invalid for a `sent` that is none, NotAllowed to who does not speak with citizens.
    """
    if not codes.is_sent_key(sent):
        raise Invalid("portal.form", _("这张表单不完整，请回到上一页重新打开"))
    if not (by.is_system or by.roles & CODE_ROLES):
        raise NotAllowed("post", _("由受理中心的人发查询码"))
    salt = hashlib.sha256(os.urandom(32)).hexdigest()[:32]
    code = codes.code_for(settings.SECRET_KEY, sent, order.pk)
    values = {
        "salt": salt,
        "hashed": codes.hashed(settings.SEARCH_KEY, salt, order.pk, code),
        "issued_at": clock.now(),
        "issued_by": by.id,
    }
    with transaction.atomic():
        _key, first = Key.objects.update_or_create(order=order, defaults=values)
        journal.append(order.chain, "code.issued", by=by, data={"again": not first})
    return code
