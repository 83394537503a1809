"""The thresholds at which recorded facts raise a signal; versioned with the pack (all 推定).

A habit is looked for over two months: in one, a unit with few orders has not enough of them to show it.
"""

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Opposed(_Strict):
    """The second answer is bad, lies `gap` levels below the first and came within so many days."""

    gap: int = Field(default=2, ge=1, le=3)
    within_days: int = Field(default=14, ge=1)


class Flipped(_Strict):
    """Good within so many hours of the handler's call. Five days: between the call and the next
    answer stand the centre's review and its callback, two working days each at most, and a weekend."""

    within_hours: int = Field(default=120, ge=1)


class Silent(_Strict):
    """An honest try: so many calls, spread over so many minutes."""

    tries: int = Field(default=2, ge=1)
    spread_minutes: int = Field(default=60, ge=0)


class LateAsk(_Strict):
    """Asked with at most `last_share` of the limit left, `times` within `days`, and so a `share` of
    all that the unit asked."""

    last_share: float = Field(default=0.15, ge=0, le=1)
    times: int = Field(default=3, ge=1)
    share: float = Field(default=0.5, ge=0, le=1)
    days: int = Field(default=60, ge=1)


class Reused(_Strict):
    """At most `bits` of 64 differ, within `days`; at one place within the hours it is one visit."""

    bits: int = Field(default=4, ge=0, le=32)
    days: int = Field(default=90, ge=1)
    same_place_hours: int = Field(default=24, ge=0)


class Boilerplate(_Strict):
    """`alike` of 100 between two replies of at least `length` signs; `times` such within `days`."""

    alike: float = Field(default=86, ge=50, le=100)
    length: int = Field(default=12, ge=1)
    times: int = Field(default=3, ge=2)
    days: int = Field(default=60, ge=1)


class Praise(_Strict):
    """`times` good opinions within `days`, and so a `share` of all from that telephone."""

    times: int = Field(default=4, ge=2)
    share: float = Field(default=0.8, ge=0, le=1)
    days: int = Field(default=60, ge=1)


class SignalsSpec(_Strict):
    """`verdict_days`: within so many working days somebody independent says what it was."""

    verdict_days: int = Field(default=5, ge=1)
    opposed: Opposed = Opposed()
    flipped: Flipped = Flipped()
    silent: Silent = Silent()
    late_ask: LateAsk = LateAsk()
    reused: Reused = Reused()
    boilerplate: Boilerplate = Boilerplate()
    praise: Praise = Praise()
