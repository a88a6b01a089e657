"""What a column means, by the wording of its header in the tools and tables people use."""

import re
import unicodedata
from typing import Literal

from domain.community.door_words import SIMPLIFIED, number
from services.imports.beside_goods import beside_goods
from services.imports.forgetting import remembered

Column = Literal[
    "whole", "building", "block", "room", "unit", "phase", "lane", "floor", "address", "spare_address", "item", "spare_item", "spec", "quantity", "portions",
    "sold", "sum", "recount", "returned", "number", "person", "phone", "note", "state", "spare_state", "refund_state", "refund", "amount", "title",
    "pickup", "compound", "other",
]  # fmt: skip

WORDS: dict[Column, str] = {
    "whole": "门牌 门牌号 门牌号码 楼号房号 楼栋房号 楼房号 楼室号 楼号室号 楼号门牌 楼栋门牌号 房屋 房屋号 住址门牌 住户 户号 住户号 单元房号 楼栋单元房号 "
    "楼号单元房号 楼号单元号房号 几号几室 几栋几室 几号楼几室 几幢几室 号室 室号楼号 门户 门户号 家庭住址 楼号-房号 楼栋-房号 楼号+房号 楼号/房号 楼号+室号 楼栋号+房号 "
    "楼号+门牌号 楼栋+房号 楼号、房号 楼号和房号 栋号房号 栋-室 号-室 房号楼号 楼门号 楼门牌 楼栋-房间 楼栋房间 楼号-房间 楼号房间 楼栋-房间号 楼号-房间号 楼-室 楼-房 几栋几号 几幢几号 几号楼几号 小区楼栋门牌 楼栋门牌 楼号+门牌 楼号房间号 doorplate door household 收货门牌 收货门牌号 房间 送货门牌",
    "building": "楼号 号楼 几号楼 楼 号 几号 楼号数 楼牌号 楼门 楼座 楼座号 楼层号楼 号楼号 大楼号 楼幢号码 building buildingno buildingnumber tower bldg bldgno bldgno. bldg. 门栋 门栋号 所在楼号 "
    "居住楼号 楼号码 门洞号 几号门 收货楼号 楼号数字 您家楼号 楼宇 楼宇号 大楼",
    "block": "栋 幢 栋号 幢号 楼栋 楼栋号 几栋 几幢 楼幢 楼幢号 楼栋号码 所在楼栋 居住楼栋 哪栋 哪幢 哪栋楼 几栋楼 几幢楼 block blockno 收货楼栋",
    "room": "房号 室号 房间号 几室 室 房 房号码 房间号码 房间号数 门室 门室号 门号 room roomno roomnumber flat apartment apt unitno 所在房号 几号房 房室号 单元室号 "
    "户室号 居室号 收货房号 收货室号 房号数字 几零几",
    "unit": "门 单元 单元号 几单元 单元楼 所在单元 单元数",
    "phase": "期 几期 期数 小区期数 分期 哪期 哪一期 第几期 phase",
    "floor": "楼层 层 几楼 几层 所在楼层 floor",
    "lane": "弄 弄号 几弄 弄堂 弄堂号 弄号码 lane",
    "address": "详细地址 收货地址 收件地址 配送地址 送货地址 收货人地址 收件人地址 详细收货地址 住址 家庭地址 居住地址 完整地址 地址详情 买家地址 用户地址 "
    "deliveryaddress shippingaddress fulladdress 楼栋地址 送货详细地址 具体地址 收货详细地址 收件详细地址 配送详细地址",
    "spare_address": "地址 address addr",
    "item": "商品 商品名 商品名称 货品 货品名称 品名 品种 名称 物品 物品名称 货物 货物名称 物资 物资名称 宝贝 宝贝名称 商品及规格 商品清单 团什么 项目名称 需要的套餐 要的套餐 想要的商品 需要的商品 产品 产品名称 购买商品 订购商品 团购商品 下单商品 商品标题 购买的商品 "
    "套餐 套餐名称 item product productname goods good itemname 菜品 选购商品 全部商品名称 商品全称 要订购的商品 要购买的商品 想买的商品 菜名 商品信息名称 接龙商品 品项 品項 套餐选择 选择套餐 内容 项目 接龙项目 sku名称",
    "spare_item": "选项 订单内容 所购商品 所购物品 所订商品 商品信息 接龙内容 购买内容 订购内容 下单内容 订购明细 购买明细 商品明细 订单明细",
    "spec": "规格 商品规格 规格型号 规格名称 单位 型号 款式 spec specification unit sku 商品sku 包装 包装规格 规格单位",
    "quantity": "数量 购买数量 订购数量 商品数量 下单数量 订货数量 件数 个数 购买件数 商品件数 团购数量 接龙数量 quantity qty amountordered count 数目 订单数量 需求数量 "
    "总数量 几份 要几份 要几份呢 购买个数 订购量 购买量 需求量 套数 几套 需要的份数 需要的数量 需要几份 需要数量 购买数 订购数 买多少 买几份 多少份 要多少份 数量/份 申购数量 认购数量",
    "portions": "份数 购买份数 订购份数 几份 份 下单份数 需要份数 订几份 portions",
    "sold": "销售数量 销量 总销量 销售总数 已售 已售数量 合计数量 总份数 售出数量 总数 商品总数量 下单总数 sold",
    "number": "跟团号 序号 编号 接龙号 接龙序号 订单号 订单编号 流水号 id no no. 号码 接龙编号 团号 答题序号 提交序号 orderno ordernumber 团员编号 跟团序号 行号",
    "person": "下单人 收货人 姓名 昵称 名字 微信昵称 微信名 团员 买家 买家昵称 购买人 收件人 联系人 用户 用户昵称 称呼 接龙人 群昵称 顾客 客户 客户姓名 收货人姓名 "
    "收件人姓名 联系人姓名 接龙用户 提交人 填写人 提交者 填表人 name nickname customer buyer receiver recipient 业主 业主姓名 住户姓名 户主 微信",
    "phone": "联系电话 电话 手机 手机号 手机号码 收货人电话 收货人手机号 收货人手机 收货电话 收件人电话 联系人电话 联系手机 联系方式 电话号码 手机号或微信号 买家电话 "
    "买家手机号 下单人电话 业主电话 住户电话 phone tel telephone mobile phonenumber mobilephone contact",
    "note": "备注 团员备注 团长备注 买家备注 买家留言 留言 订单备注 顾客备注 用户备注 接龙备注 说明 备注信息 其他 特殊说明 特殊需求 附言 note notes remark remarks comment "
    "comments memo 卖家备注 商家备注 备注说明 团长备注2",
    "state": "订单状态 状态 支付状态 付款状态 交易状态 订单进度 接龙状态 state status orderstatus 付款情况 是否付款 是否支付 是否已付款 是否已付 是否缴费 是否交费 是否转账 是否收款",
    "spare_state": "付款 支付 缴费 交费 交款 付钱 交钱 转账 收款 已付 已付款 已支付 已收款 已缴费 已转账 付费",
    "refund_state": "退款状态 售后状态 退款情况 是否退款 退款进度 售后",
    "refund": "退款金额 订单退款 退款 已退款金额 退款总额 已退金额 退款额 实退金额 refund refundamount 退款合计 商品退款",
    "amount": "订单金额 订单总金额 实付金额 实付 实收金额 支付金额 付款金额 订单总价 总金额 合计金额 应付金额 总价 金额合计 实收 paid total totalamount ordertotal 订单实付",
    "title": "团购标题 团购名称 活动标题 活动名称 接龙标题 团名 团购 团购活动 团购主题 接龙主题",
    "pickup": "自提点 服务小区 提货点 自提点名称 取货点 自提地点 提货地点 服务小区联系人 服务小区电话 服务小区地址 自提点地址 自提点电话 自提点联系人 提货点地址 小区地址 "
    "服务点 团点",
    "compound": "小区 小区名 小区名称 所在小区 楼盘 社区名称",
    "other": "支付时间 下单时间 付款时间 提交时间 时间 日期 商品种类数 种类数 商品种类 分类 商品分类 类目 商品金额 金额 单价 价格 团当前单价 售价 优惠价 运费 优惠 优惠金额 "
    "折扣 配送费 物流方式 配送方式 取货方式 微信号 团长 所属团长 帮卖团长 "
    "帮卖 佣金 小计金额 支付方式 付款方式 快递单号 物流单号 物流公司 快递公司 层数 人数 家庭人数 家庭人口 人口 年龄 性别 身份证 身份证号 "
    "省 市 区 街道 镇 社区 居委 村居 邮编 来源 来自ip ip 所用时间 来源详情 总分 提交答卷时间 是否封控楼栋 是否封控 封控 核销状态 核销码 "
    "核销时间 发货状态 发货时间 成团时间 头像 price date time category 订单备注图片 图片 附件 签名 签收 签字 已取 是否取货 领取 "
    "商品编码 商品编号 商品id 规格编码 skuid 条码 成本价 成本 毛利 积分 红包 群名 群名称 团长电话 渠道 发票 产权房号 产权室号",
}
MEANING: dict[str, Column] = {word: column for column, words in WORDS.items() for word in words.split()}
MEANING["几份"] = "quantity"

