"""Files of rules, read strictly: what is wrong in one is told with its line and part. Pure.

Packs, schemes of assessment, upstreams' definitions, schedules of retention, templates of reports and
mappings of sheets are all YAML that a person writes; each is read through here.
"""

from typing import TypeVar

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from suqiu.base.errors import Invalid
from suqiu.policy.faults import worded

Model = TypeVar("Model", bound=BaseModel)


class Wrong(Exception):
    """The first thing that is wrong in a file. `where`: its part, dotted, "" for the whole; `wrong`:
    what, in the reader's language; `english`: the same for terminals and machines."""

    def __init__(self, line: int, where: str, wrong: str, english: str) -> None:
        super().__init__(english)
        self.line, self.where, self.wrong, self.english = line, where, wrong, english

    def told(self, name: str = "") -> str:
        """The sentence for the reader; `name`: of the file, where there is one."""
        at = " ".join(part for part in (name, _("第 %s 行") % self.line, self.where) if part)
        return _("%(where)s：%(what)s") % {"where": at, "what": self.wrong}

    def said(self, name: str = "") -> str:
        """The same in English, whoever reads it."""
        at = ", ".join(part for part in (name, f"line {self.line}", self.where) if part)
        return f"{at}: {self.english}"


class NotYaml(Wrong):
    """It could not be read at all."""


def read(model: type[Model], text: str) -> Model:
    """What this YAML says. Raises NotYaml or Wrong."""
    try:
        return model.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise NotYaml(line, "", _("不是 YAML"), "not YAML") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise Wrong(line_of(text, first["loc"]), where, worded(first), first["msg"]) from error


def read_or_refuse(
    model: type[Model], text: str, code: str, name: str = "", *, not_yaml: str = "", **more: str
) -> Model:
    """As `read`. Raises Invalid in the reader's language, with `code` (`not_yaml` for what cannot be
    read at all), the line and `more`; `said` has the same for machines and terminals."""
    try:
        return read(model, text)
    except Wrong as wrong:
        unread = isinstance(wrong, NotYaml)
        raise Invalid(
            not_yaml if unread and not_yaml else code,
            wrong.told(name),
            line=wrong.line,
            said=wrong.said(name),
            **more,
        ) from wrong


def line_of(text: str, loc: tuple[int | str, ...]) -> int:
    """The line on which the part at `loc` stands, or its nearest parent's."""
    node = yaml.compose(text)
    line = 1
    for step in loc:
        nearer: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            nearer = next((v for k, v in node.value if k.value == step), None)
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value)
        ):
            nearer = node.value[step]
        if nearer is None:
            break
        node, line = nearer, nearer.start_mark.line + 1
    return line
