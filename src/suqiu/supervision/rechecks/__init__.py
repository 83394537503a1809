"""Stays solved (不回潮): what was closed on a leaf that comes back is looked at again, some time later.

Which leaves come back is data (`Category.recurs`), after how many days is data (the pack's
`supervision.rechecks`). Who goes had nothing to do with the order; it is done when the citizen wants it.
What is found back takes the way of a second complaint (`supervision.cases`).
"""
