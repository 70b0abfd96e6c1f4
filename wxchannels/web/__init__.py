"""Who asks us over HTTP: parse, call, commit, render."""

from flask import Flask

from wxchannels.web import (
    accounts,
    addresses,
    adoption,
    api,
    assets,
    audit_log,
    auth,
    binding_confirm,
    binding_page,
    bindings,
    bulk,
    channels,
    domain_file,
    error_pages,
    errors,
    events,
    filters,
    health,
    home,
    in_wechat,
    kept,
    ledger_words,
    machines,
    menus,
    metrics,
    navigation,
    oauth,
    overview,
    phone_confirm,
    pictures,
    preferences,
    recounting,
    replies,
    reports,
    requests,
    testers,
    users,
    work,
)


def register(app: Flask) -> None:
    """Bind every blueprint and the rules that hold for all of them."""
    requests.register(app)
    auth.bind(app)
    in_wechat.register(app)
    filters.register(app)
    assets.register(app)
    ledger_words.register(app)
    addresses.register(app)
    navigation.register(app)
    preferences.register(app)
    recounting.register(app)
    error_pages.register(app)
    errors.register(app)
    kept.register(app)
    api.register(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(metrics.bp)
    app.register_blueprint(pictures.bp)
    app.register_blueprint(oauth.bp)
    app.register_blueprint(binding_page.bp)
    app.register_blueprint(domain_file.bp)
    app.register_blueprint(phone_confirm.bp)
    app.register_blueprint(binding_confirm.bp)
    app.register_blueprint(bindings.bp)
    app.register_blueprint(channels.bp)
    app.register_blueprint(bulk.bp)
    app.register_blueprint(home.bp)
    app.register_blueprint(users.bp)
    app.register_blueprint(overview.bp)
    app.register_blueprint(reports.bp)
    app.register_blueprint(adoption.bp)
    app.register_blueprint(events.bp)
    app.register_blueprint(testers.bp)
    app.register_blueprint(menus.bp)
    app.register_blueprint(work.bp)
    app.register_blueprint(audit_log.bp)
    replies.register(app)
    for blueprint in accounts.BLUEPRINTS:
        app.register_blueprint(blueprint)
    machines.mount(app)
