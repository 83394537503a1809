"""How the grass roots are visited (两走); versioned with the pack (all 推定)."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from suqiu.policy.faults import fault


class VisitsSpec(BaseModel):
    """`source`: the code of the source by which what is found is registered. `coverage_days`: for so
    long a street counts as visited. `hot_days`: how far a hot spot looks back. `rest_days`: a street
    that was visited so lately is not proposed again. `stops`: in one day's route, of these at most
    `hot_stops` for a hot spot, so that the quiet streets have their turn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(default="VISIT", max_length=16)
    coverage_days: int = Field(default=90, ge=1, le=1000)
    hot_days: int = Field(default=28, ge=7, le=366)
    rest_days: int = Field(default=14, ge=0, le=366)
    stops: int = Field(default=5, ge=1, le=20)
    hot_stops: int = Field(default=3, ge=0, le=20)

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.hot_stops > self.stops:
            raise fault("more", name="hot_stops", other="stops")
        return self
