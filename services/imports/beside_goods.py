"""Columns that stand beside goods and are none: sums, money, what came back, and facts about people and papers."""

import re
from typing import Literal

Beside = Literal["sum", "recount", "returned", "other"]

COUNT = "(?:总?(?:数量|件数|份数|个数|箱数|数))"
SUM = re.compile(
    rf"(?:本户|每户|商品|货品|订购|购买)?(?:[小合总共累]计|[总一]?共|总和|汇总|总){COUNT}?(?:份|件|个|箱)?|"
    rf"(?:商品|货品|订购|购买)?{COUNT}(?:[小合总共累]计|总和|汇总)"
)
MONEY = re.compile(
    r"(?:[应实已未待欠付收退余尾补垫差货预总][收付缴交退返]?[款额钱价金](?:项|额|数|合计|小计)?|[应实已未待][收付缴交退]|.*(?:费|费用)|元|(?:几|多少)[元钱]|"
    r"押金|[定订]金|捐[款赠]|打赏.*|小费|补?差价.*|保证金|余额|金额.*|.*金额|欠款|欠费|找零|打款|转账|红包|.+[单总]价|.*钱)(?:合计|小计|总计)?"
)
RECOUNT = re.compile(
    rf"(?:实[收发配到际]?|应[收发]|已?发货?|已发|配货|到货|分配|收货|核对|确认|最终|最后|[修更]?改后?|[变更]+[改更正]后?|调整后?|改后|现在?|赠品?|赠送|另?加购?|追加|补发?|多[要订]){COUNT}|"
    rf"{COUNT}(?:确认|核对|更正|更改|变更|调整)|改|改[数为成]|实际|更正|变更|更改|修改"
)
RETURNED = re.compile(
    rf"(?:部分|要|申请|已)?(?:退(?:[货款单换回掉订])?|取消|缺货?|少发|漏发|作废|不要|减少?|扣除|损坏|破损|坏)(?:了|的)?(?:商品)?{COUNT}?"
)
PEOPLE = (
    "人|人口|人员|大人|成人|老人|老年人|独居老人|高龄老人|小孩|小朋友|孩子|儿童|婴儿|婴幼儿|幼儿|宝宝|孕妇|产妇|学生|残疾人|病人|慢性病|男|女|租客|租户|业主|"
    "住户|房东|志愿者|楼组长|保姆|宠物|[猫狗]"
)
OF_A_HOUSEHOLD = re.compile(
    rf"(?:家庭|家里|家中|本户|户内|户籍|常住|在住|居住|实住|现住|租住|实际|登记|有)*(?:总)?(?:{PEOPLE})(?:总?数|数量|个数|口|情况)?|"
    rf"[0-9]+岁(?:以上|以下|及以上)?的?(?:{PEOPLE})?(?:总?数|数量)?|(?:家里|家中|一共)?(?:有)?(?:几|多少)(?:口|个)?人.*|几口|同住.*|人口.*|.?户数|.{{0,3}}户主.{{0,3}}|居住情况|户型|"
    r".*[几0-9]室.*[几0-9]厅.*|.{0,4}面积|平方米?|平米|阳台"
)
OF_HEALTH = re.compile(
    r"(?:本人|全家|今日|最近|是否|您的)?(?:核酸|抗原|体温|疫苗|健康码|隔离|密接|阳性)(?:检测|结果|次数|情况|上报|码|状态|阴性|阳性|筛查|日期|时间|报告|接种|人数|中|否)+|核酸|体温|疫苗|健康码|隔离|密接|阳性"
)
OF_PAPERS = re.compile(
    r"序|.*(?:序号|编号|编码|条码|单号|取货号|提货号|排队号|车牌号|身份证号?|验证码|取货码|提货码|二维码|车位号?|车牌)|"
    r"(?:是否|有无)?(?:门禁卡|门卡|钥匙|会员|积分|等级|批次|车次|班次|票数?|得票|投票|选票|排队|顺序|次序|排序|优先级?|限购|库存|剩余|起订|网格|货架|货位|入群|微?信?群|送货上门|上门|重量|总重|毛重|净重)(?:号|数|数量|情况|编号|名)?|[箱包袋]号|"
    r"(?:是否|已|未)?(?:领|领取|取|取货|提货|收|收货|送|送达|签收|签到|打卡|打勾|核对|确认|登记|通知|完成|发)(?:了|否|情况|数量|份数|件数|人)?|天数|次数|星期.?|周[一二三四五六日几]|月份?|年份?|日"
)

