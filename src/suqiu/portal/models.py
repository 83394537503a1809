"""What the public pages need beside the order: the key to it, and how often somebody knocked."""

from django.db import models

from suqiu.orders.models import Order


class Key(models.Model):
    """The query code of an order, as a keyed and salted hash; the code itself is kept nowhere."""

    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, primary_key=True, related_name="query_key"
    )
    salt = models.CharField(max_length=32)
    hashed = models.CharField(max_length=64)
    issued_at = models.DateTimeField()


class Knock(models.Model):
    """One try of something that is throttled; `who` is a keyed hash of a telephone, a network or a
    number, never the thing itself."""

    what = models.CharField(max_length=8)
    who = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["what", "who", "at"], name="portal_knocks")]
