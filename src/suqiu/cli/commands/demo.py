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
def command(
    once: bool,
    seed: int,
    json_file: Path | None,
    input_file: Path | None,
    limit: int | None,
    port: int,
) -> None:
    """A whole invented city on this machine, with people to log in as."""
    if os.environ.get("SUQIU_MODE", "demo") == "production":
        raise click.ClickException("The demo does not run in production.")
    os.environ["SUQIU_MODE"] = "demo"
    with house.opened():
        house.migrate()
        from django.utils.module_loading import import_string

        # The demo stands on our own line, so it is named here, as the jobs are, not imported.
        run = import_string("suqiu.demo.run.run")
        facts = run(seed=seed, input=input_file, limit=limit, progress=click.echo)
        if json_file:
            json_file.write_text(json.dumps(facts, default=str, ensure_ascii=False, indent=1))
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