BRACKETS = re.compile(r"[(\[{【「『<《][^()\[\]{}【】「」『』<>《》]*[)\]}】」』>》]")
NUMBERING = re.compile(r"^(?:q|第)?[0-9]{1,3}(?:题)?[.、)：:\s]+")
LEADING = re.compile(
    r"^(?:\*|必填|选填|请问|请(?:选择|填写|输入|写)?|填写|输入|选择|您家?的?|你家?的?|我家?的?|业主的?|住户的?|收货人?的?(?=楼|房|室|门)|家庭的?(?=楼|房|室|门)|居住的?|所在的?)+"
)
TRAILING = re.compile(r"(?:\*|必填|选填|是多少|是什么|是几号|是|:|\?|。|!|,|;)+$")
ROOM_EXAMPLE = re.compile(r"(?:如|例|例如|比如|示例|eg|e\.g\.)[:： ]?[0-9]{2,4}室?(?![0-9-])$")
TOTAL_BEGINS = re.compile(r"[\s(（:：]*[合总總小共汇匯彙一ｔｓtsTS]")
TOTAL_OF_BUILDING = re.compile(
    r"第?([0-9一二三四五六七八九十]+)(?:号楼|号|栋|幢|楼|座)?(?:小计|合计|总计|共计|汇总|计数|求和|total|count)"
)
ENDS_A_TOTAL = ("计", "計", "汇总", "匯總", "彙總", "计数", "計數", "求和", "Total", "total", "Count")
TOTAL_WORDS = (
    "合计",
    "总计",
    "小计",
    "共计",
    "总和",
    "汇总",
    "合 计",
    "总 计",
    "小 计",
    "total",
    "subtotal",
    "sum",
    "总数",
    "一共",
    "共",
)


