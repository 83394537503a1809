"""By what each signal is raised, in words: for the page of a pack. Pure."""

from django.utils.translation import gettext as _

from suqiu.policy.signals import SignalsSpec
from suqiu.supervision.signals.rules import KINDS


def thresholds(spec: SignalsSpec) -> list[tuple[str, str]]:
    """(signal, what raises it) for every kind, in the order in which pages name them."""
    said = {**_of_one_order(spec), **_of_habits(spec)}
    return [(str(name), said[kind]) for kind, name in KINDS.items()]


def _of_one_order(spec: SignalsSpec) -> dict[str, str]:
    return {
        "opposed": _(
            "第一次说解决了、评价不差，%(days)s 天内第二次说没解决，或评价低 %(gap)s 级以上、不满意"
        )
        % {"gap": spec.opposed.gap, "days": spec.opposed.within_days},
        "flipped": _(
            "原先不满意，承办单位打过电话后 %(hours)s 小时内改口满意，其间没有到场、拍照或书面说明"
        )
        % {"hours": spec.flipped.within_hours},
        "silent": _(
            "答复前没有说上话，也没有打够 %(tries)s 次、隔 %(minutes)s 分钟以上；或诉求人说没人告诉过他"
        )
        % {"tries": spec.silent.tries, "minutes": spec.silent.spread_minutes},
        "reused": _(
            "与 %(days)s 天内别的事的照片相同，或 64 位特征至多差 %(bits)s 位；同一处 %(hours)s 小时内的不算"
        )
        % {
            "days": spec.reused.days,
            "bits": spec.reused.bits,
            "hours": spec.reused.same_place_hours,
        },
    }


def _of_habits(spec: SignalsSpec) -> dict[str, str]:
    return {
        "late_ask": _(
            "一家单位 %(days)s 天里至少 %(times)s 次在时限只剩 %(last)s 以内才申请延期，且占它所申请的 %(share)s 以上"
        )
        % {
            "days": spec.late_ask.days,
            "times": spec.late_ask.times,
            "last": _percent(spec.late_ask.last_share),
            "share": _percent(spec.late_ask.share),
        },
        "boilerplate": _(
            "一家单位 %(days)s 天里至少 %(times)s 件事的答复有 %(alike)s 以上相同，每篇不少于 %(length)s 字"
        )
        % {
            "days": spec.boilerplate.days,
            "times": spec.boilerplate.times,
            "alike": _percent(spec.boilerplate.alike / 100),
            "length": spec.boilerplate.length,
        },
        "praise": _(
            "一个号码 %(days)s 天里对一家单位好评至少 %(times)s 件，且占它对这家评价的 %(share)s 以上"
        )
        % {
            "days": spec.praise.days,
            "times": spec.praise.times,
            "share": _percent(spec.praise.share),
        },
    }


def _percent(share: float) -> str:
    return f"{share * 100:g} %"
