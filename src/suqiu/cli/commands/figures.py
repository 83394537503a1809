"""suqiu figures"""

import datetime as dt
import json

import click
from rich.console import Console
from rich.table import Table

from suqiu.cli import house

# Spelled out, since figures can be imported only in an opened house.
_PLACES = ["region", "street", "unit", "line", "source", "category", "urgency"]
_GROUPS = [*_PLACES, "week", "month", "year"]
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "since", type=_DAY, required=True, help="The first day.")
@click.option("--to", "until", type=_DAY, required=True, help="The last day.")
@click.option(
    "--by",
    "group",
    type=click.Choice(["all", *_GROUPS]),
    default="all",
    show_default=True,
    help="What the rows are.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(since: dt.datetime, until: dt.datetime, group: str, as_json: bool) -> None:
    """The rates of a period, row by row."""
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
