"""The platform's API, as api.weixin.qq.com and mp.weixin.qq.com answer it."""

from flask import Blueprint

from wxchannels.sandbox.api import (
    customer,
    datacube,
    menus,
    pictures,
    platform,
    qrcodes,
    sns,
    tags,
    tokens,
    users,
)


def make_blueprint() -> Blueprint:
    """Return all paths of the platform."""
    blueprint = Blueprint("api", __name__)
    modules = (
        *(tokens, qrcodes, users, menus, tags),
        *(customer, datacube, platform, sns),
    )
    for module in modules:
        for endpoint in module.ENDPOINTS:
            endpoint.bind(blueprint)
    blueprint.register_blueprint(pictures.bp)
    return blueprint
