"""What comes out of the story: read from the issued report and the published card, and held against
the journal. Nothing here knows what was planted but `differences`, which compares."""

from typing import Any

from suqiu.audit import jobs as audit_jobs
from suqiu.audit import queries as audit
from suqiu.demo.city import BY
from suqiu.demo.planted import script
from suqiu.figures import chance, proof
from suqiu.orders.queries import visible_to
from suqiu.reports.models import Report
from suqiu.reports.proof import examine
from suqiu.supervision.inspections.models import Inspection


def counted(report: Report, inspection: Inspection) -> dict[str, Any]:
    """The figures of the half year, ratios 0–1 with their denominators and weighting."""
    audit_jobs.seal()
    audit_jobs.checkpoint()
    journal, recounted = audit.verify(), proof.verify()
    volume = report.figures["volume"]
    rates = {row["code"]: _rate(row) for row in report.figures["rates"]}
    before = {row["code"]: _rate(row) for row in report.figures["before"]}
    return {
        "report": {"number": report.number, "title": report.title, "against": report.figures["against"],
                   "text": [line for part in report.sections for line in part["paragraphs"]]},
        "districts": visible_to(BY).values("region").distinct().count(),
        "appeals": volume["now"],
        "before": volume["year"],
        "growth": chance.growth(volume["now"], volume["year"]),
        "closed": volume["closed"],
        "rates": rates,
        "rates_before": before,
        "inspection": {
            "number": inspection.number, "theme": inspection.theme,
            "lines": {row["line"]: row for row in inspection.card
                      if row["line"] and row["part"] == "random"},
        },
        "journal": {"rows": journal.rows, "verified": journal.verified,
                    "problems": journal.problems[:10]},
        "recounted": {"orders": recounted.orders, "problems": recounted.problems[:10],
                      "report": examine(report).lines(), "same": examine(report).same},
    }  # fmt: skip


def _rate(row: dict[str, Any]) -> dict[str, Any]:
    value = row["top"] / row["n"] if row["n"] else None
    kept = ("top", "n", "low", "high", "raw", "excluded", "weighting", "name")
    return {"value": value, **{key: row[key] for key in kept}}


def lines(facts: dict[str, Any]) -> list[str]:
    """The figures for a reader, each with what it was counted over."""
    told = [
        f"政风行风热线：{facts['districts']} 个区县，受理 {facts['appeals']} 件，"
        f"去年同期 {facts['before']} 件，{facts['growth'] * 100:+.1f} %"
    ]
    for code, rate in facts["rates"].items():
        if rate["value"] is None:
            continue
        old = facts["rates_before"].get(code, {}).get("value")
        moved = "" if old is None else f"，比去年同期 {(rate['value'] - old) * 100:+.1f} 个百分点"
        told.append(
            f"  {rate['name']} {rate['value'] * 100:.1f} %（n={rate['n']}，不计 {rate['excluded']} 件；"
            f"{rate['weighting']}）{moved}"
        )
    told.append(f"{facts['inspection']['number']} {facts['inspection']['theme']}：随机抽中的件")
    for line, row in facts["inspection"]["lines"].items():
        told.append(
            f"  {line}：及时 {_percent(row['timely'])}，实际解决 {_percent(row['solved'])}，"
            f"满意 {_percent(row['satisfaction'])}（n={row['satisfaction']['n']}）"
        )
    journal = facts["journal"]
    told.append(
        f"日志 {journal['rows']} 条，核验 {journal['verified']} 条；{facts['recounted']['report'][-1]}"
    )
    return told


def _percent(share: dict[str, Any]) -> str:
    return "—" if share["value"] is None else f"{share['value'] * 100:.1f} %"


def differences(facts: dict[str, Any]) -> list[str]:
    """Where what was counted is not what the article tells; empty where all of it came out."""
    told = script()["article"]
    rates, before, lines_ = facts["rates"], facts["rates_before"], facts["inspection"]["lines"]
    satisfied = rates["satisfaction"]
    moved = _points(satisfied) - _points(before["satisfaction"])
    pairs: list[tuple[str, Any, Any]] = [
        ("districts", told["districts"], facts["districts"]),
        ("appeals", told["appeals"], facts["appeals"]),
        ("appeals a year before", told["before"], facts["before"]),
        ("closed", told["appeals"], facts["closed"]),
        ("growth", told["growth"], round(facts["growth"] * 100, 1)),
        ("satisfaction", told["satisfaction"], round(_points(satisfied), 1)),
        ("satisfaction, moved", told["satisfaction_moved"], round(moved, 1)),
        ("lines inspected", sorted(told["lines"]), sorted(lines_)),
        ("figures that a recount finds otherwise", [], facts["recounted"]["problems"]),
        ("report counted again", True, facts["recounted"]["same"]),
        ("journal", [facts["journal"]["rows"], []],
         [facts["journal"]["verified"], facts["journal"]["problems"]]),
    ]  # fmt: skip
    for code, value in told["whole"].items():
        pairs.append((code, value, round(_points(rates[code]), 1)))
    for line in set(told["lines"]) & set(lines_):
        pairs.append(
            (
                f"satisfaction, {line}",
                told["lines"][line],
                round(_points(lines_[line]["satisfaction"])),
            )
        )
        for code, over in told["over"].items():
            pairs.append((f"{code}, {line}, over {over}", True, _points(lines_[line][code]) > over))
    found = [f"{name}: {want} told, {got} counted" for name, want, got in pairs if want != got]
    if not satisfied["weighting"] or not satisfied["n"]:
        found.append("satisfaction: no weighting or denominator printed")
    return found


def _points(rate: dict[str, Any]) -> float:
    """Per cent; nothing counted is none of it."""
    return (rate["value"] or 0.0) * 100