OF_NUMBERS = re.compile(
    r"(?:(?:联系)?(?:手机|电话|号码|身份证|证件)号?码?)?(?:的|末|最)?[后尾][0-9一二三四五六两]?[位码]?(?:数字?|号码?|数)?|尾号|.*(?:手机|电话|身份证)号?码?(?:末|尾|后)?(?:[0-9一二三四五六两]位)?(?:尾?号码?|数字?)?|"
    r"宅电|固话|座机|分机号?|(?:抽奖|中奖|幸运|收货|取件|提取|兑换|核对|工|页|卡|户籍|学)(?:号码?|码)|[几第](?:[几0-9]|[一-鿿])?[群车]|几[群车]|页码?|#|"
    r"(?:送货|配送|派送|楼栋|楼号|楼层|排列)(?:顺序|排序|次序|序号)|(?:下单|购买|参团|跟团|接龙|消费|订购)次数|上限|下限|最多|最少|评分|打分|满意度|星级|评价"
)
OF_PLACES_AND_PRICES = re.compile(
    r"密码|口令|短号|[末后][0-9一二三四五六两][位码]|qq号?码?|(?:出生|生日)(?:年|月|日|年月|年份|日期)?|出生年月日|第几[一-鿿]|轮次|班组|楼组|几?队|队[号名]|房型|室数|电梯|"
    r"(?:桶|打包|包裹|柜|格口?|篮|筐|框|排|座位?|铺位?|档口|窗口|桌|志愿者?|报名)号|格口|需付|税[费金额率]?|"
    r"(?:原|团购?|进|批发|零售|市场|会员|拼单|采购|活动|现|底|均)价[0-9]?|单价[0-9]|单重|净含量|体积|预计(?:到达|到货|送达)|小时|几点|时段|已?打针?次?数"
)
PAID_BY = re.compile(
    r"[付款￥¥$]|现金|支付宝|微信(?:支付|付款|转账)?|银行卡|预[付收存]|(?:上次|之前|以前|还|尚|共)?欠|上次.*|[应实已]付"
)
HANDED_OUT = re.compile(
    r"[实应补]发|到货|(?:实|已|应)?(?:发放|派发|分发|发出)(?:数量|份数|件数|个数|箱数|数)?|未发(?:数量?|货?数)?|(?:未|已)发数"
)
IN_ENGLISH = re.compile(
    r"amount|cost|deposit|(?:delivery|shipping|service)?fees?|balance|subtotal|(?:order|unit|net)?(?:price|value)|people|persons?|adults|children|serial(?:no\.?|number)?|s/?n|"
    r"ref(?:erence)?(?:no\.?|number)?|(?:group|batch|page|queue|ticket|receipt|invoice|phone|tel|mobile|contact|order|house|id)(?:no\.?|number|#)|last(?:4|four)?digits?(?:ofphone)?|paid|change|discount|deliveryorder|rating|score"
)
SUM_IN_ENGLISH = re.compile(
    r"(?:grand|sub)?totals?(?:qty|quantity|items?|count|pcs)?|sum|items|(?:no\.?of|numberof)items|itemcount"
)


PAID_FOR = re.compile(
    r"(?:运|邮|配送|快递|打包|包装|跑腿|服务|手续)费.*|补?差价.*|打赏.*|押金|[定订]金|小费|捐[款赠].*"
)
"""Lines of a shop that nobody carries to a door."""


BESIDES = (MONEY, OF_A_HOUSEHOLD, OF_HEALTH, OF_PAPERS, OF_NUMBERS, OF_PLACES_AND_PRICES, PAID_BY, IN_ENGLISH)


def beside_goods(header: str) -> Beside | None:
    """What a header, in one way of writing and without brackets, says instead of a good; None for all else."""
    if SUM.fullmatch(header) or SUM_IN_ENGLISH.fullmatch(header):
        return "sum"
    if RETURNED.fullmatch(header):
        return "returned"
    if RECOUNT.fullmatch(header) or HANDED_OUT.fullmatch(header):
        return "recount"
    if any(each.fullmatch(header) for each in BESIDES):
        return "other"
    return None
