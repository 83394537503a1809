"""What appeals are about, where they come from, whose they are, and which door is the right one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from suqiu.organisations.models import Region, Unit

# How an appeal came. A hotline of another house whose orders are handed on by its system is still a call.
CHANNELS = {
    "phone": _("电话"),
    "web": _("网络"),
    "letter": _("信函与来访"),
    "platform": _("接口"),
    "sheet": _("表格"),
    "patrol": _("巡查"),
}


class Source(models.Model):
    """A hotline or other way in, and the `channel` by which its appeals come. Adding one is adding a row."""

    code = models.CharField(max_length=16, primary_key=True)
    name = models.CharField(max_length=32)
    channel = models.CharField(max_length=8, choices=list(CHANNELS.items()), default="phone")
    conduct = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A leaf of the tree: line, class, leaf. `lead` is the trade that answers for it; `recurs`: what
    comes back after closing; `conduct`: how officials behave (政风行风), a leader signs for it."""

    code = models.CharField(max_length=8, primary_key=True)
    line = models.CharField(max_length=2)
    line_name = models.CharField(max_length=16)
    group_name = models.CharField(max_length=32)
    name = models.CharField(max_length=48)
    urgency = models.CharField(max_length=8)
    lead = models.CharField(max_length=4)
    co = models.JSONField(default=list)
    keywords = models.JSONField(default=list)
    recurs = models.BooleanField(default=False)
    conduct = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.line_name} › {self.group_name} › {self.name}"


class Door(models.Model):
    """Where an appeal outside the trade belongs, and what the citizen is told."""

    code = models.CharField(max_length=16, primary_key=True)
    name = models.CharField(max_length=48)
    tell = models.CharField(max_length=200)
    keywords = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class DutyVersion(models.Model):
    """An edition of the duty catalogue (派单目录); an order keeps the one it began with."""

    number = models.IntegerField(primary_key=True)
    effective_from = models.DateTimeField()
    basis = models.CharField(max_length=200)


class Duty(models.Model):
    """Leaf × district (and street where the street decides) → the unit that leads."""

    version = models.ForeignKey(DutyVersion, on_delete=models.CASCADE)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    street = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "category", "region", "street"],
                nulls_distinct=False,
                name="catalogue_one_lead",
            )
        ]
