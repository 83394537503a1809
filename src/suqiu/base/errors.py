"""One tree of refusals; a surface turns each into its own answer.

    Refused                 400  the request cannot be done, and why
    ├── NotAllowed          403  this person may not do this to this thing
    ├── Missing             404  there is none, or it is not yours: the same answer
    ├── WrongState          409  the thing is not where the verb starts
    └── Invalid             422  what was given does not pass a rule

`code` is stable and documented (docs/errors.md); `message` is for people; `data` says what and where.
"""

from typing import Any, ClassVar


class Refused(Exception):
    """A request that was understood and is not done. Nothing has been changed."""

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class NotAllowed(Refused):
    status = 403


class Missing(Refused):
    status = 404


class WrongState(Refused):
    status = 409


class Invalid(Refused):
    """`data["findings"]` may hold several `(field, rule, message)`."""

    status = 422