def spoken(cell: object) -> str:
    """A header or word in one way of writing, lower case, without blanks."""
    if not isinstance(cell, str) or not cell:
        return ""
    return spoken_text(cell)


@remembered
def spoken_text(cell: str) -> str:
    if cell.isascii():
        return "".join(cell.lower().split())
    return "".join(unicodedata.normalize("NFKC", cell).translate(SIMPLIFIED).lower().split())


IN_MONEY = re.compile(r"[(\[【](?:元|￥|¥|rmb|单价|金额|元/.{1,3})[)\]】]$")
"""鸡蛋（元） beside 鸡蛋（份） is no good."""


def column_of(cell: object) -> Column | None:
    """The meaning of a header; None for one that is not known (a good, perhaps)."""
    text = spoken(cell)
    return _meaning(text) if text else None


@remembered
def _meaning(text: str) -> Column | None:
    if len(text) > 60:  # noqa: PLR2004 — a sentence, not a header
        return None
    bare = _bare(text)
    meaning = MEANING.get(bare) or MEANING.get(bare.replace("_", "").replace("-", ""))
    if meaning == "whole" and (example := BRACKETS.search(text)) and ROOM_EXAMPLE.search(example[0][1:-1]):
        return "room"
    beside = beside_goods(bare) or beside_goods(BRACKETS.sub("", text))
    return meaning or _by_pattern(bare) or beside or ("other" if IN_MONEY.search(text) else None)


def _bare(text: str) -> str:
    """The header itself, without its number, its example and what a form asks with."""
    bare = BRACKETS.sub("", NUMBERING.sub("", text)) or text.strip("()[]【】")
    while (shorter := TRAILING.sub("", LEADING.sub("", bare))) != bare and shorter:
        bare = shorter
    return bare


def stands_beside_goods(header: str) -> bool:
    """Whether a header could have been a good, and its words say that it is none."""
    bare = _bare(spoken(header))
    return bare not in MEANING and beside_goods(bare) is not None


def _by_pattern(text: str) -> Column | None:
    if re.match(r"(?:是否|可否|能否|有无|有没有)", text):
        return "other"
    if re.fullmatch(r".{0,4}(?:备注|留言).{0,3}", text):
        return "note"
    if re.fullmatch(r"(?!团长|自提|提货|服务|客服|商家|供应商).{0,6}(?:电话|手机|手机号)", text):
        return "phone"
    if re.search(r"(?:电话|手机|手机号|时间|日期|金额|单价|价格)$", text):
        return "other"
    return None


def building_added_up(cell: object) -> str | None:
    """The building whose rows a cell says to add up: 12号楼小计."""
    if not isinstance(cell, str) or not cell.rstrip().endswith(ENDS_A_TOTAL):
        return None
    found = TOTAL_OF_BUILDING.fullmatch(spoken(cell))
    return number(found[1]) if found else None


def is_total(cell: object) -> Literal["", "total", "part"]:
    """Whether a cell says that its row adds others up: all of them, or a part (小计)."""
    if not isinstance(cell, str) or not TOTAL_BEGINS.match(cell):
        return ""
    text = spoken(cell).strip(":：()（）")
    if not text or len(text) > 12:  # noqa: PLR2004 — a sentence
        return ""
    if text in {"小计", "subtotal"}:
        return "part"
    return (
        "total"
        if text in TOTAL_WORDS or re.fullmatch(r"(?:合计|总计|共计|一共|总数)[:：]?[0-9,.]*(?:份|件|个)?", text)
        else ""
    )
