"""Web authorization over HTTP: `/empower`, WeChat, `/auth`, and on.

A page of ours that has to know which person is looking at it inside WeChat asks
`known_person`, and where nobody is known yet answers with `send_to_wechat`:

    person = known_person(account, AuthorizationPurpose.BINDING)
    if person is None:
        return send_to_wechat(account, AuthorizationPurpose.BINDING, back=here())
"""

from wxchannels.web.oauth import journey
from wxchannels.web.oauth.blueprint import bp
from wxchannels.web.oauth.identity import known_person, send_to_wechat

__all__ = ["bp", "known_person", "send_to_wechat"]

PAGES = (journey,)
