"""figure values: what a dated figure is called and comes to, in words."""

from policies.reference_data.figure_texts import HOW, Written, write_value
from policies.reference_data.standards import Declared, FigureRow
from services.wording.languages import marked as _
from services.wording.languages import translate

HOW_WORDS = (
    *(
        _("整数"),
        _("整数，单位元"),
        _("期限，如 12M（月）、90D（日）、3Y（年）"),
        _("月份，如 2022-08"),
    ),
    *(_("比例，如 2/3、60%"), _("所列用语之一"), _("各项以顿号分开")),
    _("各项写作“名称 元”，以顿号分开，如 五级 1000、四级 1500"),
    _("各项写作“名称/名称 元”，以顿号分开，如 甲类/五级 1000、甲类/四级 1500"),
)
"""How values are typed, as `policies` says it, marked here to be translated."""

_LONGEST = 120
"""Characters of a value that is shown whole."""

UNSOURCED = _("文件未载明，系统默认")


def said(declared: Declared, value: Written) -> str:
    """A value with its unit; a long table or list by how many items it has."""
    unit = "元" if declared.type == "yuan" else declared.unit
    text = f"{write_value(value)} {unit}".strip()
    if len(text) <= _LONGEST or isinstance(value, int | str):
        return text
    return translate("见目录，共 {n} 项", n=len(value))


def said_row(declared: Declared, row: FigureRow) -> str:
    """What a row comes to."""
    if row.value is None:
        return translate("同参数 {name}", name=row.same_as or "")
    return said(declared, row.value)


def how_written(declared: Declared) -> str:
    """How a value of this figure is typed."""
    if declared.type == "word":
        return "、".join(declared.values)
    return translate(HOW[declared.type])
