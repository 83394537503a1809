"""suqiu worker"""

import signal
import threading

import click

from suqiu.cli import house


@click.command()
@click.option("--once", is_flag=True, help="Run every job once, then end.")
def command(once: bool) -> None:
    """Run the jobs: seal, remind, escalate, notify. Any number of workers may run."""
    with house.opened():
        house.guarded()
        from suqiu.cli import jobs

        if once:
            click.echo(f"{jobs.run_once()} things done.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # The current runs are finished first.
            signal.signal(number, lambda *_: stop.set())
        jobs.run_until(stop)
