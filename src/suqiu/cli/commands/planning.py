"""suqiu planning"""

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from suqiu.cli import house


@click.group()
def command() -> None:
    """Who is needed at the telephones, by half hour."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Take call figures from a sheet: 日期, 时段, 呼入, 接通, 平均时长 (seconds)."""
    with house.opened():
        house.migrated()
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused
        from suqiu.figures import calls

        try:
            rows = calls.read(file)
            new = calls.take_in(rows, by=system("cli"))
        except Refused as wrong:
            said = [str(finding[-1]) for finding in wrong.data.get("findings") or ()]
            raise click.ClickException("\n".join(said or [wrong.message])) from wrong
    click.echo(f"{len(rows)} half hours: {new} new, {len(rows) - new} known ones written over.")


@command.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Tomorrow where none is named.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(day: dt.datetime | None, as_json: bool) -> None:
    """Expected calls and staff of a day, half hour by half hour."""
    with house.opened():
        house.migrated()
        from suqiu.figures import planning

        made = planning.plan(day.date() if day else planning.day_of(""))
        said = planning.standard()
    if as_json:
        facts = asdict(made) | {"standard": said.model_dump()}
        click.echo(json.dumps(facts, default=str, ensure_ascii=False))
        return
    if not made.days:
        raise click.ClickException(
            f"No call figures of days like {made.day}: import a sheet first."
        )
    table = Table(
        "time", "calls", "handling s", "erlangs", "at the telephone", "rostered", "in time"
    )
    for slot in made.slots:
        table.add_row(
            slot.time, f"{slot.calls:.1f}", f"{slot.handling:.0f}", f"{slot.load:.2f}",
            str(slot.agents), str(slot.roster), f"{slot.reached:.1%}",
        )  # fmt: skip
    Console().print(table)
    click.echo(
        f"{made.day}, from {len(made.days)} days of its kind. Erlang C, {said.id} v{said.version}: "
        f"{said.service.share:.0%} within {said.service.within_s:g} s, shrinkage {said.shrinkage:.0%}."
    )
