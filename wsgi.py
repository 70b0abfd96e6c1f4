"""The WSGI object that granian and gunicorn serve."""

import gc

from config import BadSettingsError, Config
from wxchannels.app import create_app

try:
    app = create_app(Config.from_environment())
except BadSettingsError as error:
    raise SystemExit(str(error)) from None

# All this lives as long as the process. To look through it for garbage would hold up
# every push meanwhile, for a fifth of a second.
gc.freeze()
