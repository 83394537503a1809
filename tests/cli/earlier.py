"""A house of before: each app some migrations behind, with a row in each table. Run as a program.

python -m tests.cli.earlier BACK      makes it, and prints the models that got a row, as JSON
"""

import datetime as dt
import json
import sys
from collections import defaultdict
from typing import Any

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
# What a field without a default is given.
PLAIN: dict[str, Any] = {
    "CharField": "x",
    "TextField": "x",
    "SmallIntegerField": 1,
    "IntegerField": 1,
    "PositiveIntegerField": 1,
    "BigIntegerField": 1,
    "DecimalField": 1,
    "FloatField": 1.0,
    "BooleanField": False,
    "DateField": NOW.date(),
    "DateTimeField": NOW,
    "TimeField": NOW.time(),
    "DurationField": dt.timedelta(days=1),
    "JSONField": {},
    "ArrayField": [],
    "BinaryField": b"x",
    "GenericIPAddressField": "192.0.2.1",
}
# What a table's own rules ask for beyond that; "" is a row that it need not have.
CHOSEN = {
    "orders.Attachment.kind": "evidence",
    "calendars.CalendarDay.kind": "rest",
    "callbacks.Attempt.outcome": "reached",
    "callbacks.Answer.solved": "yes",
    "inspections.Item.order": "",
    "notifications.Message.order": "",
}


def _until(executor: Any, back: int) -> tuple[list[tuple[str, str]], list[tuple[Any, bool]]]:
    """Of each app the migration so many before its last (its first, where there are fewer), and all
    that leads there."""
    graph, of_apps = executor.loader.graph, defaultdict(list)
    for app, name in sorted(graph.nodes):
        of_apps[app].append(name)
    ends = [(app, names[max(len(names) - 1 - back, 0)]) for app, names in of_apps.items()]
    wanted = {key for end in ends for key in graph.forwards_plan(end)}
    whole = executor.migration_plan(graph.leaf_nodes())
    return ends, [(one, b) for one, b in whole if (one.app_label, one.name) in wanted]


class Filler:
    """One row of each model, with the rows that it points at."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.made: dict[str, Any] = {}

    def row(self, model: Any) -> Any:
        label = model._meta.label
        if label not in self.made:
            given = {f.name: self._value(f) for f in model._meta.concrete_fields if self._asked(f)}
            self.made[label] = model._default_manager.using(self.alias).create(**given)
        return self.made[label]

    @staticmethod
    def _asked(field: Any) -> bool:
        # An auto key is the database's; the key of a table without one has to be told.
        auto = field.get_internal_type() in {"AutoField", "BigAutoField", "SmallAutoField"}
        chosen = str(field) in CHOSEN
        return chosen or not (auto or field.null or field.has_default())

    def _value(self, field: Any) -> Any:
        if field.is_relation:
            return self.row(field.related_model)
        if str(field) in CHOSEN:
            return CHOSEN[str(field)]
        if field.blank and field.empty_strings_allowed:
            return ""
        return PLAIN[field.get_internal_type()]


def main(back: int) -> None:
    from suqiu.cli import house, roles

    with house.opened(), house.as_owner() as alias:
        from django.db import connections
        from django.db.migrations.executor import MigrationExecutor

        connection = connections[alias]
        executor = MigrationExecutor(connection)
        ends, plan = _until(executor, back)
        executor.migrate(ends, plan=plan)
        filler = Filler(alias)
        for model in executor.loader.project_state(ends).apps.get_models():
            filler.row(model)
        assert house._found is not None
        roles.prepare(house._found)  # as the release of then did
    sys.stdout.write(json.dumps(sorted(filler.made)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
