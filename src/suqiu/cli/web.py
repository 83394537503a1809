"""The web server and the worker, as children that end together."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress

import click

from suqiu.cli import postgres, processes

PATIENCE = 20.0


def _granian(host: str, port: int, workers: int) -> list[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", host, "--port", str(port), "--workers", str(workers)]
    command += ["--respawn-failed-workers", "--log-level", "warning"]
    # Threads of one process take turns in Python, and each turn costs: few of them answer more in all
    # than many. A slow page must not hold up the whole house, so there are four at least.
    threads = max(2, 4 // workers)
    command += ["--blocking-threads", str(threads), "--backpressure", "256"]
    return [*command, "suqiu.config.wsgi:application"]


def free_port(host: str, port: int) -> int:
    """`port`, or the next one that nobody has."""
    for candidate in range(port, port + 50):
        with socket.socket() as asked:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                asked.bind((host, candidate))
                return candidate
    raise click.ClickException(f"The ports {port} to {port + 49} are all taken.")


def _wait_until_answering(url: str, child: "subprocess.Popen[bytes]") -> None:
    """Return when a page comes, whatever it says, or when the child has ended."""
    until = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own server
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return


def serve(host: str, port: int, *, workers: int = 1, jobs: bool = True) -> None:
    """Serve until Ctrl-C or SIGTERM; a child that ends by itself ends all."""
    if free_port(host, port) != port:
        raise click.ClickException(f"Port {port} is taken; choose another with --port.")
    children = [processes.start(_granian(host, port, workers))]
    try:
        if jobs:
            children.append(processes.start([sys.executable, "-m", "suqiu.cli", "worker"]))
        shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared only
        _wait_until_answering(f"http://{shown}:{port}/login", children[0])
        click.echo(f"Suqiu is at http://{shown}:{port}/ (Ctrl-C ends it).")
        while all(child.poll() is None for child in children):
            postgres.revive()
            time.sleep(0.5)
        raise click.ClickException("A part of the server ended by itself; see above.")
    except KeyboardInterrupt:
        click.echo("\nStopping.")
    finally:
        for child in children:
            processes.stop(child, signal.SIGTERM, PATIENCE)
