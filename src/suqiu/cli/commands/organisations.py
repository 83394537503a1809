"""suqiu organisations import | list"""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from suqiu.cli import house


@click.group()
def command() -> None:
    """The city: its districts, the centre, and the units that handle orders."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Take a city from a sheet (CSV): 类别,代码,名称,简称,区,上级,行业,邮箱; a line for each unit.

    All of it or nothing. What is known by its code gets its new name; a second time changes nothing.
    docs/install.md shows a whole sheet.
    """
    with house.opened():
        house.migrated()
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused
        from suqiu.organisations import layout, sheets

        try:
            laid = layout.lay_out(sheets.read(file.read_bytes()), by=system("cli"))
        except Refused as wrong:
            said = [str(finding[-1]) for finding in wrong.data.get("findings") or ()]
            raise click.ClickException("\n".join(said or [wrong.message])) from wrong
    click.echo(
        f"{len(laid.places)} districts, {len(laid.founded)} units founded, {len(laid.changed)} changed."
    )
    if laid.ended:
        click.echo(f"Districts that ended: {', '.join(laid.ended)}")
    if laid.founded or laid.changed:
        click.echo("Whose an appeal is follows from `suqiu catalogue publish`.")


@command.command("list")
def show() -> None:
    """All units of today."""
    table = Table("code", "name", "kind", "district", "parent", "trade", "e-mail")
    with house.opened():
        from suqiu.base import clock
        from suqiu.organisations.queries import valid_on

        for unit in valid_on(clock.today()).select_related("region", "parent").order_by("code"):
            above = unit.parent.code if unit.parent else ""
            table.add_row(
                unit.code, unit.name, unit.kind, unit.region.name, above, unit.trade, unit.email
            )
    Console().print(table)
