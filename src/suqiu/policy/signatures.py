"""The signatures that a principal leader owes on a conduct order, as a pack says them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from suqiu.policy.faults import fault

# What is signed must be there by then: a plan comes after dispatch, a disposal before the close.
NOT_BEFORE = {
    "accept": ("dispatch", "dispose", "close"),
    "plan": ("dispose", "close"),
    "close": ("close",),
}


class SignatureSpec(BaseModel):
    """A signature that the principal leader owes on a conduct order, and the step that waits for it;
    none closes without it. `urgent_first`: what is urgent goes on, and he signs later."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Literal["accept", "plan", "close"]
    before: Literal["dispatch", "dispose", "close"]
    urgent_first: bool = False

    @model_validator(mode="after")
    def _in_time(self) -> "SignatureSpec":
        if self.before not in NOT_BEFORE[self.id]:
            raise fault("signed_late", name=self.id, step=self.before)
        return self


# A pack that says nothing of them is one of before: the leader signs the close.
BEFORE = [SignatureSpec(id="close", before="close")]
