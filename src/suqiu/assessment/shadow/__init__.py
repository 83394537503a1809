"""The shadow score (影子成绩): what the centre's own upstream makes of the same orders.

    upstream   the upstream's definitions as data: what is asked of an order, what each answer weighs
    rules      pure: theirs and ours of each order, and where they part, step by step, order by order
    forecast   pure: where the month will end, with an interval
    queries    reads the orders, and puts both scores side by side

Ours is what `figures` keeps of each order; theirs is read from the same orders' own rows. The two
differ order by order, each for one reason; going from ours to theirs one reason after the other ends
at theirs exactly, so nothing of a difference is left unexplained.
"""
