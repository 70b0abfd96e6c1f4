"""The systems of the customer's that are told what happens."""

from flask import (
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.models import Webhook, WebhookDelivery
from wxchannels.paging import parse_page
from wxchannels.web.accounts.blueprints import connection_bp
from wxchannels.web.accounts.forms import WebhookForm
from wxchannels.web.accounts.webhook_words import (
    EVENT_NAMES,
    SHOWN,
    explain_failure,
    host_of,
    place_of,
)
from wxchannels.web.audit import note
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.irreversible import ConfirmedForm
from wxchannels.web.refusals import explained
from wxchannels.webhooks import addresses, endpoints, log

#: The largest a column holds.
BIGGEST = 2**63 - 1


@connection_bp.get("/webhooks")
def list_webhooks() -> str:
    """Show the webhooks, and the form for another one."""
    return _show_list(WebhookForm(formdata=None))


@connection_bp.post("/webhooks")
def add_webhook() -> ResponseReturnValue:
    """Add one and show its secret, this once."""
    form = WebhookForm()
    if form.validate():
        with explained(form):
            webhook = _add(form)
            return _show_secret(webhook)
    return _show_list(form), UNPROCESSABLE


@connection_bp.get("/webhooks/<int(max=2147483647):webhook_id>")
def show_webhook(webhook_id: int) -> str:
    """Show what it was told, and its settings."""
    webhook = _find(webhook_id)
    return _show(webhook, WebhookForm.showing(webhook))


@connection_bp.post("/webhooks/<int(max=2147483647):webhook_id>")
def change_webhook(webhook_id: int) -> ResponseReturnValue:
    """Change its settings."""
    form = WebhookForm()
    if form.validate():
        with explained(form):
            _check_address(form)
            webhook, session = _find(webhook_id), db.session()
            endpoints.change_endpoint(session, g.account, webhook, form.entered())
            _commit("webhook.edit", webhook)
            flash(gettext("Saved."))
            return redirect(url_for(".show_webhook", webhook_id=webhook_id))
    return _show(_find(webhook_id), form), UNPROCESSABLE


@connection_bp.post("/webhooks/<int(max=2147483647):webhook_id>/test")
def test_webhook(webhook_id: int) -> ResponseReturnValue:
    """Send a message that says nothing but that it arrives."""
    webhook = _find(webhook_id)
    endpoints.send_test(db.session(), webhook, at=clock.utcnow())
    _commit("webhook.test", webhook)
    flash(
        gettext("A test message is in line. In a moment you see below what came of it.")
    )
    return redirect(url_for(".show_webhook", webhook_id=webhook_id))


@connection_bp.post("/webhooks/<int(max=2147483647):webhook_id>/resume")
def resume_webhook(webhook_id: int) -> ResponseReturnValue:
    """Begin to send what waits."""
    webhook = _find(webhook_id)
    endpoints.resume(db.session(), webhook, at=clock.utcnow())
    _commit("webhook.resume", webhook)
    flash(gettext("What waits is sent now, the oldest first."))
    return redirect(url_for(".show_webhook", webhook_id=webhook_id))


@connection_bp.post("/webhooks/<int(max=2147483647):webhook_id>/secret")
def change_secret(webhook_id: int) -> ResponseReturnValue:
    """Make another secret and show it, this once."""
    webhook = _find(webhook_id)
    endpoints.rotate_secret(webhook, at=clock.utcnow())
    _commit("webhook.secret", webhook)
    return _show_secret(webhook)


@connection_bp.post("/webhooks/<int(max=2147483647):webhook_id>/remove")
def remove_webhook(webhook_id: int) -> ResponseReturnValue:
    """Take it away with all it was to be told."""
    webhook, form = _find(webhook_id), ConfirmedForm()
    if not form.validate() or not form.confirms(g.account):
        page = _show(webhook, WebhookForm.showing(webhook), removal=form)
        return page, UNPROCESSABLE
    endpoints.remove_endpoint(db.session(), g.account, webhook)
    _commit("webhook.remove", webhook)
    flash(gettext("The webhook is removed. Nothing is sent there any more."))
    return redirect(url_for(".list_webhooks"))


@connection_bp.post("/webhooks/<int(max=2147483647):webhook_id>/again")
def send_message_again(webhook_id: int) -> ResponseReturnValue:
    """Put a message back in line."""
    webhook = _find(webhook_id)
    log.send_again(db.session(), webhook, _delivery(webhook), at=clock.utcnow())
    _commit("webhook.again", webhook)
    flash(gettext("In line again."))
    return redirect(url_for(".show_webhook", webhook_id=webhook_id))


@connection_bp.post("/webhooks/<int(max=2147483647):webhook_id>/skip")
def skip_message(webhook_id: int) -> ResponseReturnValue:
    """Let a message keep the others waiting no longer."""
    webhook = _find(webhook_id)
    log.skip(db.session(), webhook, _delivery(webhook), at=clock.utcnow())
    _commit("webhook.skip", webhook)
    flash(gettext("Skipped."))
    return redirect(url_for(".show_webhook", webhook_id=webhook_id))


def _find(webhook_id: int) -> Webhook:
    webhook = endpoints.find_endpoint(db.session(), g.account, webhook_id)
    if webhook is None:
        abort(404)
    return webhook


def _delivery(webhook: Webhook) -> WebhookDelivery:
    number = request.form.get("id", 0, type=int)
    is_number = 0 < number <= BIGGEST
    delivery = log.find_delivery(db.session(), webhook, number) if is_number else None
    if delivery is None:
        abort(404)
    return delivery


def _check_address(form: WebhookForm) -> None:
    """Refuse what is no address for messages; a look-up holds no transaction."""
    allowed = current_app.config["WEBHOOK_ALLOWED_HOSTS"]
    target = addresses.read_url(form.entered().url, allowed)
    db.session.rollback()
    addresses.find_address(target, allowed)


def _add(form: WebhookForm) -> Webhook:
    _check_address(form)
    webhook = endpoints.add_endpoint(
        db.session(), g.account, form.entered(), at=clock.utcnow()
    )
    _commit("webhook.add", webhook)
    return webhook


def _commit(action: str, webhook: Webhook) -> None:
    note(action, webhook.id, at=clock.utcnow(), to=host_of(webhook))
    db.session.commit()


def _show_list(form: WebhookForm) -> str:
    session = db.session()
    return render_template(
        "accounts/webhooks.html",
        webhooks=endpoints.list_endpoints(session, g.account),
        waiting=log.count_waiting(session, g.account.id),
        form=form,
        event_names=EVENT_NAMES,
        place_of=place_of,
    )


def _show_secret(webhook: Webhook) -> Response:
    page = render_template(
        "accounts/webhook_secret.html", webhook=webhook, place=place_of(webhook)
    )
    response = make_response(page)
    response.cache_control.no_store = True
    return response


def _show(
    webhook: Webhook, form: WebhookForm, *, removal: ConfirmedForm | None = None
) -> str:
    session = db.session()
    show = request.args.get("show", "")
    state = SHOWN.get(show)
    page = parse_page(request.args.get("page", ""))
    return render_template(
        "accounts/webhook.html",
        webhook=webhook,
        waiting=log.count_waiting(session, g.account.id).get(webhook.id, 0),
        found=log.list_deliveries(session, webhook, state, page=page),
        show=show if state else "",
        form=form,
        removal=removal or ConfirmedForm(formdata=None),
        event_names=EVENT_NAMES,
        explain_failure=explain_failure,
        place=place_of(webhook),
        now=clock.utcnow(),
    )
