"""The thresholds at which recorded facts raise a signal; versioned with the pack (all 推定).

A pack that says anything of signals says all of it, so that none is looked for by a number that stands
nowhere; what a pack of before version 4 means is `BEFORE`. A habit is looked for over two months: in
one, a unit with few orders has not enough of them to show it.
"""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from suqiu.policy.faults import fault

# How far back a habit may be looked for: each look reads as many days of the unit's rows.
Days = Annotated[int, Field(ge=1, le=366)]
Times = Annotated[int, Field(ge=1, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Opposed(_Strict):
    """The second answer is bad, lies `gap` levels below the first and came within so many days."""

    gap: int = Field(ge=1, le=3)
    within_days: Days


class Flipped(_Strict):
    """Good within so many hours of the handler's call. Five days: between the call and the next
    answer stand the centre's review and its callback, two working days each at most, and a weekend."""

    within_hours: int = Field(ge=1, le=2000)


class Silent(_Strict):
    """An honest try: so many calls, spread over so many minutes."""

    tries: Times
    spread_minutes: int = Field(ge=0, le=100_000)

    @model_validator(mode="after")
    def _one_is_not_spread(self) -> Self:
        if self.tries == 1 and self.spread_minutes:
            raise fault("one_call", name="spread_minutes")
        return self


class LateAsk(_Strict):
    """Asked with at most `last_share` of the limit left, `times` within `days`, and so a `share` of
    all that the unit asked."""

    last_share: Share
    times: Times
    share: Share
    days: Days


class Reused(_Strict):
    """At most `bits` of 64 differ, within `days`; at one place within the hours it is one visit."""

    bits: int = Field(ge=0, le=32)
    days: Days
    same_place_hours: int = Field(ge=0)

    @model_validator(mode="after")
    def _within_the_days(self) -> Self:
        if self.same_place_hours > 24 * self.days:
            raise fault("longer", name="same_place_hours", other="days")
        return self


class Boilerplate(_Strict):
    """`alike` of 100 between two replies of at least `length` signs; `times` such within `days`."""

    alike: float = Field(ge=50, le=100)
    length: int = Field(ge=1, le=1000)
    times: int = Field(ge=2, le=100)
    days: Days


class Praise(_Strict):
    """`times` good opinions within `days`, and so a `share` of all from that telephone."""

    times: int = Field(ge=2, le=100)
    share: Share
    days: Days


class SignalsSpec(_Strict):
    """`verdict_days`: within so many working days somebody independent says what it was."""

    verdict_days: int = Field(ge=1, le=366)
    opposed: Opposed
    flipped: Flipped
    silent: Silent
    late_ask: LateAsk
    reused: Reused
    boilerplate: Boilerplate
    praise: Praise


# What packs meant that were published before they said it; it does not change any more.
BEFORE = SignalsSpec(
    verdict_days=5,
    opposed=Opposed(gap=2, within_days=14),
    flipped=Flipped(within_hours=120),
    silent=Silent(tries=2, spread_minutes=60),
    late_ask=LateAsk(last_share=0.15, times=3, share=0.5, days=60),
    reused=Reused(bits=4, days=90, same_place_hours=24),
    boilerplate=Boilerplate(alike=86, length=12, times=3, days=60),
    praise=Praise(times=4, share=0.8, days=60),
)
