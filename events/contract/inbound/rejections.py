"""Rejections: why a message cannot be taken, in words that its sender can act on.

Holds: a rejection's code and field carry nothing that the sender wrote, so both may stand in the
       clear; its texts may quote the message and are kept only where the message itself is.
"""

from enum import StrEnum
from typing import NamedTuple


class Code(StrEnum):
    """One reason each; the order is that of the checks."""

    NULL_VALUE = "NULL_VALUE"
    TOO_LARGE = "TOO_LARGE"
    NO_TIMESTAMP = "NO_TIMESTAMP"
    NOT_JSON = "NOT_JSON"
    TOO_DEEP = "TOO_DEEP"
    KEY_TWICE = "KEY_TWICE"
    WRONG_CONTENT = "WRONG_CONTENT"
    MISSING_ATTRIBUTE = "MISSING_ATTRIBUTE"
    WRONG_ATTRIBUTE = "WRONG_ATTRIBUTE"
    SOURCE_NOT_GRANTED = "SOURCE_NOT_GRANTED"
    TYPE_NOT_GRANTED = "TYPE_NOT_GRANTED"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    WRONG_FEED = "WRONG_FEED"
    UNKNOWN_VERSION = "UNKNOWN_VERSION"
    MISSING_FIELD = "MISSING_FIELD"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    HIDDEN_CHARACTER = "HIDDEN_CHARACTER"
    WRONG_FORMAT = "WRONG_FORMAT"
    WRONG_AMOUNT = "WRONG_AMOUNT"
    WRONG_DATE = "WRONG_DATE"
    WRONG_PERSON_ID = "WRONG_PERSON_ID"
    WRONG_UNIT_CODE = "WRONG_UNIT_CODE"
    WRONG_ACCOUNT = "WRONG_ACCOUNT"
    APPLIED_AFTER_ARRIVAL = "APPLIED_AFTER_ARRIVAL"
    UNKNOWN_REGION = "UNKNOWN_REGION"
    REGION_OF_NO_CITY = "REGION_OF_NO_CITY"
    UNKNOWN_PROGRAMME = "UNKNOWN_PROGRAMME"
    UNKNOWN_FUND = "UNKNOWN_FUND"
    REGION_OF_ANOTHER = "REGION_OF_ANOTHER"
    WRONG_FACT = "WRONG_FACT"
    IDENTITY_IN_TEXT = "IDENTITY_IN_TEXT"
    NO_LINES = "NO_LINES"
    LINE_TWICE = "LINE_TWICE"
    UNKNOWN_APPLICATION = "UNKNOWN_APPLICATION"
    TOO_MANY_WAITING = "TOO_MANY_WAITING"
    COMMAND_TOO_LONG = "COMMAND_TOO_LONG"
    NOT_PROCESSED = "NOT_PROCESSED"
    PARKED = "PARKED"


_LONGEST_ERROR = 500


class Wording(NamedTuple):
    """What is wrong and what to do, in Chinese; the same in English."""

    wrong_zh: str
    remedy_zh: str
    en: str


