"""suqiu figures"""

import datetime as dt
import json
import sys

import click
from rich.console import Console
from rich.table import Table

from suqiu.cli import house

# Spelled out, since figures can be imported only in an opened house.
_PLACES = ["region", "street", "unit", "line", "source", "category", "urgency"]
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
    table = Table(*(str(name) for name in (rows[0] if rows else {"nothing": ""})))
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)


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
def rebuild() -> None:
    """Make every fact from its order and every sum from the facts, in place of those kept."""
    with house.opened():
        house.migrate()
        from suqiu.figures import keeping

        click.echo(f"{keeping.rebuild()} orders.")
