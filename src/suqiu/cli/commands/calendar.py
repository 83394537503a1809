"""suqiu calendar"""

from pathlib import Path

import click

from suqiu.cli import house


@click.group()
def command() -> None:
    """The working calendar."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", type=click.IntRange(2004, 2100), required=True, help="The year it is of.")
@click.option("--source", required=True, help="The notice's number, kept with every day.")
@click.option("--correcting", is_flag=True, help="Change a year that is already certain.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def import_(file: Path, year: int, source: str, correcting: bool, dry_run: bool) -> None:
    """Take a year from a sheet: 日期,类型,名称; only the days that depart from the week."""
    with house.opened():
        house.migrated()
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused
        from suqiu.calendars import actions, queries

        try:
            days = actions.read_csv(file.read_bytes())
            actions.check(year, days, source)
            would = queries.would_change(year, days)
            if not dry_run:
                actions.import_year(
                    year, days, source=source, by=system("cli"), correcting=correcting
                )
        except Refused as wrong:
            said = [str(finding[-1]) for finding in wrong.data.get("findings") or ()]
            raise click.ClickException("\n".join(said or [wrong.message])) from wrong
    for change in would.changed:
        click.echo(f"{change.date} {change.kind} {change.name}".rstrip())
    done = "would change" if dry_run else "changed"
    click.echo(
        f"{year}: {len(would.holidays)} days off, {len(would.worked)} worked weekend days; "
        f"{len(would.changed)} days {done}."
    )
