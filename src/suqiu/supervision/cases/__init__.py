"""Supervision cases (督察、督办).

    state       who moves            clock          leads to
    opened      inspector            survey         surveyed
    surveyed    inspector            demand         planning; reporting (nothing found)
    planning    the unit             plan           reviewing
    reviewing   inspector, leader    plan_review    rectifying; planning (sent back)
    rectifying  the unit             each measure   checking
    checking    inspector            recheck        reporting; planning (not so, one level up)
    reporting   inspector            report         filing
    filing      another, leader      filing         filed; reporting (sent back)

Tracking visits run beside rectifying and checking. A case has grounds, each of them once; an order
is in one open case at most. Whoever handled, held or is of the units concerned never surveys, visits
or rechecks. Overdue, a case goes one level up; from the second on a leader decides.
"""
