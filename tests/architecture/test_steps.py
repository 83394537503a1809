"""A state is changed in one place: for orders `orders.actions.advance`, beside them `steps.actions`.

Whoever sets it elsewhere is not locked, not judged and not told of.
"""

import ast
from pathlib import Path

import pytest

import suqiu

PACKAGE = Path(suqiu.__file__).parent
MOVERS = {
    "orders/actions/advance.py",
    "steps/actions.py",
    # Why these have a way of their own: docs/adr/0015.
    "assessment/actions/__init__.py",
    "reports/actions.py",
    "reports/instructing.py",
    # What is sent is no work of anybody's: claimed, sent, failed, dead.
    "notifications/actions.py",
    "notifications/jobs.py",
}
WRITES = {"update", "bulk_update", "update_or_create", "setattr", "save"}


def _sets_state(node: ast.AST) -> bool:
    """x.state = …, also among several; rows.update(state=…), setattr(x, "state", …),
    save(update_fields=["state"])."""
    if isinstance(node, ast.Attribute):
        return node.attr == "state" and isinstance(node.ctx, ast.Store)
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name not in WRITES:
        return False
    given = [*node.args, *(k.value for k in node.keywords if k.arg)]
    named = {n.value for a in given for n in ast.walk(a) if isinstance(n, ast.Constant)}
    return "state" in named or any(k.arg == "state" for k in node.keywords)


def movers(package: Path) -> set[str]:
    return {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if "migrations" not in path.parts
        and any(_sets_state(node) for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    }


def test_a_state_is_changed_in_its_one_place() -> None:
    assert movers(PACKAGE) == MOVERS


@pytest.mark.parametrize(
    "line",
    [
        "visit.state = 'closed'",
        "visit.state, visit.ended_at = 'closed', now",
        "Visit.objects.filter(pk=1).update(state='closed')",
        "setattr(visit, 'state', 'closed')",
        "visit.save(update_fields=['state'])",
        "Visit.objects.update_or_create(number='1', defaults={'state': 'closed'})",
    ],
)
def test_it_sees_one_that_is_changed_elsewhere(line: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text(line)
    assert movers(tmp_path) == {"elsewhere.py"}
