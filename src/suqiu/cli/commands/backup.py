"""suqiu backup"""

from pathlib import Path

import click

from suqiu.cli import house


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Put the database and the attachments into one new file, while the house works.

    The file is as secret as the database: words are readable in it, identities are not. Keys are not
    in it; keep them elsewhere, for without them it cannot be restored.
    """
    with house.opened():
        from suqiu.cli import backup

        manifest = backup.make(file.absolute(), house.readers_url())
    rows = sum(manifest.counts.values())
    click.echo(
        f"{file}: {rows} rows in {len(manifest.counts)} tables, {len(manifest.files)} attachments, "
        f"journal of {manifest.journal.positions} positions, root {manifest.journal.root[:16]}."
    )
    if manifest.files_elsewhere:
        click.echo(
            f"{len(manifest.attachments)} attachments lie in a store of their own and are NOT in this "
            "file; their hashes are, and `suqiu restore` looks for each. Back the store up too.",
            err=True,
        )
    for sha256 in manifest.files_missing:
        click.echo(f"The attachment {sha256} is in the database and not in the store.", err=True)
    for sha256 in manifest.files_damaged:
        click.echo(f"The attachment {sha256} is there and no longer what it was.", err=True)
