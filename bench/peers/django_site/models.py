"""The same tables as the other peers have."""

from django.db import models


class Channel(models.Model):
    """Where a code hangs, and what it says."""

    scene = models.CharField(max_length=64, unique=True)
    greeting = models.CharField(max_length=600)

    class Meta:
        """Named as at the other peers."""

        db_table = "channel"


class Follower(models.Model):
    """Who follows."""

    openid = models.CharField(max_length=64, unique=True)
    channel = models.ForeignKey(Channel, models.PROTECT, db_index=False)
    followed_at = models.DateTimeField()

    class Meta:
        """Named as at the other peers."""

        db_table = "follower"


class Push(models.Model):
    """A push, once, as it came and as what it turned out to be."""

    key = models.CharField(max_length=64, unique=True)
    follower = models.ForeignKey(Follower, models.PROTECT)
    channel = models.ForeignKey(Channel, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=16)
    happened_at = models.DateTimeField()
    body = models.BinaryField()

    class Meta:
        """Named as at the other peers."""

        db_table = "push"


class DayCounter(models.Model):
    """What a channel brought on a day."""

    channel = models.ForeignKey(Channel, models.PROTECT, db_index=False)
    day = models.DateField()
    new_follows = models.IntegerField(default=0)
    refollows = models.IntegerField(default=0)

    class Meta:
        """One row for each channel and day."""

        db_table = "day_counter"
        constraints = (
            models.UniqueConstraint(fields=["channel", "day"], name="channel_day"),
        )
