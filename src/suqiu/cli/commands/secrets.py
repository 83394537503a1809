"""suqiu secrets"""

import base64
import os
import secrets

import click


@click.command()
def command() -> None:
    """Print new secrets for a production house, as lines of an environment file.

    Keep the last three apart from the database's backups, and for ever: without them no identity
    opens and nobody is found again.
    """
    key = base64.b64encode(os.urandom(32)).decode()
    click.echo(f"SUQIU_SECRET={secrets.token_urlsafe(48)}")
    click.echo(f"SUQIU_IDENTITY_KEYS=k1:{key}")
    click.echo(f"SUQIU_SEARCH_KEY={secrets.token_urlsafe(48)}")
    click.echo(f"SUQIU_SEAL_KEY={secrets.token_urlsafe(48)}")
