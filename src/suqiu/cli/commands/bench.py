"""suqiu bench"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from suqiu.cli import house, processes

_JSON = click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the figures to this file.",
)


@click.group()
def command() -> None:
    """Measure this machine, each time in a database of its own that is thrown away."""


@contextmanager
def _city() -> Iterator[str]:
    """A furnished city on a new durable PostgreSQL: the places and people of the demo, no orders.

    The answer is the alias of its owner's connection, by which volumes are loaded.
    """
    if os.environ.pop("DATABASE_URL", None):
        click.echo("DATABASE_URL is left alone: a bench makes its own server.", err=True)
    with tempfile.TemporaryDirectory(prefix="suqiu-bench-") as folder:
        Path(folder).chmod(
            0o711
        )  # the server's own user has to pass; what he has inside is his alone
        os.environ.update(SUQIU_DATA=folder, SUQIU_MODE="development")
        with house.opened():
            house.migrate()
            from django.utils.module_loading import import_string

            import_string("suqiu.demo.city.lay")()
            with house.as_owner() as owner:
                yield owner


def _run(name: str, json_file: Path | None, **asked: Any) -> None:
    with _city() as owner:
        from django.utils.module_loading import import_string

        work: Callable[..., dict[str, Any]] = import_string(f"suqiu.bench.{name}.run")
        # As the web server does, whose pages are made in this process here.
        processes.keep_loaded()
        figures = work(
            **asked, owner=owner, progress=lambda text: click.echo(f"… {text}", err=True)
        )
        told = {"machine": import_string("suqiu.bench.measure.machine")(), **figures}
    if json_file:
        json_file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    Console().print(_table(name, told))


def _table(name: str, told: dict[str, Any]) -> Table:
    table = Table("what", "figure", title=f"suqiu bench {name}")
    for key, value in _flat("", told):
        table.add_row(key, f"{value:,}" if isinstance(value, int | float) else str(value))
    return table


def _flat(before: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{before}{key}.", inner)
    else:
        yield before.rstrip("."), value


@command.command()
@click.option("--orders", default=1_000_000, show_default=True)
@click.option("--times", default=100, show_default=True, help="Pages of each kind.")
@_JSON
def queue(orders: int, times: int, json_file: Path | None) -> None:
    """The first page of a queue, in a small house and in a large one."""
    _run("queue", json_file, orders=orders, times=times)


@command.command()
@click.option("--open", "open_clocks", default=300_000, show_default=True)
@click.option("--due", default=30_000, show_default=True)
@_JSON
def sweep(open_clocks: int, due: int, json_file: Path | None) -> None:
    """Many clocks falling due at once, swept by two workers."""
    _run("sweep", json_file, open_clocks=open_clocks, due=due)


@command.command()
@click.option("--seconds", default=10.0, show_default=True, help="For each kind of page.")
@_JSON
def order(seconds: float, json_file: Path | None) -> None:
    """Pages of an order a second."""
    _run("pages", json_file, seconds=seconds)


@command.command()
@click.option("--seconds", default=20.0, show_default=True, help="For each part.")
@_JSON
def intake(seconds: float, json_file: Path | None) -> None:
    """Appeals a second through the API, beside plain writes of the same rows."""
    _run("intake", json_file, seconds=seconds)


@command.command()
@click.option("--minutes", default=10.0, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Of the moments and of who is killed.")
@_JSON
def kills(minutes: float, seed: int, json_file: Path | None) -> None:
    """kill -9 of web, worker and PostgreSQL while people and a machine work; what was lost or doubled."""
    from django.utils.module_loading import import_string

    work: Callable[..., dict[str, Any]] = import_string("suqiu.bench.drill.kills.run")
    told = work(minutes=minutes, seed=seed, progress=lambda text: click.echo(f"… {text}", err=True))
    if json_file:
        json_file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    Console().print(_table("kills", told))
    if told["wrong"]:
        raise click.ClickException(f"{told['wrong']} things are not as they must be.")


@command.command()
@click.option("--orders", default=200_000, show_default=True)
@click.option("--times", default=50, show_default=True, help="Pages at each size.")
@_JSON
def figures(orders: int, times: int, json_file: Path | None) -> None:
    """The leader's page from sums, in a small house and in a large one, and all sums anew."""
    _run("figures", json_file, orders=orders, times=times)


@command.command()
@click.option("--seed", default=1, show_default=True, help="Of what people do, well and badly.")
@click.option("--honest", default=4000, show_default=True, help="Honest orders around the frauds.")
@_JSON
def signals(seed: int, honest: int, json_file: Path | None) -> None:
    """200 planted frauds of seven kinds: how many raise a signal, and how many honest orders do."""
    _run("signals", json_file, seed=seed, honest=honest)


@command.command()
@click.option(
    "--orders",
    default=(50_000, 200_000),
    multiple=True,
    show_default=True,
    help="Ended within the month; once for each size.",
)
@click.option("--times", default=20, show_default=True, help="Pages at each size.")
@_JSON
def shadow(orders: tuple[int, ...], times: int, json_file: Path | None) -> None:
    """The shadow score's page over a month of few orders and of many."""
    _run("shadow", json_file, orders=orders, times=times)
