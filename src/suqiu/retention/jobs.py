"""Every hour what has been kept for its time leaves."""

from suqiu.base.actors import system
from suqiu.retention import actions


def erase_due() -> int:
    return actions.erase_due(by=system("retention"))
