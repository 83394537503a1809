"""Words in two languages: those of the house are translated, those of a city stay as they are.

Some words of the house are stored as they are said (kinds, urgencies, answers to a survey). `word`
says one in the reader's language. What a city or a citizen wrote has no translation; `zh` marks it,
so that a screen reader pronounces it right and a test can tell it from a gap.
"""

import re
from typing import Any

from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

CHINESE = re.compile("[\u3400-\u9fff]")


def word(value: Any) -> str:
    """A stored word of the house in the reader's language; one that it does not know as it is."""
    return gettext(str(value)) if value else ""


word_lazy = lazy(word, str)


def is_foreign(value: Any) -> bool:
    """Would this be Chinese within a page that is not?"""
    return not (get_language() or "zh").startswith("zh") and bool(CHINESE.search(str(value)))


def zh(value: Any) -> Any:
    """Marked as Chinese where the page is not; for data only, never for words of the house."""
    if value is None or not is_foreign(value):
        return value
    return format_html('<span lang="zh">{}</span>', value)


def zh_attr(value: Any) -> SafeString | str:
    """` lang="zh"` for an element whose attributes or whole text hold such data."""
    return mark_safe(' lang="zh"') if is_foreign(value) else ""  # noqa: S308 - no data in it
