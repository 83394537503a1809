"""suqiu serve"""

import click

from suqiu.cli import house, web


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes that answer pages.")
@click.option("--worker/--no-worker", default=True, help="Run the jobs too (default), or not.")
def command(host: str, port: int, workers: int, worker: bool) -> None:
    """Serve the pages and run the jobs until Ctrl-C."""
    with house.opened():
        house.migrate()
        house.guarded()
        house.furnish()
        web.serve(host, port, workers=workers, jobs=worker)
