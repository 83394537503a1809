"""The rates by their names in packs, and what a pack may say of each beside reasons and weights."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from suqiu.policy.faults import fault

# What `figures.rules.DEFINITIONS` counts; a test holds the two against each other.
RATES = frozenset(
    # fmt: off
    {
        "timely",
        "disposal",
        "reply",
        "satisfaction",
        "solved",
        "first_time",
        "disposal_timely",
        "first_contact",
        "sign_in",
        "rework",
        "return",
        "repeat",
        "coverage",
        "false_report",
    }
    # fmt: on
)
# An order that an appeal exempts is left out of the rate, or counts in it as met: the value then still
# speaks of it. Either way its raw value stays what was done.
Exempted = Literal["left_out", "met"]
LEFT_OUT: Exempted = "left_out"
AS_MET: Exempted = "met"


def _known(value: dict[str, Exempted]) -> dict[str, Exempted]:
    if unknown := set(value) - RATES:
        raise fault("unknown_rate", name=min(unknown))
    return value


ExemptedSpec = Annotated[dict[str, Exempted], AfterValidator(_known)]
