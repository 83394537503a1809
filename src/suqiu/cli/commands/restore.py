"""suqiu restore"""

from pathlib import Path

import click

from suqiu.cli import house
from suqiu.cli.places import data_folder


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Bring a backup back into an empty house, and verify that all of it came."""
    with house.opened():
        from suqiu.appellants import queries as appellants
        from suqiu.audit import queries as audit
        from suqiu.cli import restore
        from suqiu.orders import queries as orders

        manifest = restore.bring_back(file, house.owner(), data_folder())
        house.migrate(backup=False)
        report = audit.verify(manifest.journal.head or None)
        problems = [*report.problems, *orders.disagreements()]
        problems += [
            f"The attachment {one} ({', '.join(orders.numbers_with(one)) or 'no order'}) is not here."
            for one in restore.absent(manifest)
        ]
        problems += [
            f"The key {key} does not open the identities it sealed."
            for key in appellants.shut_keys()
        ]
    for sha256 in manifest.files_missing:
        click.echo(f"The attachment {sha256} was missing before the backup was made.", err=True)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.ClickException(f"The backup came back with {len(problems)} problems.")
    click.echo(
        f"All came back, as of {manifest.made_at.isoformat(timespec='seconds')}: "
        f"{sum(manifest.counts.values())} rows, {len(manifest.files)} attachments; "
        f"{report.verified} entries verified, {report.erased} erased, 0 problems."
    )
