"""unwritten files: why a payment file was not written, in words: what is missing, and what to do."""

from typing import NamedTuple

from services.wording.languages import marked as _
from services.wording.languages import translate


class UnwrittenFile(NamedTuple):
    """What stands in a file's way, and who can take it out of it."""

    what: str
    do: str


WORDS: dict[str, UnwrittenFile] = {
    "NO_ACCOUNT": UnwrittenFile(
        _("付款账户不在本市的 accounts.yaml 里：{detail}。"),
        _("请补上这个账户并重启各进程，文件随后自动写出。"),
    ),
    "NO_NUMBER": UnwrittenFile(
        _("身份库里没有付款账户 {detail} 经两人录入的账号。"),
        _(
            "请一人运行 benefit-ledger accounts set，另一人运行 accounts confirm，文件随后自动写出。"
        ),
    ),
    "NUMBER_UNFIT": UnwrittenFile(
        _("身份库里的付款账号与 accounts.yaml 不符：{detail}。"),
        _("请核对后改正 accounts.yaml，或由两人重新录入账号，文件随后自动写出。"),
    ),
    "PAYEE_UNKNOWN": UnwrittenFile(
        _("身份库里没有第 {detail} 行的收款账户。"),
        _("请退回这几笔支付，登记收款账户后重新制批。"),
    ),
    "TEXT_OUTSIDE": UnwrittenFile(
        _("第 {detail} 行有银行的字符集写不出的字。"),
        _("请改用能写出这些字的付款文件格式（layouts 的 encoding），文件随后自动写出。"),
    ),
    "ANOTHER_FILE": UnwrittenFile(
        _("这一批先前已交出文件 {detail}，内容与现在的不同。"),
        _("请不要再发：先向银行查询付了哪一份。"),
    ),
    "OUTBOX": UnwrittenFile(
        _("发件夹不能写入：{detail}。"),
        _("请腾出空间或给予写入权限，文件随后自动写出。"),
    ),
    "BROKEN": UnwrittenFile(
        _("名单与放行的不符，或有付款文件写不下的内容。"),
        _("请联系系统管理员查看 clerk 的日志；这一批没有付款。"),
    ),
}


def in_words(code: str, detail: str) -> UnwrittenFile:
    """Say an obstacle in the language of this request."""
    words = WORDS.get(code, WORDS["BROKEN"])
    return UnwrittenFile(translate(words.what, detail=detail), translate(words.do))
