"""suqiu import"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from suqiu.cli import house


def _tell(done: int, total: int) -> None:
    click.echo(f"\r{done}/{total} rows", nl=False, err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preset", help="A mapping that comes with Suqiu, by name.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own mapping of columns to fields.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only the first rows.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the outcome to this file.",
)
def command(
    file: Path, preset: str | None, mapping: Path | None, limit: int | None, json_file: Path | None
) -> None:
    """Take appeals from a spreadsheet; a row brought twice is known, not doubled."""
    with house.opened():
        house.migrate()
        house.furnish()
        from suqiu.base.actors import system
        from suqiu.intake import actions

        extra: dict[str, Any] = {} if limit is None else {"limit": limit}
        outcome = actions.import_file(
            file,
            preset=preset,
            mapping=mapping,
            by=system("import"),
            progress=_tell,
            **extra,
        )
    click.echo(err=True)
    if json_file:
        facts = json.dumps(asdict(outcome), default=str, ensure_ascii=False, indent=1)
        json_file.write_text(facts, "utf-8")
    click.echo(
        f"{outcome.rows} rows: {outcome.created} created, {outcome.known} known, "
        f"{outcome.rejected} rejected."
    )
    if outcome.rejected:
        click.echo(f"What was rejected and why: {outcome.errors_path}")
