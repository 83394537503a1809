"""suqiu figures"""

import datetime as dt
import json
import sys
from itertools import groupby
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from suqiu.cli import house

# Spelled out, since figures can be imported only in an opened house.
_PLACES = [
    "region",
    "street",
    "unit",
    "line",
    "source",
    "channel",
    "category",
    "urgency",
    "person",
]
_GROUPS = [*_PLACES, "week", "month", "year"]
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(invoke_without_command=True)
@click.pass_context
@click.option("--from", "since", type=_DAY, help="The first day.")
@click.option("--to", "until", type=_DAY, help="The last day.")
@click.option(
    "--by",
    "group",
    type=click.Choice(["all", *_GROUPS]),
    default="all",
    show_default=True,
    help="What the rows are.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    context: click.Context,
    since: dt.datetime | None,
    until: dt.datetime | None,
    group: str,
    as_json: bool,
) -> None:
    """The rates of a period, row by row."""
    if context.invoked_subcommand:
        return
    if since is None or until is None:
        raise click.UsageError("Name the first day with --from and the last with --to.")
    with house.opened():
        from suqiu.base.actors import system
        from suqiu.figures import queries

        rows = queries.table(
            since=since.date(), until=until.date(), group=group, by=system("figures")
        )
    if as_json:
        click.echo(json.dumps(rows, default=str, ensure_ascii=False))
        return
    show(rows, group, Console())


def show(rows: list[dict[str, Any]], group: str, console: Console) -> None:
    """A block for each row key: twelve columns side by side leave nothing of a name at 80 signs."""
    if not rows:
        console.print("Nothing was counted in these days.")
    for key, block in groupby(rows, key=lambda row: row[group]):
        table = Table("rate", "", box=None, padding=(0, 1, 0, 0))
        for head in ("value", "95 %", "of n", "raw", "excluded"):
            table.add_column(head, justify="right")
        for row in block:
            table.add_row(
                row["code"], row["rate"], row["value"], f"{row['low']}–{row['high']}",
                f"{row['numerator']:.1f} / {row['n']}", row["raw"], str(row["excluded"]),
            )  # fmt: skip
        console.print(f"{group} {key}" if group != "all" else "all", style="bold", markup=False)
        console.print(table)
        console.print()
    for (weighting, pack), codes in _weighted(rows).items():
        console.print(f"{weighting} ({pack}): {', '.join(codes)}", markup=False)


def _weighted(rows: list[dict[str, Any]]) -> dict[tuple[str, str], list[str]]:
    """Which rates are weighed alike under one pack, as the rows name them."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        codes = found.setdefault((row["weighting"], row["pack"]), [])
        if row["code"] not in codes:
            codes.append(row["code"])
    return found


@command.command()
def verify() -> None:
    """Make every figure again from orders and journal, and name what differs."""
    with house.opened():
        house.migrate()
        from suqiu.figures import proof

        report = proof.verify()
    for problem in report.problems:
        click.echo(problem)
    if report.orders == 0 and not report.problems:
        click.echo("Nothing was verified: there are no orders.")
        sys.exit(1)
    click.echo(
        f"{report.orders} orders, {report.sums} sums, {len(report.problems)} problems. "
        f"Not told by the journal, and held against the orders only: {', '.join(proof.NOT_TOLD)}."
    )
    sys.exit(1 if report.problems else 0)


@command.command()
@click.argument("number")
@click.option("--rate", "code", help="This rate only.")
def trace(number: str, code: str | None) -> None:
    """How one order counts in each rate, and the entries of its journal that this rests on."""
    with house.opened():
        from suqiu.base.actors import system
        from suqiu.figures.trace import trace as traced
        from suqiu.orders.queries import get_for

        by = system("figures")
        rows = [one for one in traced(get_for(by, number), by) if code in {None, one.code}]
        for one in rows:
            click.echo(
                f"{one.code}: {one.part or 'not counted'} {one.weight:g} {one.reason}".strip()
            )
            for entry in one.entries:
                click.echo(f"    #{entry.seq} {entry.at:%Y-%m-%d %H:%M:%S} {entry.kind} "
                           f"{bytes(entry.hash).hex()[:16]}")  # fmt: skip


@command.command()
def rebuild() -> None:
    """Make every fact from its order and every sum from the facts, in place of those kept."""
    with house.opened():
        house.migrate()
        from suqiu.figures import keeping

        click.echo(f"{keeping.rebuild()} orders.")


@command.command()
@click.option("--of", default="", help="The month, as 2026-09; this one by default.")
@click.option("--upstream", default="", help="Id and version, as 'sh-town-2018 v1'.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def shadow(of: str, upstream: str, as_json: bool) -> None:
    """Our score beside the upstream's, with what will be of it at the month's end."""
    with house.opened():
        from suqiu.assessment.shadow import queries
        from suqiu.base import clock
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused

        try:
            span = queries.month(of or f"{clock.today():%Y-%m}")
            day = min(clock.today(), span[1] - dt.timedelta(days=1))
            one = queries.chosen(upstream, day)
            found = queries.as_json(one, queries.scores(one, span, system("figures")))
        except Refused as error:
            raise click.ClickException(error.message) from error
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    console = Console()
    console.print(f"{found['upstream']['key']}, {found['upstream']['confidence']}")
    table = Table("region", "n", "theirs", "month's end", "ours", "orders apart")
    for region, row in found["subjects"].items():
        end = row["forecast"][""] if row["forecast"] else None
        apart = sum(step["n"] for one in row["measures"] for step in one["steps"])
        table.add_row(
            region, str(row["n"]), f"{row['theirs']:.2f}",
            f"{end['middle']:.1f} ({end['low']:.1f}–{end['high']:.1f})" if end else "—",
            "—" if row["ours"] is None else f"{row['ours']:.2f}", str(apart),
        )  # fmt: skip
    console.print(table)
