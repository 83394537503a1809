"""Tags and filters of the desk. `{% load desk %}`.

Tags
    {% icon "search" %}                      one sign of the sprite, hidden from screen readers;
                                             a name outside ICONS shows a plain dot
    {% clock_chip face %}                    words.Face or a dict of the same keys
    {% clock_chip face name=True %}          with the obligation's name before the words
    {% state_badge state label tone %}       tone: waiting hand review returned closed
    {% flag name label tone %}               tone: red amber violet accent; name picks the sign
    {% rate_card rate %}                     label value low high n raw excluded (+ url change why)
    {% clock_track track %}                  track.Track, built by suqiu.desk.track.build()
    {% findings list %}                      each: level (must warn ok), rule, reason (+ fix_url fix
                                             key)
    {% once %}                               the hidden idempotency_key of a form

Filters
    moment        9月24日 周四 14:32          short_moment   09-24 14:32
    day_due       至 9-29 周二 24:00          percent1       0.986 → 98.6, None → —
    points1       0.004 → +0.4               duration_words timedelta → 1 时 08 分
    word          a stored word of the house (投诉) in the reader's language
    zh            data (a name, a title) marked as Chinese within an English page; for an element
                  whole, or one with such attributes: <p title="…"{% zh_attr value %}>
    width_class   0.37 → w-37                initial        周晓岚 → 周
"""

import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from suqiu.base import language
from suqiu.calendars.rules import holiday
from suqiu.desk import words
from suqiu.desk.track import Track, rate_scale
from suqiu.figures import words as levels

register = template.Library()

# Names in @tabler/icons (outline). `suqiu assets` puts these, and only these, into the sprite.
_NAMES = """
    adjustments alert-circle alert-triangle archive arrow-back-up arrow-left arrow-merge
    arrow-right arrow-up arrows-exchange ban bell bolt book books building bulb calendar
    calendar-time camera chart-bar chart-line check checkbox checks chevron-down chevron-left
    chevron-right chevron-up circle-check circle-dashed circle-x clipboard-check
    clipboard-list clock clock-pause copy current-location database device-floppy dots
    download edit external-link eye eye-off file-text filter flag flag-3 flame gauge hand-stop
    headset heart history home hourglass id inbox info-circle keyboard language link link-off
    list list-check list-details lock lock-open login logout mail map map-2 map-pin menu-2
    message message-2 messages microphone-off minus mood-sad navigation notebook paperclip
    pencil phone phone-call phone-incoming phone-off phone-outgoing photo player-pause
    player-play plus point printer question-mark refresh repeat report rotate route scale
    school search send settings shield-check shield-x signature sparkles stack-2 star table
    tag thumb-up tool trash trending-down trending-up truck-delivery upload user user-check
    user-plus users wifi wifi-off x zoom-check
"""
ICONS = frozenset(_NAMES.split())

FLAG_ICONS = {
    "urgent": "bolt",
    "supervised": "flag-3",
    "difficult": "messages",
    "repeat": "refresh",
    "rework": "rotate",
    "returned": "arrow-back-up",
    "secret": "lock",
    "hold": "player-pause",
    "conduct": "scale",
    "false": "alert-triangle",
}
BADGE_ICONS = {
    "waiting": "clock",
    "hand": "player-play",
    "review": "shield-check",
    "returned": "arrow-back-up",
    "closed": "check",
}

register.filter("word", language.word)
register.filter("zh", language.zh)
register.filter("level", levels.level)
register.filter("holiday", holiday)
register.filter("month_name", words.month_name)
register.simple_tag(language.zh_attr, name="zh_attr")
register.filter("moment", words.moment)
register.filter("weekday_word", words.weekday, expects_localtime=True)
register.filter("short_moment", words.short_moment)
register.filter("due_moment", words.due_moment)
register.filter("day_due", words.day_due)
register.filter("percent1", words.percent1)
register.filter("points1", words.points1)
register.filter("signed2", words.signed2)
register.filter("duration_words", words.duration_words)


@register.filter
def initial(name: str) -> str:
    """The one character in the round sign beside a name."""
    return name[:1]


@register.filter
def kilometres(metres: int) -> str:
    """So many metres as kilometres, to a hundred metres; what is nearer is told exactly enough."""
    return f"{metres / 1000:.1f}" if metres >= 100 else f"{metres / 1000:.2f}"


@register.filter
def width_class(share: float | None) -> str:
    """The class that makes a bar as wide as its share: a strict page has no inline styles."""
    return f"w-{round(max(0.0, min(1.0, share or 0.0)) * 100)}"


@register.simple_tag
def icon(name: str) -> SafeString:
    return _drawn(name if name in ICONS else "point", static("vendor/icons.svg"))


@cache
def _drawn(name: str, sprite: str) -> SafeString:
    """A page has dozens of them, and they are always the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        sprite,
        name,
    )


@register.inclusion_tag("desk/parts/clock_chip.html")
def clock_chip(face: Any, name: bool = False) -> dict[str, Any]:
    share = face.get("share_left") if isinstance(face, Mapping) else face.share_left
    left = round(max(0.0, min(1.0, share or 0.0)) * 100)
    return {"face": face, "with_name": name, "ring": f"{left} {100 - left}"}


@register.simple_tag
def state_badge(state: str, label: str, tone: str) -> SafeString:
    return format_html(
        '<span class="badge badge-{}" data-state="{}">{}{}</span>',
        tone,
        state,
        icon(BADGE_ICONS.get(tone, "point")),
        label,
    )


@register.simple_tag
def flag(name: str, label: str, tone: str) -> SafeString:
    sign = icon(FLAG_ICONS[name]) if name in FLAG_ICONS else ""
    return format_html(
        '<span class="flag flag-{}" data-flag="{}">{}{}</span>', tone, name, sign, label
    )


@register.inclusion_tag("desk/parts/rate_card.html", name="rate_card")
def show_rate_card(rate: Any) -> dict[str, Any]:
    get = rate.get if isinstance(rate, Mapping) else lambda key, none=None: getattr(rate, key, none)
    scale = rate_scale(get("value"), get("low"), get("high"), get("raw"))
    return {"rate": rate, "scale": scale}


@register.inclusion_tag("desk/parts/clock_track.html", name="clock_track")
def show_clock_track(track: Track) -> dict[str, Any]:
    return {"track": track}


@register.inclusion_tag("desk/parts/findings.html", name="findings")
def show_findings(found: Any) -> dict[str, Any]:
    return {"findings": found}


@register.simple_tag
def once() -> SafeString:
    """A page sent twice carries the same key twice, so the server can do it once."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid.uuid4().hex)
