"""Forgetting who knocked."""

from suqiu.portal import actions


def forget_knocks() -> int:
    return actions.forget_knocks()
