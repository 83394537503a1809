"""Forgetting who tried how often."""

from suqiu.accounts import throttles


def forget_throttles() -> int:
    return throttles.forget()