WORDINGS: dict[Code, Wording] = {
    Code.NULL_VALUE: Wording(
        "消息内容为空", "请发送完整的 CloudEvents 消息；空消息不能用来删除。", "the value is null"
    ),
    Code.TOO_LARGE: Wording(
        "消息超过 1 MiB", "请拆成几条消息发送。", "the message is larger than 1 MiB"
    ),
    Code.NO_TIMESTAMP: Wording(
        "消息没有到达时间", "请检查主题的时间戳设置。", "the record carries no timestamp"
    ),
    Code.NOT_JSON: Wording("不是有效的 JSON", "请检查括号、引号和编码（UTF-8）。", "no valid JSON"),
    Code.TOO_DEEP: Wording("嵌套层数过多", "请按示例报文的层次书写。", "nested too deeply"),
    Code.KEY_TWICE: Wording(
        "同一字段写了两次",
        "请删除多余的一个后重发；整条报文都没有受理。",
        "a name stands in one object twice, so nobody can say which value is meant",
    ),
    Code.WRONG_CONTENT: Wording(
        "内容类型不支持",
        "请使用 application/cloudevents+json（结构化）或 ce_ 消息头（二进制），数据为 JSON 对象。",
        "the content type is not supported: send one CloudEvent with a JSON object as data",
    ),
    Code.MISSING_ATTRIBUTE: Wording(
        "缺少 CloudEvents 属性", "请补上该属性。", "a CloudEvents attribute is missing"
    ),
    Code.WRONG_ATTRIBUTE: Wording(
        "CloudEvents 属性格式不对", "请按报文说明填写。", "a CloudEvents attribute has a wrong form"
    ),
    Code.SOURCE_NOT_GRANTED: Wording(
        "令牌不能以这个来源发送",
        "请用这个来源自己的令牌，或改正 source。只在经 HTTP 发送时告知。",
        "the token is of another source (told over HTTP alone)",
    ),
    Code.TYPE_NOT_GRANTED: Wording(
        "令牌不能发送这种消息",
        "请联系台账管理员，另发一个可发送这种消息的令牌。只在经 HTTP 发送时告知。",
        "the token may not send this type (told over HTTP alone)",
    ),
    Code.UNKNOWN_TYPE: Wording(
        "没有这种消息类型", "请查看报文说明中的类型清单。", "the type is unknown"
    ),
    Code.WRONG_FEED: Wording(
        "消息发错了主题", "请发到该类型所属的主题。", "the type does not belong to this topic"
    ),
    Code.UNKNOWN_VERSION: Wording(
        "不认识的报文版本", "dataversion 目前只有 1，不填即为 1。", "the data version is unknown"
    ),
    Code.MISSING_FIELD: Wording("缺少必填字段", "请补上该字段。", "a required field is missing"),
    Code.UNKNOWN_FIELD: Wording(
        "多出没有约定的字段",
        "请删除，或核对字段名拼写。",
        "a field that the contract does not know",
    ),
    Code.HIDDEN_CHARACTER: Wording(
        "含有看不见的字符或控制字符",
        "请删除该字符；从别处复制的文字，请重新输入。",
        "the text holds a character that nobody would see",
    ),
    Code.WRONG_FORMAT: Wording("格式不对", "请按报文说明填写。", "the field has a wrong form"),
    Code.WRONG_AMOUNT: Wording(
        "金额不对",
        "金额以分为单位，填不带引号和小数点的整数，例如 150000 表示 1,500.00 元。",
        "money is a whole number of fen, not negative, not quoted",
    ),
    Code.WRONG_DATE: Wording(
        "日期不对",
        "请写成 2022-08-31 这样的真实日期，在 1900 年至 2099 年之间。",
        "no real day of the form yyyy-mm-dd from 1900 to 2099",
    ),
    Code.WRONG_PERSON_ID: Wording(
        "证件号码不对",
        "请核对位数、出生日期和校验码；数字只用 0 至 9。",
        "the number of the identity document does not check (resident ids: GB 11643)",
    ),
    Code.WRONG_UNIT_CODE: Wording(
        "统一社会信用代码不对",
        "请核对 18 位代码和校验码。",
        "the unified social credit code does not check (GB 32100)",
    ),
    Code.WRONG_ACCOUNT: Wording(
        "银行账号不对", "账号为 6 至 32 位数字。", "the account number has a wrong form"
    ),
    Code.APPLIED_AFTER_ARRIVAL: Wording(
        "申请日期晚于消息到达日期",
        "请核对申请日期，或在申请当日及以后发送。",
        "applied_on lies after the message's arrival",
    ),
    Code.UNKNOWN_REGION: Wording(
        "没有这个行政区划代码", "请查看区划代码清单。", "the region is unknown"
    ),
    Code.REGION_OF_NO_CITY: Wording(
        "这个区划不属于本台账的城市",
        "请发往该区划所属城市的台账；本台账有哪些城市，见所填内容之后。",
        "the region is of no city on this ledger",
    ),
    Code.UNKNOWN_PROGRAMME: Wording(
        "没有这个补贴项目", "请查看补贴项目清单。", "the programme is unknown"
    ),
    Code.UNKNOWN_FUND: Wording("没有这项资金", "请查看资金代码清单。", "the fund is unknown"),
    Code.REGION_OF_ANOTHER: Wording(
        "这个来源不能为这个区划或账户报送",
        "请由该市列明的系统报送；应当可以的，请该市在 city.yaml 的 sources 里写明。",
        "this source may not file for this region, or speak of this account: it is of another city",
    ),
    Code.WRONG_FACT: Wording("申报事实不对", "请查看申报事实清单。", "a stated fact does not fit"),
    Code.IDENTITY_IN_TEXT: Wording(
        "文字中含有身份证件号码、账号或当事人姓名",
        "这些只能写在约定的字段，请从该字段删除。",
        "an identity number, a bank card or a party's name stands in a field that is none of theirs",
    ),
    Code.NO_LINES: Wording("批量申请没有明细行", "请至少填写一行。", "the batch has no lines"),
    Code.LINE_TWICE: Wording(
        "本批内行号重复",
        "先出现的一行照办；请给这一行另编行号后重发。",
        "the line's number stands in the batch twice",
    ),
    Code.UNKNOWN_APPLICATION: Wording(
        "没有收到过这件申请",
        "请核对申请编号和来源；先于申请到达的已等候期满。",
        "no such application has arrived in time",
    ),
    Code.TOO_MANY_WAITING: Wording(
        "等候同一件申请的报文过多",
        "请先报送申请，再重发这条报文。",
        "too many messages wait for this application",
    ),
    Code.COMMAND_TOO_LONG: Wording(
        "内容过长，办理不了",
        "请减少列表项，或拆成几件申请。",
        "what the message asks for is too long to be decided",
    ),
    Code.NOT_PROCESSED: Wording(
        "受理程序处理不了这条报文，已单独搁置",
        "请联系台账管理员，程序改正后可重新提交；其他报文照常受理。",
        "intake cannot process this message, and has set it aside by itself",
    ),
    Code.PARKED: Wording(
        "管理员已搁置这条报文",
        "请联系台账管理员；查明后可重新提交。",
        "an administrator has parked this message",
    ),
}

