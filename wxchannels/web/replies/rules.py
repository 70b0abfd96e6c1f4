"""Rules for what messages and menu buttons are answered."""

from datetime import datetime

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import rules
from wxchannels.extensions import db
from wxchannels.menus.unanswered import unanswered_buttons
from wxchannels.models import ReplyRule, Trigger
from wxchannels.web.audit import note
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import explained, told
from wxchannels.web.replies.blueprint import bp
from wxchannels.web.replies.forms import FallbackForm, RuleForm
from wxchannels.web.replies.undoing import look, offer_before
from wxchannels.web.reply_form import fields_of
from wxchannels.web.undoing import offer_undo

ONE = "/rules/<int(max=2147483647):rule_id>"
STEPS = {"up": -1, "down": 1}


@bp.get("/rules")
def list_rules() -> str:
    """Show the rules in their order, and the reply to everything else."""
    reply = fields_of(g.account.reply_fallback)
    return _show_rules(FallbackForm(formdata=None, reply=reply))


@bp.post("/rules/fallback")
def change_fallback() -> ResponseReturnValue:
    """Change what messages are answered that no rule fits."""
    form, before = FallbackForm(), look()
    if form.validate():
        with explained(form):
            rules.change_fallback(g.account, form.reply.form.given())
            note("reply.fallback", at=clock.utcnow())
            db.session.commit()
            offer_before(before)
            return redirect(url_for(".list_rules"))
    return _show_rules(form), UNPROCESSABLE


@bp.get("/rules/new")
def new_rule() -> str:
    """Show the form; the address may say which button it is for."""
    key = request.args.get("key", "")
    if not key:
        return _show_form(RuleForm(formdata=None))
    return _show_form(RuleForm(formdata=None, answers=Trigger.MENU, words=key))


@bp.post("/rules/new")
def add_rule() -> ResponseReturnValue:
    """Add a rule behind the others."""
    form = RuleForm()
    if form.validate():
        with explained(form):
            rule = rules.add_rule(db.session(), g.account, form.fields())
            return _saved("reply_rule.add", rule)
    return _show_form(form), UNPROCESSABLE


@bp.get(f"{ONE}/edit")
def edit_rule(rule_id: int) -> str:
    """Show the form, filled in."""
    return _show_form(RuleForm.showing(_rule(rule_id)), rule_id=rule_id)


@bp.post(f"{ONE}/edit")
def change_rule(rule_id: int) -> ResponseReturnValue:
    """Change the rule as the form says."""
    form, rule = RuleForm(), _rule(rule_id)
    if form.validate():
        with explained(form):
            rules.edit_rule(db.session(), g.account, rule, form.fields())
            return _saved("reply_rule.edit", rule)
    return _show_form(form, rule_id=rule_id), UNPROCESSABLE


@bp.post(f"{ONE}/<any(up, down):way>")
def move_rule(rule_id: int, way: str) -> ResponseReturnValue:
    """Have the rule looked at earlier, or later."""
    session, rule = db.session(), _rule(rule_id)
    rules.move_rule(session, g.account, rule, STEPS[way])
    _note("reply_rule.move", rule, at=clock.utcnow())
    session.commit()
    return redirect(url_for(".list_rules", _anchor=f"rule-{rule_id}"))


@bp.post(f"{ONE}/on")
def enable_rule(rule_id: int) -> ResponseReturnValue:
    """Let the rule answer."""
    rule = _rule(rule_id)
    with told():
        rules.enable_rule(db.session(), g.account, rule)
        _note("reply_rule.on", rule, at=clock.utcnow())
        db.session.commit()
    return redirect(url_for(".list_rules", _anchor=f"rule-{rule_id}"))


@bp.post(f"{ONE}/off")
def disable_rule(rule_id: int) -> ResponseReturnValue:
    """Let the rule answer nothing for the time being."""
    rule = _rule(rule_id)
    rules.disable_rule(rule)
    _note("reply_rule.off", rule, at=clock.utcnow())
    db.session.commit()
    return redirect(url_for(".list_rules", _anchor=f"rule-{rule_id}"))


@bp.post(f"{ONE}/remove")
def remove_rule(rule_id: int) -> ResponseReturnValue:
    """Take the rule away, and offer to put it back."""
    rule, now = _kept_rule(rule_id), clock.utcnow()
    rules.remove_rule(rule, at=now)
    _note("reply_rule.remove", rule, at=now)
    db.session.commit()
    undo = url_for(".restore_rule", rule_id=rule_id)
    offer_undo(gettext("The rule is removed."), undo)
    return redirect(url_for(".list_rules"))


@bp.post(f"{ONE}/restore")
def restore_rule(rule_id: int) -> ResponseReturnValue:
    """Put the rule back where it was."""
    rule = _kept_rule(rule_id)
    with told():
        rules.restore_rule(db.session(), g.account, rule)
        _note("reply_rule.restore", rule, at=clock.utcnow())
        db.session.commit()
        flash(gettext("Saved."))
    return redirect(url_for(".list_rules"))


def _rule(rule_id: int) -> ReplyRule:
    return rules.get_rule(db.session(), g.account, rule_id)


def _kept_rule(rule_id: int) -> ReplyRule:
    return rules.get_kept_rule(db.session(), g.account, rule_id)


def _saved(action: str, rule: ReplyRule) -> ResponseReturnValue:
    _note(action, rule, at=clock.utcnow())
    db.session.commit()
    flash(gettext("Saved."))
    return redirect(url_for(".list_rules"))


def _note(action: str, rule: ReplyRule, *, at: datetime) -> None:
    note(action, rule.id, at=at, words=rule.words)


def _show_rules(form: FallbackForm) -> str:
    listed = rules.list_rules(db.session(), g.account)
    return render_template(
        "replies/rules.html",
        form=form,
        rules=listed,
        unanswered=unanswered_buttons(db.session(), g.account, listed),
    )


def _show_form(form: RuleForm, *, rule_id: int | None = None) -> str:
    return render_template("replies/rule.html", form=form, rule_id=rule_id)
