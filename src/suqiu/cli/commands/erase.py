"""suqiu erase"""

from typing import TYPE_CHECKING

import click

from suqiu.cli import house

if TYPE_CHECKING:
    from suqiu.base.actors import Actor


def officer(username: str, password: str) -> "Actor":
    """Who acts, with his posts: this command asks for the same password as the login page."""
    from suqiu.accounts import queries as accounts
    from suqiu.accounts.models import Person

    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None or not person.check_password(password):
        raise click.ClickException("This user and password do not belong together.")
    return accounts.actor_for(person)


@click.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why; it is kept in the journal. No names.")
@click.option("--as", "username", required=True, help="A security administrator's user name.")
@click.option("--hold", "what", flag_value="hold", help="Nothing leaves until the hold is ended.")
@click.option("--end-hold", "what", flag_value="end_hold", help="The periods bind again.")
@click.password_option(confirmation_prompt=False, envvar="SUQIU_PASSWORD")
def command(number: str, reason: str, username: str, what: str | None, password: str) -> None:
    """Forget who brought this appeal, what was said, and its files: a citizen's right.

    What was done, and when, stays; the journal tells of the erasure and still verifies.
    """
    with house.opened():
        from suqiu.base.errors import Refused
        from suqiu.retention import actions

        by = officer(username, password)
        try:
            if what:
                getattr(actions, what)(number, reason=reason, by=by)
                click.echo(f"{number}: {'held' if what == 'hold' else 'no longer held'}.")
                return
            gone = actions.erase(number, reason=reason, by=by)
        except Refused as error:
            raise click.ClickException(f"{error.message} ({error.code})") from error
    click.echo(f"{number}: {', '.join(gone) if gone else 'nothing was left to erase'}.")
