"""Signals of gamed figures: each a question with its evidence, never a punishment.

journal → jobs.follow_orders → finding (what the rows say, judged by `rules` against the pack)
→ actions.raise_signal → a person who had nothing to do with it → actions.rule
"""
