"""suqiu assets"""

import click

from suqiu.cli import assets


@click.command()
@click.option("--dev", is_flag=True, help="Also what the tests need.")
@click.option("--if-missing", is_flag=True, help="Do nothing if the icons are there.")
def command(dev: bool, if_missing: bool) -> None:
    """Fetch the icons from npm and join them into one file."""
    if if_missing and not assets.wanted():
        return
    click.echo(f"Made {assets.build(dev=dev)}.")
