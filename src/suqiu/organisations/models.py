"""Regions and units with their times of validity, and who is on duty."""

from django.db import models
from django.utils.translation import gettext_noop as _


class Region(models.Model):
    """A city or district by its code (GB/T 2260). One that ended names its successor."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=32)
    short = models.CharField(max_length=16)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    tile_row = models.SmallIntegerField(null=True)
    tile_column = models.SmallIntegerField(null=True)

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A part of the centre, or one that handles orders in a district."""

    KINDS = [
        ("centre", _("受理中心")),
        ("section", _("中心科室")),
        ("hub", _("区受理部门")),
        ("department", _("区职能部门")),
        ("street", _("街镇")),
        ("squad", _("中队")),
    ]
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=KINDS)
    line = models.CharField(max_length=4, blank=True)
    trade = models.CharField(max_length=8, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    email = models.EmailField(blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(kind="centre"),
                name="organisations_one_centre",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """One line of a unit's roster (值班表): who answers the duty telephone, in which hours.

    `days` is "work", "rest" or a date; a line for a date goes before one for a kind of day.
    `person` and `deputy` are plain ids: people live above organisations.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="duties")
    days = models.CharField(max_length=10)
    since = models.TimeField()
    until = models.TimeField()
    person = models.CharField(max_length=64)
    deputy = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)
