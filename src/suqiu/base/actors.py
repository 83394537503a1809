"""Who acts. Ids only: what a person is called is known to accounts and to nobody below."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """One who acts, with all the posts held at this moment.

    `id` is "person:12", "client:3" (another system) or "system:clock"; `posts` are (role, unit id)
    pairs, and the house's own machines have none. `sources`: only orders that came in by these
    (codes); None: no such bound, as for all people.
    """

    id: str
    posts: frozenset[tuple[str, int]] = frozenset()
    sources: frozenset[str] | None = None

    @property
    def is_system(self) -> bool:
        return self.id.startswith("system:")

    @property
    def units(self) -> frozenset[int]:
        return frozenset(unit for _, unit in self.posts)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _ in self.posts)

    def units_as(self, *roles: str) -> frozenset[int]:
        """The units in which one of `roles` is held."""
        return frozenset(unit for role, unit in self.posts if role in roles)


def system(name: str) -> Actor:
    """A named machine: "clock", "import", "notices", "seal"."""
    return Actor(f"system:{name}")
