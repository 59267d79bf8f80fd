"""troubles: what a page says instead of its content: what happened, and what to do."""

from http import HTTPStatus
from typing import NamedTuple

from services.wording.languages import marked as _


class PageTrouble(NamedTuple):
    """What a page says instead of its content."""

    status: HTTPStatus
    code: str
    what: str
    do: str


NOT_FOUND = PageTrouble(
    HTTPStatus.NOT_FOUND,
    "E-404",
    _("没有找到这条记录，或它不在您的区划内。"),
    _("请核对编号。"),
)
NOT_READ = PageTrouble(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "E-READ",
    _("暂时读不到账本，页面未显示任何金额。"),
    _("请稍后刷新；持续 5 分钟的，请报下面的编号。"),
)
NOT_SENT = PageTrouble(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "E-SEND",
    _("暂时无法提交，没有写入任何内容，或尚未得到确认。"),
    _("请返回后再次提交：同一表单重复提交只办理一次。"),
)
NOT_A_REQUEST = PageTrouble(
    HTTPStatus.BAD_REQUEST,
    "E-FORM",
    _("收到的内容不完整，或写法不对，没有办理。"),
    _("请从本系统的页面重新提交。"),
)
NOT_ALLOWED = PageTrouble(
    HTTPStatus.FORBIDDEN,
    "E-ORIGIN",
    _("这次提交不是从本系统的页面发出的，没有办理。"),
    _("请从本系统的页面重新提交。"),
)
NOT_THIS_SESSION = PageTrouble(
    HTTPStatus.FORBIDDEN,
    "E-FORM-SESSION",
    _("这张表单不是本次登录打开的，没有办理。"),
    _("请重新打开页面，再次提交。"),
)
NOT_YOUR_PAGE = PageTrouble(
    HTTPStatus.FORBIDDEN,
    "E-ROLE",
    _("您的角色不能打开这一页；本次尝试已记录。"),
    _("需要的，请向系统管理员申请相应的角色。"),
)
NOT_AN_ACT = PageTrouble(
    HTTPStatus.METHOD_NOT_ALLOWED,
    "E-METHOD",
    _("这个地址不能这样打开。"),
    _("请从本系统的页面重新进入。"),
)
FAULT = PageTrouble(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "E-FAULT",
    _("页面没有生成，未显示任何金额。"),
    _("请稍后刷新；仍然如此的，请报下面的编号。"),
)


class SignInNeeded(Exception):
    """Nobody is signed in, or whoever is must set a password and a device first; `first` is where."""

    def __init__(self, first: str = "/sign-in") -> None:
        super().__init__(first)
        self.first = first


class PageRefused(Exception):
    """A page that cannot be shown, for a reason that its reader can act on."""

    def __init__(self, trouble: PageTrouble) -> None:
        super().__init__(trouble.code)
        self.trouble = trouble
