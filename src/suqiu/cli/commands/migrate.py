"""suqiu migrate"""

import click

from suqiu.cli import house


@click.command()
def command() -> None:
    """Bring the database to this version."""
    with house.opened():
        house.migrate()
    click.echo("The database is up to date.")
