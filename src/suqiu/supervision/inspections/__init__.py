"""Special inspections (专项检查): a theme, a list sealed before anybody knows the draw, a seed that
outsiders bring, checks by people who have nothing to do with the matter, and a scorecard.

    plan → pick, invite → seal → supply_seed (draws) → check, survey, find → finish → publish

An inspection has two parts that are never pooled: what was chosen on purpose (important, difficult,
hot; each with its reason), and what chance drew from the sealed list, stratum by stratum. Only the
second speaks for the whole.
"""
