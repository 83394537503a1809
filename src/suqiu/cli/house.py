"""Opening the house: the database up, Django ready, and all closed at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from suqiu.cli.places import data_folder
from suqiu.cli.postgres import running


@contextmanager
def opened() -> Iterator[str]:
    """Inside, models can be imported and asked; the answer is the database's url."""
    data = data_folder()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with running(data) as url:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqiu.config.settings")
        import django
        from django.conf import settings
        from django.db import connections

        # WhiteNoise warns of a missing folder, though the pages' files come from the packages.
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        django.setup()
        try:
            yield url
        finally:
            connections.close_all()


def migrate() -> None:
    """Bring the tables to this version."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
