"""A row of a table of verbs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class Verb:
    """What may be done, in which states, to where it leads, by whom, and why that is so.

    `to`: a state; several, where what is found chooses; none where the state stays. `who`: roles, and
    parts whose meaning the table itself tells.
    """

    name: str
    label: StrPromise
    at: tuple[str, ...]
    to: str | tuple[str, ...] | None
    who: tuple[str, ...]
    why: StrPromise

    @property
    def ends(self) -> tuple[str, ...]:
        """The states to which it may lead; none where the state stays."""
        if self.to is None:
            return ()
        return (self.to,) if isinstance(self.to, str) else self.to
