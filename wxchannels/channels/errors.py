"""What staff manage can be refused for; each module adds its own below these."""

from wxchannels.errors import N_, DomainError


class TakenError(DomainError):
    """Something of this name exists already."""

    sentence = N_("This is taken.")


class ChannelArchivedError(DomainError):
    """An archived channel gets no new codes."""

    sentence = N_("“%(name)s” is archived. Restore it on its page first.")
