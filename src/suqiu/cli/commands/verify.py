"""suqiu verify"""

import sys

import click

from suqiu.cli import house


@click.command()
@click.option("--root", help="A checkpoint's root kept outside the house, to verify against.")
def command(root: str | None) -> None:
    """Verify the journal's chains and places, and the orders' states against the journal."""
    with house.opened():
        house.migrate()
        from suqiu.audit import queries as audit
        from suqiu.orders import queries as orders

        report = audit.verify(root)
        problems = [*report.problems, *orders.disagreements()]
    for problem in problems:
        click.echo(problem)
    if report.rows == 0:
        click.echo("Nothing was verified: the journal is empty.")
        sys.exit(1)
    click.echo(
        f"{report.rows} entries, {report.verified} verified, {report.erased} erased, "
        f"{len(problems)} problems."
    )
    sys.exit(1 if problems else 0)
