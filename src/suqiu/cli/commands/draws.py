"""suqiu draws"""

import sys

import click

from suqiu.cli import house


@click.group()
def command() -> None:
    """Second-check draws: the hash is published before a month, the seed after."""


@command.command("list")
def show() -> None:
    """The months, their published hashes, and the seeds that are out."""
    with house.opened():
        house.migrate()
        from suqiu.orders.queries import draw_periods

        for row in draw_periods():
            click.echo(f"{row.period} sha256:{row.fingerprint} seed:{row.seed or '-'}")


@command.command()
@click.argument("period")
def verify(period: str) -> None:
    """Draw a month (2026-09) again from the journal, and name each order drawn otherwise."""
    with house.opened():
        house.migrate()
        from suqiu.base.errors import Refused
        from suqiu.orders.queries import draws

        try:
            report = draws(period)
        except Refused as error:
            raise click.ClickException(error.message) from error
    for problem in report.problems:
        click.echo(problem)
    click.echo(
        f"{report.period}: {report.orders} orders, {report.drawn} drawn, {report.beside} beside, "
        f"{len(report.problems)} problems. seed {report.seed}"
    )
    sys.exit(1 if report.problems else 0)
