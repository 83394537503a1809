"""suqiu demo"""

import json
import os
from pathlib import Path

import click

from suqiu.cli import house, web


@click.command()
@click.option("--once", is_flag=True, help="Build the city, then end instead of serving it.")
@click.option("--seed", default=12345, show_default=True, help="The same seed, the same city.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write what was built to this file.",
)
@click.option(
    "--input",
    "input_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Real appeals from a spreadsheet instead of invented ones.",
)
@click.option("--limit", type=click.IntRange(min=1), help="At most this many appeals.")
@click.option("--port", default=8000, show_default=True)
@click.option(
    "--story",
    type=click.Choice(["2013"]),
    help="Instead of a month, the first half of 2013 relived, all invented.",
)
@click.option(
    "--prove", is_flag=True, help="With --story: fail where a figure is not the article's."
)
def command(
    once: bool,
    seed: int,
    json_file: Path | None,
    input_file: Path | None,
    limit: int | None,
    port: int,
    story: str | None,
    prove: bool,
) -> None:
    """A whole invented city on this machine, with people to log in as."""
    if (prove or story) and (input_file or limit or (prove and not story)):
        raise click.UsageError(
            "--prove goes with --story, and --story without --input and --limit."
        )
    if os.environ.get("SUQIU_MODE", "demo") == "production":
        raise click.ClickException("The demo does not run in production.")
    os.environ["SUQIU_MODE"] = "demo"
    with house.opened():
        house.migrate()
        from django.utils.module_loading import import_string

        # The demo stands on our own line, so it is named here, as the jobs are, not imported.
        if story:
            facts = import_string("suqiu.demo.story.run")(seed=seed, progress=click.echo)
        else:
            run = import_string("suqiu.demo.run.run")
            facts = run(seed=seed, input=input_file, limit=limit, progress=click.echo)
        if json_file:
            json_file.write_text(json.dumps(facts, default=str, ensure_ascii=False, indent=1))
        if prove:
            _prove(import_string("suqiu.demo.figures_2013.differences")(facts))
        if once:
            return
        # The site goes on from the end of the simulated month, in every process.
        os.environ["SUQIU_CLOCK_OFFSET"] = str(import_string("suqiu.demo.run.offset")())
        for role, username, password in import_string("suqiu.demo.run.logins")():
            click.echo(f"  {username:<24} {password}  {role}")
        free = web.free_port("127.0.0.1", port)
        number, code = import_string("suqiu.demo.run.citizen")()
        click.echo(f"  http://127.0.0.1:{free}/portal/  {number} {code}  诉求人：单号、查询码")
        web.serve("127.0.0.1", free)


def _prove(differing: list[str]) -> None:
    for line in differing:
        click.echo(f"DIFFERS: {line}", err=True)
    if differing:
        raise click.ClickException(f"{len(differing)} figures are not the article's.")
    click.echo("Every figure of the article came out of the orders.")
