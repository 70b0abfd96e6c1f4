"""The WSGI object that granian and gunicorn serve."""

import gc
import sys

# Nothing of what begins here is garbage, and all of it lives as long as the process.
# To look through it takes a fifth of the start, and later held up every push at once.
gc.disable()

from config import BadSettingsError, Config  # noqa: E402 - the reason is above
from wxchannels.app import create_app  # noqa: E402 - the same

try:
    app = create_app(Config.from_environment())
except BadSettingsError as error:
    sys.stderr.write(f"{error}\n")
    # A worker that ends with anything else gunicorn starts again, without end.
    raise SystemExit(3) from None

gc.freeze()
gc.enable()
