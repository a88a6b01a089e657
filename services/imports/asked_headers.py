"""Headers that ask whether an order holds, and what a bare yes or no below them says: 是否取消: 是."""

import re

YES = {"是", "有", "对", "要", "已", "√", "✓", "✔", "y", "yes", "1", "true"}
NO = {
    "否",
    "无",
    "删",
    "✗",
    "❌",
    "不确认",
    "有误",
    "没有",
    "没",
    "不",
    "不是",
    "不要",
    "不需要",
    "无效",
    "×",
    "x",
    "n",
    "no",
    "0",
    "false",
}
YES_OR_NO = YES | NO
ASKS_BAD = re.compile(r"(?:是否|有无|有没有).*(?:取消|作废|退|重复|不要|缺货).*")
ASKS_GOOD = re.compile(
    r"(?:是否|有无|有没有).*(?:有效|需要|要|确认|参加|购买|下单|订购|团购|到账|收款|付款)|有效|确认|核对|审核|到账|处理|标记|结果"
)


def answers_against(header: str, answer: str) -> bool:
    """是否取消: 是, or 是否有效: 否."""
    if ASKS_BAD.fullmatch(header):
        return answer in YES
    return answer in NO and ASKS_GOOD.fullmatch(header) is not None
