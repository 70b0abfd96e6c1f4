"""The platform's API, as api.weixin.qq.com and mp.weixin.qq.com answer it."""

from flask import Blueprint

from wxchannels.sandbox.api import menus, pictures, platform, qrcodes, tokens, users


def make_blueprint() -> Blueprint:
    """Return all paths of the platform."""
    blueprint = Blueprint("api", __name__)
    for module in (tokens, qrcodes, users, menus, platform):
        for endpoint in module.ENDPOINTS:
            endpoint.bind(blueprint)
    blueprint.register_blueprint(pictures.bp)
    return blueprint
