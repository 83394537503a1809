"""Shapes of the verbs that ask for more time; each says beforehand how much there is to ask for."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import DAYS
from suqiu.desk.forms import LONG, VerbForm
from suqiu.desk.widgets import DayInput
from suqiu.orders.actions.waits import longest_hold
from suqiu.orders.models import Order
from suqiu.policy.queries import pack


class AskExtension(VerbForm):
    days = forms.IntegerField(label=_("延长（工作日）"), min_value=1, max_value=365)
    reason = forms.CharField(label=_("理由"), widget=LONG, max_length=1000)

    def about(self, order: Order, by: Actor) -> None:
        bound = pack(order.pack_id).extension
        if bound.max_days:
            self.fields["days"].widget.attrs["max"] = bound.max_days
            self.fields["days"].help_text = _("最多 %(days)s 个工作日；一件最多延 %(n)s 次") % {
                "days": bound.max_days, "n": bound.max
            }  # fmt: skip


class AskHold(VerbForm):
    until = forms.DateField(
        validators=DAYS,
        label=_("复核日"),
        widget=DayInput(),
    )
    reason = forms.CharField(label=_("理由"), widget=LONG, max_length=1000)

    def about(self, order: Order, by: Actor) -> None:
        today, most = clock.today(), longest_hold(pack(order.pack_id))
        first, last = (today + dt.timedelta(days=n) for n in (1, most))
        field = self.fields["until"]
        field.widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        field.help_text = _("最迟 %(day)s；到这天复核，时限接着走") % {"day": last.isoformat()}
