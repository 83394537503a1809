"""A migration runs as the owner of the tables, on a connection of its own (ADR 0005).

A row that it asks for on the usual connection is asked for by the application's role: that one waits
for the very table that the migration holds, and `suqiu migrate` stands still for ever.
"""

import re
from pathlib import Path

import suqiu

PACKAGE = Path(suqiu.__file__).parent
ELSEWHERE = re.compile(r"\.objects\.(?!using\()|from django\.db import .*\bconnection\b")


def test_data_is_changed_on_the_connection_that_migrates() -> None:
    files = sorted(PACKAGE.glob("**/migrations/0*.py"))
    assert len(files) > 20
    wrong = [
        f"{path.relative_to(PACKAGE)}: {found.group()}"
        for path in files
        if (found := ELSEWHERE.search(path.read_text("utf-8")))
    ]
    assert wrong == []
