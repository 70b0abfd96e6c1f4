"""半亩茶, a tea house that does not exist: its channels and what they answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wxchannels.channels.replies import Audience

SLUG = "banmu"
NAME = "半亩茶"
APP_ID = "wx7c21f0a4e90b58d3"
ORIGINAL_ID = "gh_7c21f0a4e90b"
WELCOME: Mapping[Audience, str] = {
    "reply_new": "欢迎来到半亩茶。\n到店出示这条消息，送一份茶点。",
    "reply_returning": "好久不见，欢迎回来。老朋友到店，第二杯半价。",
    "reply_following": "你已经是半亩茶的朋友了，今天也请喝好茶。",
}
#: What the tea house answers to messages and buttons, in order: to which of the two,
#: how words are looked for, which ones, and what is said.
RULES: Sequence[tuple[str, str, str, str | Mapping[str, object]]] = (
    (
        "message",
        "contains",
        "菜单\n价格",
        {
            "kind": "news",
            "articles": [
                {
                    "title": "半亩茶 · 本季茶单",
                    "description": "桂花乌龙、冷泡龙井，还有每天现做的茶点。",
                    "url": "https://example.com/menu?from={account}",
                }
            ],
        },
    ),
    (
        "message",
        "contains",
        "营业时间\n几点",
        "{account}每天 10:00–22:00 营业，今天（{date}）照常。",
    ),
    ("message", "pattern", "(退|换)(款|货|茶)", {"kind": "transfer_customer_service"}),
    (
        "message",
        "pattern",
        "^[0-9]{6}$",
        "取茶号收到了。到店报手机尾号，或者报 {openid_tail}，都能取。",
    ),
    (
        "message",
        "equals",
        "hi\n你好\n您好",
        "你好，这里是{account}。回复「菜单」看茶单。",
    ),
    ("menu", "equals", "NEARBY", "静安寺店最近，走路六分钟。"),
    ("menu", "equals", "SCAN_COUPON", "券码已经收到，结账时报 {openid_tail} 就行。"),
    (
        "menu",
        "equals",
        "BIND_MEMBER",
        "在会员中心点「绑定微信」，再用微信扫页面上的码。",
    ),
)
FALLBACK = (
    "没看懂这句。回复「菜单」看茶单，「营业时间」看几点开门，「退款」找人工客服。"
)
#: A code that some other tool made before us, still on a wall.
OLD_POSTER, OLD_POSTER_NAME = "poster2024", "旧海报（别的工具做的）"
#: Whose phones can be played with, and whether they follow already.
PHONES = {
    "xiaoman": ("小满", False),
    "ajie": ("阿杰", True),
    "linxia": ("林夏", False),
    "laozhou": ("老周", True),
    "susu": ("苏苏", False),
}


@dataclass(frozen=True)
class Place:
    """Where a code hangs, and how many people come by it."""

    name: str
    group: str
    weight: int
    tags: str = ""
    owner: str | None = None
    reply: str | None = None
    #: None is for ever.
    days: int | None = None
    state: str = "active"


XU, GU, CHEN = "xuman@example.com", "guyiming@example.com", "chenlu@example.com"
STAMP = "武康路快闪欢迎你。\n凭这条消息到柜台换一枚限定印章，盖满 3 枚送一杯桂花乌龙。"

PLACES: Sequence[Place] = (
    Place("静安寺店·收银台", "上海门店/静安区", 12, "门店", XU),
    Place("静安寺店·桌贴", "上海门店/静安区", 9, "门店", XU),
    Place("静安寺店·门口海报", "上海门店/静安区", 7, "门店,海报", XU),
    Place("南京西路店·收银台", "上海门店/静安区", 10, "门店", XU),
    Place("南京西路店·外带杯套", "上海门店/静安区", 8, "门店,包材", XU),
    Place("武康路店·收银台", "上海门店/徐汇区", 11, "门店", CHEN),
    Place("武康路店·露台立牌", "上海门店/徐汇区", 6, "门店", CHEN),
    Place("衡山路店·桌贴", "上海门店/徐汇区", 5, "门店", CHEN),
    Place("西湖店·收银台", "杭州门店", 8, "门店", GU),
    Place("西湖店·茶室屏风", "杭州门店", 3, "门店", GU),
    Place("龙井路店·收银台", "杭州门店", 6, "门店", GU),
    Place("武康路快闪·盖章卡", "展会与快闪", 9, "快闪", XU, STAMP, days=30),
    Place("武康路快闪·入口展板", "展会与快闪", 4, "快闪", XU, STAMP, days=30),
    Place("国际茶博会·展台", "展会与快闪", 6, "展会", GU, days=14),
    Place("国际茶博会·样茶袋", "展会与快闪", 2, "展会,包材", GU, days=14),
    Place("桂花乌龙·茶罐", "包材", 5, "包材"),
    Place("冷泡茶·瓶身", "包材", 4, "包材"),
    Place("礼盒·内卡", "包材", 3, "包材"),
    Place("小红书·主页", "线上", 5, "线上", XU),
    Place("公众号文章·文末", "线上", 4, "线上", XU),
    Place("视频号·直播间", "线上", 3, "线上", XU),
    Place("地推·陈露", "地推", 4, "地推", CHEN),
    Place("地推·顾一鸣", "地推", 3, "地推", GU, state="disabled"),
    Place("去年双十一·快递卡", "包材", 1, "包材", state="archived"),
)
