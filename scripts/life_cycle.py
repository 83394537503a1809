"""Write docs/life-cycle.md from the table that the code obeys:  python scripts/life_cycle.py

A test compares the two, so that the printed life cycle is never another than the real one.
"""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqiu.config.settings")
os.environ.setdefault("SUQIU_MODE", "development")
django.setup()

from django.utils import translation  # noqa: E402

from suqiu.orders.states import ENDS, LABELS, VERBS, State, Verb  # noqa: E402

PAPER = Path(__file__).parents[1] / "docs" / "life-cycle.md"
HEAD = """# The life cycle

Made by `python scripts/life_cycle.py` from `src/suqiu/orders/states.py`, the table that
`orders.actions.advance` obeys and no other code. Do not edit by hand.

Who: a role of the centre, or `seat:role` for somebody of the unit that sits there (lead: 承办, co: 协办,
callback: 回访), or the system. Guards are conditions of the order; their refusals are explained on
the page and in [errors.md](errors.md).
"""


def _say(text: object, language: str) -> str:
    with translation.override(language):
        return str(text)


def _both(text: object) -> str:
    return f"{_say(text, 'en')} ({_say(text, 'zh-hans')})"


def _moves() -> dict[tuple[State, State], list[str]]:
    """Which verbs lead from one state to another, for the picture."""
    found: dict[tuple[State, State], list[str]] = {}
    for verb in VERBS.values():
        for before in verb.at:
            for after in verb.to:
                found.setdefault((before, after), []).append(verb.name)
    return found


def picture() -> str:
    """A mermaid diagram of the states; exits that many states share are told in the table only."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.DRAFT}"]
    lines += [f"    {s} : {_say(LABELS[s], 'zh-hans')} {s}" for s in State]
    for (before, after), verbs in _moves().items():
        shared = len(VERBS[verbs[0]].at) > 2 and after in ENDS
        if before != after and not shared:
            lines.append(f"    {before} --> {after} : {', '.join(verbs)}")
    lines += [f"    {s} --> [*]" for s in State if s in ENDS]
    return "\n".join(["```mermaid", *lines, "```"])


def _row(verb: Verb) -> str:
    cells = [
        f"`{verb.name}` {_both(verb.label)}",
        ", ".join(verb.at),
        ", ".join(verb.to) or "stays",
        ", ".join(verb.who),
        ", ".join(verb.guards) or "—",
        ", ".join(verb.required) or "—",
        ", ".join(verb.events) or "—",
        _say(verb.why, "en"),
    ]
    return f"| {' | '.join(cells)} |"


def paper() -> str:
    """The whole document."""
    states = [
        "| state | English | 中文 | |",
        "| --- | --- | --- | --- |",
        *(
            f"| `{s}` | {_say(LABELS[s], 'en')} | {_say(LABELS[s], 'zh-hans')} |"
            f" {'end' if s in ENDS else ''} |"
            for s in State
        ),
    ]
    verbs = [
        "| verb | from | to | who | guards | must be given | clocks' events | why |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_row(verb) for verb in VERBS.values()),
    ]
    parts = [
        HEAD,
        "## States\n",
        *states,
        "",
        picture(),
        "",
        f"## The {len(VERBS)} verbs\n",
        *verbs,
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAPER.write_text(paper(), "utf-8")
