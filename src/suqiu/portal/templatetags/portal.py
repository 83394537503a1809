"""Signs and moments of the public pages."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from suqiu.base import language
from suqiu.figures import words as figures
from suqiu.portal import words

register = template.Library()
register.filter("said", words.moment)
register.filter("level", figures.level)
register.filter("word", language.word)
register.filter("zh", language.zh)
register.simple_tag(language.zh_attr, name="zh_attr")
register.filter("left", words.left)


@register.filter
def hundred(ratio: float) -> str:
    """0.875 → 87.5"""
    return f"{ratio * 100:.1f}"


@register.simple_tag
def sign(name: str) -> SafeString:
    """One sign of the sprite, hidden from screen readers: words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("vendor/icons.svg"),
        name,
    )
