"""suqiu report"""

import datetime as dt
import sys
from pathlib import Path

import click

from suqiu.cli import house


@click.group()
def command() -> None:
    """Monthly and special reports: draft one, list them, count an issued one again."""


def _period(text: str) -> tuple[dt.date, dt.date]:
    """The days of "2026-09", or of "2026-09-01:2026-09-15" (both included), as [start, end)."""
    try:
        if ":" in text:
            first, last = (dt.date.fromisoformat(part) for part in text.split(":"))
            return first, last + dt.timedelta(days=1)
        first = dt.date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no period: 2026-09 or 2026-09-01:2026-09-15"
        ) from error
    return first, (first + dt.timedelta(days=31)).replace(day=1)


@command.command()
@click.option(
    "--kind",
    type=click.Choice(["monthly", "special", "circular"]),
    default="monthly",
    show_default=True,
)
@click.option("--period", required=True, help="2026-09, or 2026-09-01:2026-09-15.")
@click.option("--line", default="", help="Only this line.")
@click.option("--region", default="", help="Only this district.")
@click.option("--by", "username", required=True, help="The account of the person who drafts.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the draft's PDF here."
)
def make(kind: str, period: str, line: str, region: str, username: str, out: Path | None) -> None:
    """Count a period and draft its report; reviewing and issuing are done by people at the desk."""
    start, end = _period(period)
    with house.opened():
        house.migrate()
        from suqiu.accounts.models import Person
        from suqiu.accounts.queries import actor_named
        from suqiu.base.errors import Refused
        from suqiu.reports import actions, printing

        try:
            by = actor_named(username)
            row = actions.draft(kind, start, end, by=by, scope={"line": line, "region": region})
        except Person.DoesNotExist as error:
            raise click.ClickException(f"There is no account {username!r}.") from error
        except Refused as error:
            raise click.ClickException(error.message) from error
        if out:
            out.write_bytes(printing.pdf(row, actions.issuer(row)))
        click.echo(f"report {row.pk} {row.state}: {row.title}")
        for section in row.sections:
            click.echo(f"\n{section['heading']}")
            for paragraph in section["paragraphs"]:
                click.echo(f"  {paragraph}")


@command.command("list")
def show() -> None:
    """All reports, newest first."""
    with house.opened():
        house.migrate()
        from suqiu.base.actors import system
        from suqiu.reports.queries import readable

        for row in readable(system("reports")):
            click.echo(f"{row.pk}\t{row.state}\t{row.number or '-'}\t{row.title}")


@command.command()
@click.argument("number")
def verify(number: str) -> None:
    """Count an issued report again, and check its text and files against the journal.

    Exit 0: the same to the unit. Exit 1: what differs, and the events that came after it.
    """
    with house.opened():
        house.migrate()
        from suqiu.base.errors import Refused
        from suqiu.reports.proof import verify as prove

        try:
            found = prove(number)
        except Refused as error:
            raise click.ClickException(error.message) from error
    for line in found.lines():
        click.echo(line)
    sys.exit(0 if found.same else 1)
