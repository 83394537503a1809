"""The way of everything that has a life of its own beside the orders: a visit, a meeting, a case.

Such a package writes its life down as a table of verbs (its `states`) and says how one row stands for
whoever asks (its `access` and `queries`); `Life.advance` is the only code that moves the row on.
"""
