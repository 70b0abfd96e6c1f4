"""Outside work in words: what it is, and why it waits."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from wxchannels.menus import refusals as menu_refusals
from wxchannels.models import Task
from wxchannels.web.wechat import explain, translated
from wxchannels.wechat.errors import refusal

KIND_NAMES = {
    "adopt": _("Adopting a scene"),
    "authorizations": _("Forgetting web authorizations"),
    "bulk": _("Codes in bulk"),
    "import": _("Import of the follower list"),
    "lookup": _("How a follow came about"),
    "menu": _("Look at the menu in WeChat"),
    "recount": _("Counting again"),
    "reconcile": _("Comparison with the follower list"),
    "retention": _("Nightly clearing"),
    "tag": _("Tag in WeChat"),
    "webhook": _("Messages to a webhook"),
}


def explain_task(task: Task) -> str:
    """Return why the last try failed and what to do, in the reader's language."""
    if task.errcode:
        error = refusal(task.errcode, task.error)
        if task.kind == "menu":
            return translated(menu_refusals.explain(error).explanation)
        return explain(error)
    sentence: str
    match task.error:
        case "":
            return ""
        case "WeChatUnavailableError":
            sentence = gettext("WeChat did not answer, or was busy.")
        case "NotTakenError":
            sentence = gettext("The receiver did not take it: see Webhooks.")
        case "WorkerDied":
            sentence = gettext("The worker was ended each time while it was at this.")
        case name:
            sentence = gettext("Something went wrong here (%(name)s).", name=name)
    return sentence
