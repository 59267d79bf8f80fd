"""Facts that several programmes ask for: certificate, contract, status, diploma, hardship."""

from events.fact_names.kinds import FactName, FactType

LEVELS = ("五级", "四级", "三级", "二级", "一级", "专项职业能力")
STATUSES = (
    "在职",
    "其他在职",
    "领取失业保险金期间",
    "登记失业",
    "失业",
    "未就业",
    "灵活就业",
    "退休",
)
HARDSHIPS = (
    "低保家庭",
    "家庭经济困难的残疾人子女",
    "脱贫家庭",
    "农村低收入家庭",
    "防止返贫监测对象家庭",
    "边缘易致贫家庭",
    "特困人员",
    "残疾",
    "烈士子女",
    "孤儿",
    "事实无人抚养儿童",
    "国家助学贷款",
)

# A table: one fact, two lines.
# fmt: off
COMMON: tuple[FactName, ...] = (
    FactName("applicant.kind", FactType.ENUM, "申请主体", "职工", ("职工", "企业", "个人"),
             description="谁提出申请并收款：企业职工本人、出资组织培训的企业，或不是企业职工的个人。"),
    FactName("certificate.level", FactType.ENUM, "证书等级", "四级", LEVELS,
             description="职业资格证书或职业技能等级证书的等级；五级为初级工，一级为高级技师。"),
    FactName("certificate.occupation", FactType.TEXT, "证书职业（工种）", "电工",
             description="证书所载职业名称或职业编码，同一职业始终用同一写法；全角、大小写和空格自动统一。"),
    FactName("certificate.number", FactType.TEXT, "证书编号", "2221060000400123",
             description="证书上的编号，用来发现同一证书重复申请。"),
    FactName("certificate.issued_on", FactType.DATE, "取得证书日期", "2022-03-15",
             description="证书所载发证日期。"),
    FactName("insured_months", FactType.WHOLE, "失业保险累计缴费月数", 26, unit="个月",
             description="截至申请之日参加失业保险累计缴费的月数。"),
    FactName("contract.months", FactType.WHOLE, "劳动合同期限", 36, unit="个月",
             description="与企业签订的劳动合同约定的期限；无固定期限合同填 999。"),
    FactName("person.status", FactType.STATUS, "就业失业状态", ["在职@2019-03-01/2022-01-31", "领取失业保险金期间@2022-02-01/"], STATUSES,
             description="“在职”指企业在职职工，机关事业单位等其他在职填“其他在职”。可按日期段申报，见“按日期段申报的状态”。"),
    FactName("course.paid_by", FactType.ENUM, "培训出资方", "企业", ("企业", "个人", "政府"),
             description="取得证书的培训由谁出资。"),
    FactName("ui.status", FactType.ENUM, "失业保险待遇状态", "期满仍未就业", ("期满仍未就业", "不符合领取条件", "正在领取", "未参保"),
             description="参保失业人员的失业保险金待遇状态；没有参加过失业保险的填“未参保”。"),
    FactName("unemployment.occurred_on", FactType.DATE, "情形发生日期", "2021-03-01",
             description="失业保险金领取期满之日，或不符合领取条件者的失业之日。"),
    FactName("months_to_retirement", FactType.WHOLE, "距法定退休年龄月数", 30, unit="个月",
             description="申请之日距法定退休年龄的足月数；不足一个月填 0。"),
    FactName("diploma.school_kind", FactType.ENUM, "院校类别", "高校", ("高校", "中职", "技工院校", "其他"),
             description="毕业院校的类别；中职含职业高中、中专，技工院校含技师学院。"),
    FactName("diploma.school_region", FactType.REGION, "院校所在地", "211202",
             description="毕业院校所在县（市、区）的行政区划代码（GB/T 2260，六位）。"),
    FactName("diploma.dated_on", FactType.DATE, "毕业证书所注日期", "2022-06-30",
             description="毕业证书所注日期；尚未毕业的填院校确认的预计日期。"),
    FactName("graduate.seeking", FactType.FLAG, "有就业创业意愿并积极求职创业", True,
             description="院校核实的求职创业意愿。"),
    FactName("hardship.category", FactType.ENUMS, "困难类别", ["低保家庭", "国家助学贷款"], HARDSHIPS,
             description="符合的全部困难类别；一项都不符合填空列表 []。"),
    FactName("person.born_on", FactType.DATE, "出生日期", "1990-03-07",
             description="居民身份证所载出生日期，用来计算周岁。"),
    FactName("running.accepted_on", FactType.DATE, "在享政策的受理日期", "2020-11-20",
             description="正在享受、享受期未满的同一补贴，首次受理的日期；没有在享的不填。"),
    FactName("running.ends_on", FactType.DATE, "在享政策的享受期截止日", "2022-11-30",
             description="正在享受的同一补贴，按原政策享受期满之日。"),
    FactName("running.keep", FactType.FLAG, "选择继续按原政策享受", True,
             description="文件规定可选择的，申请人是否继续按原政策享受至期满。"),
)
# fmt: on
