"""Names for people who do not exist: common surnames, and given names as each generation was given them.

The characters are such as anybody may bear; nobody's whole name is taken from anywhere.
"""

from __future__ import annotations

import random
from typing import Literal

Sex = Literal["female", "male"]

_SURNAMES = {
    **dict.fromkeys("王李张刘陈", 8),
    **dict.fromkeys("杨黄赵吴周徐孙马朱胡", 4),
    **dict.fromkeys("郭何林高罗郑梁谢宋唐沈陆姚钱金", 2),
    **dict.fromkeys("许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁任卢范方石崔俞费褚屠", 1),
    "欧阳": 1,
    "诸葛": 1,
}

_GENERATIONS: tuple[tuple[int, dict[Sex, str], dict[Sex, str]], ...] = (
    (
        1950,
        {"female": "秀桂玉凤金阿美月彩素淑兰", "male": "德福永金有阿生长荣世耀宝"},
        {"female": "英珍兰芳宝娣仙妹花娥琴贞", "male": "财根林生泉祥法贵明康寿松"},
    ),
    (
        1970,
        {"female": "建红爱美丽秀玉国小春惠云", "male": "建国卫志文永新学跃红金利"},
        {"female": "英华芳萍珍琴红娟梅芬玲兰", "male": "国华明强军平民林忠良荣根"},
    ),
    (
        1990,
        {"female": "晓丽海静雪小婷燕春佳志莉", "male": "晓海志伟俊建国小文剑立永"},
        {"female": "静丽敏燕娟霞萍艳玲芳红琴", "male": "伟军强勇杰涛峰斌磊超明刚"},
    ),
    (
        9999,
        {"female": "欣雨思佳梦子怡诗嘉若雅梓", "male": "浩子宇俊嘉天泽文博梓思一"},
        {"female": "怡涵妍婷琪萱瑶悦彤颖蕾玥", "male": "轩宇豪杰涛睿哲阳晨航辰凯"},
    ),
)
"""Up to which year of birth, then the first and the second characters of given names."""

_ONLY_ONE = 0.12
"""How many are called by a single character."""

_LIST, _WEIGHTS = list(_SURNAMES), list(_SURNAMES.values())
_CUMULATED = [sum(_WEIGHTS[: place + 1]) for place in range(len(_WEIGHTS))]


def invented_surname(draw: random.Random) -> str:
    """A surname, common ones more often."""
    return draw.choices(_LIST, cum_weights=_CUMULATED)[0]


def invented_given_name(draw: random.Random, sex: Sex, born: int) -> str:
    """A given name as it was given in the year `born`."""
    _, firsts, seconds = next(each for each in _GENERATIONS if born < each[0])
    second = draw.choice(seconds[sex])
    return second if draw.random() < _ONLY_ONE else draw.choice(firsts[sex]) + second
