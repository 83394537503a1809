"""suqiu policy"""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from suqiu.cli import house

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """The packs of rules: limits, notices, callbacks, rates."""


@command.command("list")
def list_() -> None:
    """Every published version, and the readings that come with Suqiu and are not published."""
    with house.opened():
        from suqiu.base.errors import Refused
        from suqiu.policy import actions, queries, rules

        try:
            now = queries.in_force()
        except Refused:
            now = None
        table = Table("pack", "version", "from", "confidence", "name")
        known = set()
        for row in queries.published():
            known.add((row.code, row.version))
            since = f"{row.effective_from:%Y-%m-%d}{' in force' if row == now else ''}"
            table.add_row(row.code, str(row.version), since, row.confidence, row.name)
        for file in actions.readings():
            pack = rules.read(file.read_text("utf-8"), file.name)
            if (pack.id, pack.version) not in known:
                told = ("not published", pack.confidence, pack.name)
                table.add_row(pack.id, str(pack.version), *told)
    Console().print(table)
    click.echo(f"The readings lie in {actions.READINGS}")


@command.command()
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Say whether a pack can be published; if not, on which line it is wrong. Needs no database."""
    from suqiu.base.errors import Invalid
    from suqiu.policy.rules import read

    try:
        pack = read(_text(file), file.name)
    except Invalid as wrong:
        click.echo(wrong.data["said"], err=True)
        sys.exit(1)
    click.echo(
        f"{pack.id} version {pack.version}: {len(pack.obligations)} obligations. It is well."
    )
    click.echo(f"Basis: {pack.basis} (confidence: {pack.confidence})")


@command.command()
@click.argument("file", type=_FILE)
@click.option(
    "--from",
    "since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day on which orders begin with it. Today, where the file names a past one.",
)
def publish(file: Path, since: dt.datetime | None) -> None:
    """Put a pack into force. Orders that have begun keep the pack that they began with."""
    with house.opened():
        from suqiu.base import clock
        from suqiu.base.actors import system
        from suqiu.base.errors import Invalid, Refused
        from suqiu.policy import actions

        day = since.replace(tzinfo=clock.LOCAL) if since else clock.now()
        try:
            row = actions.publish(_text(file), by=system("policy"), name=file.name, not_before=day)
        except Invalid as wrong:
            raise click.ClickException(str(wrong.data.get("said", wrong.code))) from wrong
        except Refused as refused:
            raise click.ClickException(
                f"{refused.code}: this version is published with another text; raise its version."
            ) from refused
        when = clock.local(row.effective_from)
    click.echo(
        f"{row.code} version {row.version} holds for orders begun from {when:%Y-%m-%d %H:%M}."
    )


@command.command()
@click.option("--pack", "file", type=_FILE, required=True, help="The other pack, a file.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def replay(file: Path, since: dt.datetime, until: dt.datetime, as_json: bool) -> None:
    """Judge the orders that were accepted in these days under another pack, published or not."""
    with house.opened():
        from suqiu.base import clock
        from suqiu.base.actors import system
        from suqiu.base.errors import Invalid
        from suqiu.figures import cohorts
        from suqiu.figures.replay import replay as judge
        from suqiu.policy.rules import read

        try:
            other = read(_text(file), file.name)
        except Invalid as wrong:
            raise click.ClickException(str(wrong.data.get("said", wrong.code))) from wrong
        first, after = since.date(), until.date() + dt.timedelta(days=1)
        cohort = cohorts.Cohort("accepted_in", clock.midnight(first), clock.midnight(after))
        told = judge(cohort, other, by=system("figures")).as_json()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    _show_replay(told)


def _show_replay(told: dict[str, Any]) -> None:
    table = Table("rate", "as it was", "n", "under the other", "n", "change")
    for code, row in told["rates"].items():
        table.add_row(code, *(_shown(row[k]) for k in ("before", "n", "now", "n_now", "change")))
    Console().print(table)
    for one in told["moved"]:
        was, now = (", ".join(one[side]) or "nothing" for side in ("late_before", "late_now"))
        click.echo(f"{one['number']}: late with {was}; under the other pack with {now}")
    if told["not_judged"]:
        click.echo(f"Not judged, for nobody had these clocks: {', '.join(told['not_judged'])}")
    click.echo(f"{told['orders']} orders, {len(told['moved'])} judged otherwise.")


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name} is not UTF-8: {error.reason}") from error
