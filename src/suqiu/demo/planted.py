"""The story of 2013 as it is written: what comes, what people will say, and the article's own figures."""

from functools import cache
from typing import Any

import yaml

from suqiu.demo.city import DATA


@cache
def script() -> dict[str, Any]:
    """Everything that is planted, and under `article` what shall come out."""
    read: dict[str, Any] = yaml.safe_load((DATA / "story_2013" / "story.yaml").read_text("utf-8"))
    return read
