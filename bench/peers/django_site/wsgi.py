"""The WSGI object, and what makes the tables."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from bench.pushes import GREETING, SCENES

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.django_site.settings"
app = get_wsgi_application()


def set_up() -> None:
    """Make the tables and the channels."""
    from bench.peers.django_site.models import Channel  # noqa: PLC0415 - after setup

    call_command("migrate", run_syncdb=True, verbosity=0)
    Channel.objects.bulk_create(Channel(scene=s, greeting=GREETING) for s in SCENES)


if __name__ == "__main__":
    set_up()
