"""suqiu translations"""

import sys

import click

from suqiu.cli import translations


@click.group(hidden=True)
def command() -> None:
    """For developers: the English of every message."""


@command.command("compile")
def compile_() -> None:
    """Make what Django reads from what people write."""
    translations.compile_all()


@command.command()
def update() -> None:
    """Bring the files to the messages of the code and the templates."""
    for path in translations.update():
        click.echo(path)


@command.command()
def check() -> None:
    """Fail if a message has no translation."""
    found = list(translations.problems())
    for problem in found:
        click.echo(problem)
    sys.exit(1 if found else 0)