MOST_PROBLEMS = 50
"""So many problems of one message are told in words; the rest only as their number."""


class Problem(NamedTuple):
    """One thing that is wrong: its code, the field of the contract, and what was seen."""

    code: Code
    field: str = ""
    seen: str = ""
    remedy: str = ""

    @property
    def text_zh(self) -> str:
        """What is wrong, in which field, what to do."""
        words = WORDINGS[self.code]
        where = f"字段 {self.field}：" if self.field else ""
        seen = f"（{self.seen}）" if self.seen else ""
        return f"{where}{words.wrong_zh}{seen}。{self.remedy or words.remedy_zh}"

    @property
    def text_en(self) -> str:
        """The same in English, without quoting the message."""
        words = WORDINGS[self.code]
        return f"{self.field}: {words.en}" if self.field else words.en


class Rejected(NamedTuple):
    """A message, or one line of an employer's batch, that is not taken; the first problem leads.

    Units: `line` counts a batch's lines from 1 and is None for a message as a whole
    """

    problems: tuple[Problem, ...]
    line: int | None = None

    @property
    def code(self) -> Code:
        """Why, in one word."""
        return self.problems[0].code

    @property
    def field(self) -> str:
        """Where, as a name of the contract."""
        return self.problems[0].field

    @property
    def text_zh(self) -> str:
        """Every problem, in Chinese; of very many the first ones."""
        texts = "".join(problem.text_zh for problem in self.problems[:MOST_PROBLEMS])
        more = len(self.problems) - MOST_PROBLEMS
        return f"{texts}另有 {more} 处问题。" if more > 0 else texts

    @property
    def text_en(self) -> str:
        """Every problem, in English; of very many the first ones."""
        texts = "; ".join(problem.text_en for problem in self.problems[:MOST_PROBLEMS])
        more = len(self.problems) - MOST_PROBLEMS
        return f"{texts}; and {more} more" if more > 0 else texts

    @property
    def error(self) -> str:
        """The kind of error that the code raised, where it did; a name of ours, not of the sender."""
        return self.problems[0].seen.partition(":")[0] if self.code is Code.NOT_PROCESSED else ""


def broken(error: Exception) -> Problem:
    """Say that our own code raised at a message, whatever it is; its words may quote the message."""
    return Problem(Code.NOT_PROCESSED, seen=f"{type(error).__name__}: {error}"[:_LONGEST_ERROR])


class Refusal(Exception):
    """Ends the reading of one message; its problems become a `Rejected`."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].code)
        self.problems = problems
