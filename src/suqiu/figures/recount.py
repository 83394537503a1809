"""Every sum made anew from the facts, as one query: for building, and for proving what is kept."""

DIMENSIONS = ("region", "street", "line", "category", "source", "channel", "urgency", "hub")
# A district's row of this cut holds its lines, each with all of its numbers: "line/rate:reason".
NESTED = "region_line"
# What a sum's key is made of, the larger place first: a street lies in one district, a leaf in one
# line, so this makes no more rows of them, and a district's streets are a part of all of them.
KEYS: dict[str, tuple[str, ...]] = {
    "": (),
    **{name: (name,) for name in DIMENSIONS},
    "street": ("region", "street"),
    "category": ("line", "category"),
    "unit": ("region", "unit"),
    "hub": ("region", "hub"),
    NESTED: ("region", "line"),
}
# What a page asks of a city, a district, a line, a line of a district, and counts no rate: one row.
AREA = "area"
UNRATED = (AREA, "place")
_NAMES = ", ".join(DIMENSIONS)
_SETS = ", ".join(f"({', '.join(KEYS[name])})" for name in DIMENSIONS)
# A street is asked for before its district, which stands in its key.
_FINEST = sorted(DIMENSIONS, key=lambda name: -len(KEYS[name]))
_CUT = " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in _FINEST)
_KEY = " ".join(
    f"WHEN grouping({name}) = 0 THEN " + " || '/' || ".join(KEYS[name]) for name in _FINEST
)
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
    SELECT basis, day, region, line, s.key AS verb, s.value::bigint AS seconds
    FROM based CROSS JOIN LATERAL jsonb_each_text(stages) s
),
inside AS (
    SELECT basis, day, region, line, 'stage/' || verb || '/' || {BIN} AS code,
           count(*) AS n, sum(seconds) AS weight
    FROM staged GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT basis, day, region, line, 'category/' || category, count(*), 0
    FROM based GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT basis, day, region, line, 'source/' || source, count(*), 0
    FROM based GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT basis, day, region, line,
           'hour/' || extract(isodow FROM day) || '/' || accepted_hour, count(*), 0
    FROM based WHERE basis = 'accepted_in' AND accepted_hour IS NOT NULL GROUP BY 1, 2, 3, 4, 5
),
daily AS (
    SELECT basis,
           CASE {_CUT} ELSE '' END AS cut, CASE {_KEY} ELSE '' END AS key,
           day, pack, code, count(*) AS n, sum(weight) AS weight
    FROM counted GROUP BY basis, day, pack, code, GROUPING SETS ((), {_SETS})
    UNION ALL
    SELECT basis, '{NESTED}', region, day, pack, line || '/' || code, count(*), sum(weight)
    FROM counted GROUP BY basis, region, line, day, pack, code
    UNION ALL
    SELECT basis, 'unit', region || '/' || u.key, day, pack, c.key, count(*), sum(c.value::bigint)
    FROM based CROSS JOIN LATERAL jsonb_each(units) u CROSS JOIN LATERAL jsonb_each_text(u.value) c
    GROUP BY basis, region, u.key, day, pack, c.key
    UNION ALL
    SELECT basis, '{AREA}', coalesce(region, '') || '/' || coalesce(line, ''), day, 0, code,
           sum(n), sum(weight)
    FROM inside
    GROUP BY basis, day, code, GROUPING SETS ((), (region), (line), (region, line))
    HAVING (grouping(region) = 1 OR region <> '') AND (grouping(line) = 1 OR line <> '')
    UNION ALL
    SELECT basis, 'place', line || '/' || category, day, 0, region || '/' || street, count(*), 0
    FROM based WHERE basis = 'accepted_in' AND category <> '' AND street <> ''
    GROUP BY basis, line, category, day, region, street
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
       sum(n) FILTER (WHERE code = 'orders' OR cut IN ({_UNRATED})
                            OR cut = '{NESTED}' AND split_part(code, '/', 2) = 'orders')::bigint AS n,
       coalesce(jsonb_object_agg(code, jsonb_build_array(n, weight)) FILTER (WHERE code <> 'orders'),
                '{{}}') AS codes
FROM spanned GROUP BY basis, cut, key, span, day, pack
"""  # noqa: S608
