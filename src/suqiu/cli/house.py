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


def furnish() -> None:
    """What a centre needs before its first appeal: districts, calendar, packs, tree, one centre.

    Nothing is changed in a house that has it; a city's own units and duty catalogue are its own.
    """
    from suqiu.base.actors import system
    from suqiu.calendars import actions as calendars
    from suqiu.catalogue import actions as catalogue
    from suqiu.catalogue.models import DutyVersion
    from suqiu.organisations import actions as organisations
    from suqiu.organisations.models import Unit
    from suqiu.policy import actions as policy

    by = system("setup")
    organisations.lay_regions(by=by)
    calendars.seed(by=by)
    policy.publish_shipped(by=by)
    catalogue.publish_lists(by=by)
    if not Unit.objects.filter(kind="centre").exists():
        organisations.found_unit(
            code="CENTRE", name="受理中心", kind="centre", region="310000", by=by
        )
    if not DutyVersion.objects.exists():
        catalogue.publish_duties(by=by, basis="尚无单位,待城市自己的派单目录")
