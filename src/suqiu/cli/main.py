"""The command `suqiu`."""

from importlib import import_module

import click

from suqiu import cli
from suqiu.cli import processes
from suqiu.cli.binaries import NoPostgres

# Each in a module of its own under `commands`, so that --help needs neither Django nor a database.
COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "worker": "worker",
    "migrate": "migrate",
    "assets": "assets",
    "translations": "translations",
    "verify": "verify",
    "draws": "draws",
    "doctor": "doctor",
    "secrets": "secrets",
    "admin": "admin",
    "organisations": "organisations",
    "catalogue": "catalogue",
    "backup": "backup",
    "restore": "restore",
    "erase": "erase",
    "import": "importing",
    "figures": "figures",
    "report": "report",
    "policy": "policy",
    "clients": "clients",
    "calendar": "calendar",
    "planning": "planning",
    "bench": "bench",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"{cli.__name__}.commands.{COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> object:
        processes.raise_on_signals()
        try:
            return super().invoke(ctx)
        except NoPostgres as error:
            raise click.ClickException(str(error)) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if why := _from_outside(error):
                raise click.ClickException(why) from error
            raise


def _from_outside(error: BaseException) -> str:
    """What is wrong with the settings or the way to the database, for whoever sets this up; "" for
    any other error, whose trace he must be able to send us."""
    from django.core.exceptions import ImproperlyConfigured  # here: --help does not wait for them
    from psycopg import OperationalError

    if isinstance(error, ImproperlyConfigured):
        return str(error)
    found = error if isinstance(error, OperationalError) else error.__cause__
    said = str(found).strip() if isinstance(found, OperationalError) else ""
    return f"The database does not answer: {said}" if said else ""


@click.group(cls=_Commands)
@click.version_option(package_name="suqiu")
def main() -> None:
    """Suqiu 诉求: the complaint hotline, from the call to the verified answer."""
