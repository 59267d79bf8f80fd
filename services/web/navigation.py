"""navigation: the groups of the workplace and the pages in them, in the order people read them."""

from typing import NamedTuple

from services.web.languages import marked as _


class Page(NamedTuple):
    """One entry of the navigation."""

    path: str
    name: str


class Group(NamedTuple):
    """One group with its pages; the first one is where the group's name leads."""

    name: str
    pages: tuple[Page, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        _("工作台"),
        (
            Page("/", _("工作台")),
            Page("/tasks/release", _("待放行")),
            Page("/tasks/due", _("到期应付")),
            Page("/tasks/referred", _("转人工")),
            Page("/tasks/held", _("待预算")),
            Page("/tasks/resumptions", _("待定恢复")),
            Page("/tasks/second", _("待我复核")),
            Page("/alarms", _("报警")),
        ),
    ),
    Group(
        _("业务"),
        (
            Page("/applications", _("申请")),
            Page("/submissions", _("批量申报")),
            Page("/past", _("历史享受")),
        ),
    ),
    Group(
        _("指标"),
        (
            Page("/targets", _("年度目标")),
            Page("/head-count", _("计入名单")),
            Page("/vouchers", _("培训券")),
            Page("/links", _("同一人关联")),
            Page("/posts", _("公益性岗位季报")),
        ),
    ),
    Group(
        _("资金"),
        (
            Page("/disbursements", _("支付")),
            Page("/batches", _("批次")),
            Page("/results", _("银行回盘")),
            Page("/budgets", _("预算")),
            Page("/tasks/returns", _("退回待更正")),
            Page("/tasks/unknown", _("结果不明")),
            Page("/clawbacks", _("追回")),
            Page("/advances", _("预拨")),
        ),
    ),
    Group(
        _("账务"),
        (
            Page("/reconciliation", _("对账")),
            Page("/statements", _("银行流水")),
            Page("/accounts", _("科目余额表")),
            Page("/journal", _("凭证")),
        ),
    ),
    Group(
        _("政策"),
        (Page("/policies", _("政策卡")), Page("/policies/questions", _("待确认事项"))),
    ),
    Group(
        _("系统"),
        (
            Page("/operations", _("运行")),
            Page("/dead-letters", _("坏报文")),
        ),
    ),
)


_HOMES = {"/decisions": "/clawbacks", "/differences": "/reconciliation"}
"""Pages that are reached from another one, and stand under it."""


def _home(path: str) -> str:
    """The page of the navigation under which an address stands, by its first segments."""
    parts = path.split("/")
    two = "/".join(parts[:3])
    if any(page.path == two for group in GROUPS for page in group.pages):
        return two
    return _HOMES.get("/" + parts[1], "/" + parts[1])


def group_of(path: str) -> Group:
    """The group that an address belongs to."""
    first = _home(path)
    for group in GROUPS:
        if any(page.path == first for page in group.pages):
            return group
    return GROUPS[0]


def page_of(path: str) -> Page:
    """The page of the navigation that an address belongs to."""
    first = _home(path)
    group = group_of(path)
    return next((page for page in group.pages if page.path == first), group.pages[0])
