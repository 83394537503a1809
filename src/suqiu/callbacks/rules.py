"""When attempts are enough. The rule is the orders' own: the centre's calls about secret orders keep it
as well."""

from suqiu.orders.rules import exhausted

__all__ = ["exhausted"]
