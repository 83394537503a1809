"""Every sum made anew from the facts, as one query: for building, and for proving what is kept."""

DIMENSIONS = ("region", "street", "line", "category", "source", "urgency")
_NAMES = ", ".join(DIMENSIONS)
_CUT = " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in DIMENSIONS)
_SETS = ", ".join(f"({name})" for name in DIMENSIONS)
# A bin of `chance.bin_of`, in the same floating point.
_BIN = "CASE WHEN seconds > 60 THEN ceil(ln(seconds / 60e0) / ln(1.05e0))::int ELSE 0 END"
# From flat rows on; what flattens the facts is each engine's own.
# Only names of our own tables and columns stand in it.
SUMS = f"""
SELECT basis, CASE {_CUT} ELSE '' END AS cut, coalesce({_NAMES}, '') AS key, day,
       rate, reason, pack, count(*) AS n, sum(weight)::bigint AS weight
FROM counted GROUP BY basis, day, rate, reason, pack, GROUPING SETS ((), {_SETS})
UNION ALL
SELECT basis, 'unit', unit, day, rate, reason, pack, count(*), sum(weight)::bigint
FROM led GROUP BY basis, unit, day, rate, reason, pack
UNION ALL
SELECT basis, 'stage', verb || '/' || {_BIN}, day, '', '', 0, count(*), sum(seconds)::bigint
FROM staged GROUP BY basis, verb, {_BIN}, day
UNION ALL
SELECT 'accepted_in', 'place', category || '/' || street, accepted_in, 'orders', '', 0,
       count(*), 1000000 * count(*)
FROM facts WHERE accepted_in IS NOT NULL AND category <> '' AND street <> ''
GROUP BY category, street, accepted_in
UNION ALL
SELECT 'accepted_in', 'hour', lpad(accepted_hour::text, 2, '0'), accepted_in, 'orders', '', 0,
       count(*), 1000000 * count(*)
FROM facts WHERE accepted_in IS NOT NULL AND accepted_hour IS NOT NULL
GROUP BY accepted_hour, accepted_in
"""  # noqa: S608
RECOUNT = f"""
WITH facts AS (SELECT * FROM figures_figurefact),
based AS (
    SELECT b.basis, b.day, f.* FROM facts f CROSS JOIN LATERAL (
        VALUES ('accepted_in', f.accepted_in), ('due_in', f.due_in), ('closed_in', f.closed_in)
    ) AS b (basis, day) WHERE b.day IS NOT NULL
),
counted AS (
    SELECT basis, day, {_NAMES}, pack, split_part(c.key, ':', 1) AS rate,
           split_part(c.key, ':', 2) AS reason, c.value::bigint AS weight
    FROM based CROSS JOIN LATERAL jsonb_each_text(counts) c
),
led AS (
    SELECT basis, day, u.key AS unit, pack, split_part(c.key, ':', 1) AS rate,
           split_part(c.key, ':', 2) AS reason, c.value::bigint AS weight
    FROM based CROSS JOIN LATERAL jsonb_each(units) u
    CROSS JOIN LATERAL jsonb_each_text(u.value) c
),
staged AS (
    SELECT basis, day, s.key AS verb, s.value::bigint AS seconds
    FROM based CROSS JOIN LATERAL jsonb_each_text(stages) s
)
{SUMS}
"""  # noqa: S608
