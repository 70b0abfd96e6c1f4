"""The WSGI object that granian and gunicorn serve."""

from config import BadSettingsError, Config
from wxchannels.app import create_app

try:
    app = create_app(Config.from_environment())
except BadSettingsError as error:
    raise SystemExit(str(error)) from None
