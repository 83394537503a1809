"""suqiu migrate"""

import click

from suqiu.cli import house


@click.command()
@click.option("--backup/--no-backup", default=True, help="Back up first what would be missed.")
def command(backup: bool) -> None:
    """Bring the database to this version; what is in it is backed up before it is changed."""
    with house.opened():
        house.migrate(backup=backup)
    click.echo("The database is up to date.")
