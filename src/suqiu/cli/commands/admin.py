"""suqiu admin create | unlock | reset"""

import sys
from typing import TYPE_CHECKING

import click

from suqiu.cli import house

if TYPE_CHECKING:
    from suqiu.accounts.models import Person

# They are held by different people; all other accounts and posts come through their pages.
DUTIES = ("sysadmin", "secadmin", "auditadmin")


@click.group()
def command() -> None:
    """The administrators' accounts, from the machine itself: the first ones, and the way back in.

    Whoever may run this holds the machine's keys, so it asks for no login. The journal names the
    command line, and the auditors read it.
    """


@command.command()
@click.argument("login")
@click.option("--role", type=click.Choice(DUTIES), required=True, help="The duty it is opened for.")
@click.option("--name", required=True, help="What the person is called.")
@click.option("--email", default="")
def create(login: str, role: str, name: str, email: str) -> None:
    """Open an administrator's account; the password is asked for, or is the first line of stdin.

    Make one for each of the three duties, for three people: one person cannot hold two of them.
    """
    with house.opened():
        house.migrated()
        house.furnish()
        from django.db import transaction

        from suqiu.accounts import actions
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused
        from suqiu.organisations.queries import centre

        by = system("cli")
        password = _password()
        try:
            with transaction.atomic():
                person = actions.open_account(
                    username=login, name=name, password=password, email=email, by=by
                )
                actions.give_post(person, unit=centre(), role=role, by=by)
        except Refused as error:
            raise click.ClickException(f"{error.message} ({error.code})") from error
    click.echo(f"{login}: opened as {role}. At the first login it sets a second step (TOTP).")


@command.command()
@click.argument("login")
def unlock(login: str) -> None:
    """Let an account try again that wrong passwords or codes have shut."""
    with house.opened():
        house.migrated()
        from suqiu.accounts import passwords
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused

        try:
            passwords.unlock(_account(login), by=system("cli"))
        except Refused as error:
            raise click.ClickException(f"{error.message} ({error.code})") from error
    click.echo(f"{login}: may try again.")


@command.command()
@click.argument("login")
@click.option("--reason", required=True, help="Why; it is kept in the journal. No names.")
@click.option("--second-factor", is_flag=True, help="Take away the second step as well.")
def reset(login: str, reason: str, second_factor: bool) -> None:
    """Print a password that is good for some days and changed at the next login.

    Every session of the account ends.
    """
    with house.opened():
        house.migrated()
        from django.db import transaction

        from suqiu.accounts import factors, passwords
        from suqiu.base.actors import system
        from suqiu.base.errors import Refused

        person, by = _account(login), system("cli")
        try:
            with transaction.atomic():
                if second_factor:
                    factors.reset(person, reason=reason, by=by)
                password = passwords.reset(person, reason=reason, by=by)
        except Refused as error:
            raise click.ClickException(f"{error.message} ({error.code})") from error
    days = passwords.ONE_TIME.days
    click.echo(
        f"{login}: the password follows, good for {days} days and not shown again.", err=True
    )
    click.echo(password)


def _account(login: str) -> "Person":
    from suqiu.accounts.models import Person

    person = Person.objects.filter(username=login).first()
    if person is None:
        raise click.ClickException(f"There is no account {login!r}.")
    return person


def _password() -> str:
    """From the terminal, unseen and twice, or from a pipe: never from the command's arguments,
    which every process on the machine can read."""
    if sys.stdin.isatty():
        given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return given
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise click.ClickException("No password: give it on the first line of the standard input.")
    return line
