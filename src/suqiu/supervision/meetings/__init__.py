"""Meetings (例会, 研讨会, 协调会, 案例分析会) and what comes of them.

A meeting is planned, called, held, and its minutes go out once a leader has approved them. Its agenda
is proposed from what burns: places that rise above their own past, difficult orders, decisions that
are overdue. Districts bring their experience, directives from above are passed on, what each party
said is kept. A decision has an owner and a day: it is a clock, is reported done by the owner, found
done by another, and comes back on every agenda until it is.

A difficult order (疑难) is studied as an item of a meeting: causes, countermeasures, an outcome, a day
on which it is looked at again; what teaches is proposed for the case library.
"""
