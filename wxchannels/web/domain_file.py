"""The file that WeChat's console fetches to see that the domain is ours."""

from flask import Blueprint, Response, abort

from wxchannels.authorizations.domain import is_expected
from wxchannels.extensions import db

bp = Blueprint("domain_file", __name__)


@bp.get("/MP_verify_<content>.txt")
def show(content: str) -> Response:
    """Show the file, if an administrator entered its name: it says who may use us."""
    if not is_expected(db.session(), content):
        abort(404)
    return Response(content, mimetype="text/plain")
