"""suqiu catalogue publish | source"""

from pathlib import Path

import click

from suqiu.cli import house


@click.group()
def command() -> None:
    """Whose an appeal is (派单目录), and where appeals come from."""


@command.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--basis", required=True, help="By what it is so: a notice's number, a meeting.")
def publish(file: Path | None, basis: str) -> None:
    """A new edition of the duty catalogue, from the units' trades.

    A sheet (CSV: 类别,区,街镇,单位) writes single lines differently. Orders that have begun keep the
    edition that they began with.
    """
    with house.opened():
        house.migrated()
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused
        from suqiu.catalogue import actions, queries, sheets

        house.furnish()
        try:
            own = sheets.read(file.read_bytes()) if file else {}
            edition = actions.publish_duties(by=system("cli"), basis=basis, written=own)
        except Refused as wrong:
            said = [str(finding[-1]) for finding in wrong.data.get("findings") or ()]
            raise click.ClickException("\n".join(said or [wrong.message])) from wrong
        cover = queries.coverage(edition)
    click.echo(
        f"Edition {edition.number}: {cover.lines} lines, {len(own)} of them the city's own; "
        f"{cover.by_hub} fall to a district's hub."
    )
    if cover.nobody:
        click.echo(
            f"{cover.nobody} pairs of category and district have no unit: a dispatcher must choose."
        )


@command.command()
@click.argument("code")
@click.argument("name")
@click.option(
    "--channel",
    type=click.Choice(["phone", "web", "letter", "platform", "sheet", "patrol"]),
    default="phone",
    show_default=True,
    help="How its appeals come.",
)
@click.option("--conduct", is_flag=True, help="Its appeals are about the conduct of offices.")
@click.option("--off", is_flag=True, help="No more appeals from here.")
def source(code: str, name: str, channel: str, conduct: bool, off: bool) -> None:
    """Add a hotline or other way in, or change one."""
    with house.opened():
        house.migrated()
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused
        from suqiu.catalogue import actions

        house.furnish()
        try:
            row = actions.set_source(
                code=code,
                name=name,
                channel=channel,
                conduct=conduct,
                active=not off,
                by=system("cli"),
            )
        except Refused as error:
            raise click.ClickException(f"{error.message} ({error.code})") from error
    click.echo(f"{row.code} {row.name}: {'open' if row.active else 'off the lists'}.")
