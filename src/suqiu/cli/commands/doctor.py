"""suqiu doctor"""

import sys

import click

from suqiu.cli import house


@click.command()
def command() -> None:
    """Look at everything that must be right, a line each."""
    with house.opened() as url:
        from suqiu.cli import health

        lines = health.looked_at(url)
    for line in lines:
        sign = "BAD " if not line.well else "warn" if line.warns else "ok  "
        click.echo(f"{sign} {line.what}: {line.said}")
    sys.exit(0 if all(line.well for line in lines) else 1)
