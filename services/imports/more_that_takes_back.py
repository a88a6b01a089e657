"""Shorter words of notes, and English ones, that take an order back or change it; the texts come without blanks."""

import re
from typing import Final

ONLY_IF_IN_ENGLISH: Final = re.compile(
    r"(?:if|incase|when)[^,.;!]{1,40}?(?:refund|cancel|replac)\w*|(?:refund|cancel|replace)(?:me|it)?(?:if|incase|when)\w*"
)
IN_ENGLISH: Final = re.compile(
    r"cancel|refund|noneed|^dup[.!]?$|duplicate|(?:don[’'´`]?t|donot|didn[’'´`]?t|didnot)(?:want|need|send|deliver|order|pay)|nolonger|not(?:needed|wanted|required|paid|ordered)|"
    r"unwanted|unpaid|wrongorder|orderedbymistake|outofstock|re-?ordered|swap|(?:changed?|replaced?)(?:it)?(?:to|by|with)|instead|"
    r"(?:[0-9]|one|two)more|(?:onlyone|onlytwo|justone|justtwo)|onhold|alreadydelivered|^(?:void|returned|delivered|collected|paused|test(?:order)?)$"
)
IN_CHINESE: Final = re.compile(
    r"再[要加买订拍添](?!上)|另外?[加要买订拍添]|多[给来拿送](?:[0-9]+|[一二三四五六七八九十两])|[拍下买订点选]多了|错单|重拍|重新?[下拍]单|"
    r"(?<![不可以包持])换货|^缺货?$|^[无没断]货$|缺货未发|[缺无没断]货[了,。;!]|见[上下前后]一?[单个条]|[与和跟同并][上下前]一?[单个条]|合并|"
    r"暂停|^等通知|等通知再?[发送]|试单|^测试|测试单|不(?:需要|用|要)配送(?!上|到家)|已送[达到完过货]?$|"
    r"误[拍下点填]|等我(?:确认|通知|电话|消息)|上[次回][^,。;]{0,6}多(?:收|给|发|拿)|[这此本][次回]抵|抵[扣掉]|^(?:想|要|请|帮我|帮忙)?换(?![货季洗药装])[一-鿿]{1,4}$|"
    r"(?:现|目前|人)住(?![0-9本这])[一-鿿]{2,}|寄[到往去给]|捐[给赠]|"
    r"再来(?:[0-9]+|[一二三四五六七八九十两俩半])(?:[份箱盒袋包件瓶提桶套个斤]|$)|不拿了|^(?:我家?|本人|这单)?不拿$|^弃[了权单]?$|[多少]填|填多|暂缓|"
    r"暂时?不(?:要(?:了|发|送|$)|[发送订买])|对半分(?!开)|平分|[和跟与同][0-9]{3,4}室?家?(?:一起)?(?:合?拼|合买|分)(?!的)"
)
MONEY_BACK: Final = re.compile(
    r"^(?!.*(?:[缺没无坏烂破碎差多少]|断货|不[够足全]|售罄|的话|[如若就则]|万一|要是|质量|问题)).*(?:钱退|退(?:给|回)?我)"
)
"""Without any word of what it is to be paid back for."""
TOGETHER: Final = re.compile(
    r"(?:only|just)([0-9]{1,2})(?![0-9:])|(?:合计|总计)[:是]?([0-9]{1,3})(?![0-9元块斤克.])|"
    r"(?:其实|实际)上?(?:[只就]?是?想?要|[只就]?[是买订])([0-9]{1,2}|[一二三四五六七八九十两])(?=$|[,。;!])"
)
"""How many there are in all."""


def takes_back_besides(text: str) -> bool:
    """Of a text without what is to be done only if something is missing or broken."""
    if IN_CHINESE.search(text) or MONEY_BACK.search(text):
        return True
    return IN_ENGLISH.search(ONLY_IF_IN_ENGLISH.sub("", text)) is not None


def counts_together(text: str) -> list[str]:
    return ["".join(found) for found in TOGETHER.findall(text)]
