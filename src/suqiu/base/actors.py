"""Who acts. Ids only: what a person is called is known to accounts and to nobody below."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Actor:
    """One who acts, with all the posts held at this moment.

    `id` is "person:12", "client:3" (another system) or "system:clock"; `posts` are (role, unit id)
    pairs, and the house's own machines have none. `sources`: only orders that came in by these
    (codes); None: no such bound, as for all people. `former` are (role, unit id, last day) of a
    person's posts that are not today's: what he may check depends on where he was.
    """

    id: str
    posts: frozenset[tuple[str, int]] = frozenset()
    sources: frozenset[str] | None = None
    former: frozenset[tuple[str, int, dt.date]] = frozenset()

    @property
    def itself(self) -> "Actor":
        """Without the page that may be wrapped around it: for what is kept longer than a page."""
        return self

    @property
    def is_system(self) -> bool:
        return self.id.startswith("system:")

    @cached_property
    def units(self) -> frozenset[int]:
        return frozenset(unit for _, unit in self.posts)

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _ in self.posts)

    def units_since(self, day: dt.date, *roles: str) -> frozenset[int]:
        """The units in which a post (in one of `roles`, if any are named) was held on this day or
        later. One who is relieved today keeps yesterday as his last day, so a day more counts."""
        held = {(role, unit) for role, unit in self.posts} | {
            (role, unit) for role, unit, last in self.former if last >= day - dt.timedelta(days=1)
        }
        return frozenset(unit for role, unit in held if not roles or role in roles)

    def units_as(self, *roles: str) -> frozenset[int]:
        """The units in which one of `roles` is held."""
        return frozenset(unit for role, unit in self.posts if role in roles)


def system(name: str) -> Actor:
    """A named machine: "clock", "import", "notices", "seal"."""
    return Actor(f"system:{name}")
