"""Refusals of the business, shown where the form was filled in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import flash
from flask_wtf import FlaskForm
from wtforms import Field, Form, FormField

from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.web import wechat
from wxchannels.web.errors import sentence_of
from wxchannels.wechat.errors import WeChatError


@contextmanager
def explained(form: FlaskForm) -> Iterator[None]:
    """Put a refusal's sentence at its field, drop the changes and leave the block.

    A view returns from inside the block when all went well, so what follows it
    shows the form again.
    """
    try:
        yield
    except DomainError as error:
        db.session.rollback()
        refuse(form, error)


@contextmanager
def told() -> Iterator[None]:
    """Tell a refusal on the next page and drop the changes: an act without a form."""
    try:
        yield
    except DomainError as error:
        db.session.rollback()
        flash(sentence_of(error), "error")


@contextmanager
def told_by_wechat(
    explain: Callable[[WeChatError], str] = wechat.explain,
) -> Iterator[None]:
    """Tell a refusal, WeChat's or ours, on the next page and drop the changes."""
    try:
        with told():
            yield
    except WeChatError as error:
        db.session.rollback()
        flash(explain(error), "error")


def refuse(form: FlaskForm, error: DomainError) -> None:
    """Put the refusal's sentence at its field, or above the form."""
    if error.field in form:
        field = form[error.field]
        if isinstance(field, FormField):
            field = _part_of(field.form, error.part)
        field.errors = [*field.errors, sentence_of(error)]
    else:
        form.form_errors.append(sentence_of(error))


def _part_of(form: Form, part: str) -> Field:
    """Return the field for `part`, of the first of several; else the form's first."""
    name = part.rpartition(".")[2]
    return form[name] if name in form else next(iter(form))
