"""navigation: the groups of the workplace and the pages in them, in the order people read them."""

from typing import NamedTuple, Protocol

from services.wording.languages import marked as _


class Opens(Protocol):
    """Whoever knows which addresses its reader may open."""

    def opens(self, path: str) -> bool: ...


class NavigationPage(NamedTuple):
    """One entry of the navigation."""

    path: str
    name: str


class NavigationGroup(NamedTuple):
    """One group with its pages; the first one is where the group's name leads."""

    name: str
    pages: tuple[NavigationPage, ...]


GROUPS: tuple[NavigationGroup, ...] = (
    NavigationGroup(
        _("工作台"),
        (
            NavigationPage("/", _("工作台")),
            NavigationPage("/tasks/release", _("待放行")),
            NavigationPage("/tasks/due", _("到期应付")),
            NavigationPage("/tasks/referred", _("转人工")),
            NavigationPage("/tasks/held", _("待预算")),
            NavigationPage("/tasks/years", _("以后年度待预算")),
            NavigationPage("/tasks/resumptions", _("待定恢复")),
            NavigationPage("/tasks/objections", _("公示异议")),
            NavigationPage("/tasks/second", _("待我复核")),
            NavigationPage("/alarms", _("报警")),
            NavigationPage("/jobs", _("后台任务")),
        ),
    ),
    NavigationGroup(
        _("业务"),
        (
            NavigationPage("/applications", _("申请")),
            NavigationPage("/submissions", _("批量申报")),
            NavigationPage("/applications/import", _("申请文件")),
            NavigationPage("/past", _("历史享受")),
            NavigationPage("/disclosures", _("公示")),
        ),
    ),
    NavigationGroup(
        _("指标"),
        (
            NavigationPage("/targets", _("年度目标")),
            NavigationPage("/head-count", _("计入名单")),
            NavigationPage("/vouchers", _("培训券")),
            NavigationPage("/links", _("同一人关联")),
            NavigationPage("/posts", _("公益性岗位季报")),
        ),
    ),
    NavigationGroup(
        _("资金"),
        (
            NavigationPage("/disbursements", _("支付")),
            NavigationPage("/batches", _("批次")),
            NavigationPage("/results", _("银行回盘")),
            NavigationPage("/budgets", _("预算")),
            NavigationPage("/tasks/returns", _("退回待更正")),
            NavigationPage("/tasks/unknown", _("结果不明")),
            NavigationPage("/clawbacks", _("追回")),
            NavigationPage("/advances", _("预拨")),
        ),
    ),
    NavigationGroup(
        _("账务"),
        (
            NavigationPage("/reconciliation", _("对账")),
            NavigationPage("/matches", _("手工勾对")),
            NavigationPage("/treasury", _("三方核对")),
            NavigationPage("/statements", _("银行流水")),
            NavigationPage("/statements/import", _("流水文件")),
            NavigationPage("/accounts", _("科目余额表")),
            NavigationPage("/journal", _("凭证")),
            NavigationPage("/periods", _("月结")),
            NavigationPage("/reports", _("报表")),
        ),
    ),
    NavigationGroup(
        _("政策"),
        (
            NavigationPage("/policies", _("政策卡")),
            NavigationPage("/policies/figures", _("参数")),
            NavigationPage("/policies/questions", _("待确认事项")),
        ),
    ),
    NavigationGroup(
        _("审计"),
        (
            NavigationPage("/audit", _("审计检索")),
            NavigationPage("/audit/acts", _("经办记录")),
            NavigationPage("/audit/looks", _("查看记录")),
            NavigationPage("/samples", _("抽查")),
        ),
    ),
    NavigationGroup(
        _("系统"),
        (
            NavigationPage("/operations", _("运行")),
            NavigationPage("/dead-letters", _("坏报文")),
            NavigationPage("/users", _("用户")),
            NavigationPage("/users/sign-ins", _("登录和失败")),
            NavigationPage("/settings", _("设置")),
        ),
    ),
)


def groups_for(visit: Opens) -> list[NavigationGroup]:
    """The groups and pages that this reader may open."""
    return [
        group._replace(pages=pages)
        for group in GROUPS
        if (pages := tuple(page for page in group.pages if visit.opens(page.path)))
    ]


_HOMES = {
    "/cases": "/audit",
    "/parties": "/audit",
    "/decisions": "/clawbacks",
    "/differences": "/reconciliation",
    "/matching-rules": "/matches",
}
"""Pages that are reached from another one, and stand under it."""


def _home(path: str) -> str:
    """The page of the navigation under which an address stands, by its first segments."""
    parts = path.split("/")
    two = "/".join(parts[:3])
    if any(page.path == two for group in GROUPS for page in group.pages):
        return two
    return _HOMES.get("/" + parts[1], "/" + parts[1])


def group_of(path: str) -> NavigationGroup:
    """The group that an address belongs to."""
    first = _home(path)
    for group in GROUPS:
        if any(page.path == first for page in group.pages):
            return group
    return GROUPS[0]


def page_of(path: str) -> NavigationPage:
    """The page of the navigation that an address belongs to."""
    first = _home(path)
    group = group_of(path)
    return next((page for page in group.pages if page.path == first), group.pages[0])
