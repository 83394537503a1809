"""Every sum made anew from the facts, as one query: for building, and for proving what is kept."""

DIMENSIONS = ("region", "street", "line", "category", "source", "channel", "urgency")
# What is summed over the orders accepted on a day, and counts no rate.
UNRATED = ("stage", "place", "hour")
_NAMES = ", ".join(DIMENSIONS)
_CUT = " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in DIMENSIONS)
_SETS = ", ".join(f"({name})" for name in DIMENSIONS)
_UNRATED = ", ".join(f"'{cut}'" for cut in UNRATED)
# A bin of `chance.bin_of`, in the same floating point.
BIN = "CASE WHEN seconds > 60 THEN ceil(ln(seconds / 60e0) / ln(1.05e0))::int ELSE 0 END"
# Only names of our own tables and columns stand in it.
RECOUNT = f"""
WITH based AS (
    SELECT b.basis, b.day, f.* FROM figures_figurefact f CROSS JOIN LATERAL (
        VALUES ('accepted_in', f.accepted_in), ('due_in', f.due_in), ('closed_in', f.closed_in)
    ) AS b (basis, day) WHERE b.day IS NOT NULL
),
counted AS (
    SELECT basis, day, {_NAMES}, pack, c.key AS code, c.value::bigint AS weight
    FROM based CROSS JOIN LATERAL jsonb_each_text(counts) c
),
staged AS (
    SELECT basis, day, s.key AS verb, s.value::bigint AS seconds
    FROM based CROSS JOIN LATERAL jsonb_each_text(stages) s
),
daily AS (
    SELECT basis, CASE {_CUT} ELSE '' END AS cut, coalesce({_NAMES}, '') AS key, day, pack, code,
           count(*) AS n, sum(weight) AS weight
    FROM counted GROUP BY basis, day, pack, code, GROUPING SETS ((), {_SETS})
    UNION ALL
    SELECT basis, 'unit', u.key, day, pack, c.key, count(*), sum(c.value::bigint)
    FROM based CROSS JOIN LATERAL jsonb_each(units) u CROSS JOIN LATERAL jsonb_each_text(u.value) c
    GROUP BY basis, u.key, day, pack, c.key
    UNION ALL
    SELECT basis, 'stage', verb, day, 0, ({BIN})::text, count(*), sum(seconds)
    FROM staged GROUP BY basis, verb, day, {BIN}
    UNION ALL
    SELECT basis, 'place', category, day, 0, region || '/' || street, count(*), 0
    FROM based WHERE basis = 'accepted_in' AND category <> '' AND street <> ''
    GROUP BY basis, category, day, region, street
    UNION ALL
    SELECT basis, 'hour', extract(isodow FROM day)::text, day, 0, lpad(accepted_hour::text, 2, '0'),
           count(*), 0
    FROM based WHERE basis = 'accepted_in' AND accepted_hour IS NOT NULL
    GROUP BY basis, day, accepted_hour
),
spanned AS (
    SELECT basis, cut, key, s.span, s.day, pack, code, sum(n)::bigint AS n, sum(weight)::bigint AS weight
    FROM daily CROSS JOIN LATERAL (VALUES
        ('day', daily.day),
        ('dekad', date_trunc('month', daily.day)::date
                  + 10 * least(2, (extract(day FROM daily.day)::int - 1) / 10)),
        ('month', date_trunc('month', daily.day)::date)
    ) AS s (span, day)
    GROUP BY basis, cut, key, s.span, s.day, pack, code
)
SELECT basis, cut, key, span, day, pack,
       sum(n) FILTER (WHERE code = 'orders' OR cut IN ({_UNRATED}))::bigint AS n,
       coalesce(jsonb_object_agg(code, jsonb_build_array(n, weight)) FILTER (WHERE code <> 'orders'),
                '{{}}') AS codes
FROM spanned GROUP BY basis, cut, key, span, day, pack
"""  # noqa: S608
