"""How text is looked at: folded without changing a single offset, so that a span is a span of what was typed."""

from __future__ import annotations

import re

SEPARATORS = frozenset(',;!?。、\n\r()（）【】[]《》<>…|/\\"“”「」『』')
"""Characters that end a clause. A full stop is one only where it is not inside a number: see `ends_clause`."""

BLANK = "\x00"
"""Stands for a character that nothing may be read out of."""

LONGEST_READ = 2000
"""Characters. A minute of speech has about 300; more is not read, so that nobody can keep the service busy."""

_RUNS = re.compile(r"(?:[^\W_]|['%])+")
"""What stays of a text in canonical form, as far as nothing comes in between."""

_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= {ord("\u3000"): ord(" "), ord("’"): ord("'"), ord("‘"): ord("'"), ord("￥"): ord("¥"), ord("—"): ord("-")}
_TRADITIONAL = (
    "媽妈農农戶户嗎吗參参歲岁個个們们來来這这說说話话時时後后從从過过還还沒没為为點点錢钱醫医療疗險险費费報报銷销診诊門门區区縣县鎮镇鄉乡衛卫業业員员職职單单會会爺爷嬸婶姊姐兒儿孫孙國国號号開开關关"
    "問问間间東东長长難难題题請请謝谢對对錯错讓让將将應应該该當当實实級级轉转總总額额數数萬万億亿兩两幾几較较貴贵賤贱價价據据證证條条規规則则範范圍围補补償偿檢检藥药護护術术傷伤殘残啞哑聾聋貧贫濟济"
    "養养幫帮給给與与寫写讀读學学習习課课園园聽听見见視视覺觉體体頭头腦脑臟脏腎肾壓压針针劑剂線线繳缴納纳續续約约組组網网絡络機机電电訊讯訴诉語语調调談谈誰谁認认記记設设試试詢询詳详誤误諮咨識识議议"
    "變变貨货買买賣卖資资質质賠赔負负責责貼贴貸贷貿贸賬账帳帐預预領领類类願愿顧顾風风飯饭館馆餘余馬马騎骑鐘钟鐵铁銀银鋪铺鄰邻醬酱遠远運运遲迟遷迁選选遺遗邊边達达進进連连週周適适軍军車车輕轻輪轮辦办"
    "迴回產产異异畫画畢毕發发盡尽監监盤盘確确礙碍礦矿禮礼種种稱称穩稳窮穷筆笔節节築筑簡简簽签糧粮結结絕绝統统經经緊紧緩缓練练縮缩織织繼继罰罚羅罗義义聯联聲声肅肃脫脱腳脚舉举舊旧華华葉叶著着藝艺蘇苏"
    "處处虛虚蟲虫裝装裡里裏里複复親亲觀观計计許许討讨訂订詞词誌志隊队階阶隨随雖虽雙双離离響响頂顶項项順顺須须頻频顆颗驗验髒脏鬧闹龍龙齡龄齒齿滿满溫温準准減减灣湾濱滨潔洁漲涨況况決决淚泪濕湿滬沪樂乐"
    "樓楼標标權权歡欢歷历歸归殺杀氣气災灾無无熱热爛烂爭争牆墙狀状獨独獲获現现環环瓊琼惡恶愛爱慣惯態态慶庆憂忧懶懒戰战戲戏擇择擔担擠挤擴扩攝摄敗败敵敌斷断於于書书棄弃構构極极樣样樹树橋桥檔档歐欧島岛"
    "崗岗幣币帶带廠厂廣广廳厅張张強强彈弹徹彻復复徵征恆恒嚴严嘗尝圓圆團团執执堅坚場场塊块墊垫壞坏夠够夢梦奪夺奧奥婦妇寶宝審审寬宽專专尋寻導导屆届層层屬属岡冈佔占併并倉仓倆俩倫伦偉伟側侧偵侦傑杰備备"
    "傳传債债傾倾僅仅僱雇儀仪優优儲储兌兑內内冊册冪幂凍冻別别刪删剛刚剝剥創创劃划劇剧劉刘勁劲動动務务勝胜勞劳勢势勸劝匯汇協协卻却廁厕雲云"
)
"""Traditional characters, each before its simplified form: those that people write about insurance and illness. A
character that stands for several, such as 乾, is not here."""
_FOLD |= {ord(old): ord(new) for old, new in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)}
_FOLD |= {ord("–"): ord("-"), ord("～"): ord("~"), ord("\xa0"): ord(" "), ord("﹣"): ord("-"), ord(BLANK): ord(" ")}


def fold(text: str) -> str:
    """Half width, lower case, plain dashes and apostrophes; as many characters as before, each in its old place."""
    folded = text.translate(_FOLD)
    lowered = folded.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in folded)


def is_latin(char: str) -> bool:
    """Whether words are made of this character and kept apart by spaces."""
    return char.isascii() and char.isalnum()


def is_digit(char: str) -> bool:
    """0 to 9, and none of the other digits that Unicode knows."""
    return "0" <= char <= "9"


def at_word_edge(text: str, at: int) -> bool:
    """Whether a word of Latin letters may start or end at this offset."""
    return not (0 < at < len(text) and is_latin(text[at - 1]) and is_latin(text[at]))


def ends_clause(text: str, at: int) -> bool:
    """Whether the character at this offset parts two clauses."""
    char = text[at]
    if char in SEPARATORS:
        return True
    if char == ".":
        return not (at + 1 < len(text) and is_digit(text[at + 1]))
    # People who write Chinese put a space only between clauses; in English it is between all words.
    if char == " ":
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        return bool(before and after) and not before.isascii() and not after.isascii()
    return False


def canonical(text: str) -> str:
    """What is left when punctuation, and spaces that part no Latin words, are taken out of folded text."""
    out = ""
    for run in _RUNS.findall(text):
        out += f" {run}" if out and is_latin(out[-1]) and is_latin(run[0]) else run
    return out


def head(text: str) -> str:
    """As much of folded text as is read: whole clauses, so that no number is cut in two."""
    if len(text) <= LONGEST_READ:
        return text
    for at in range(LONGEST_READ, LONGEST_READ - 200, -1):
        if ends_clause(text, at):
            return text[:at]
    return text[:LONGEST_READ].rstrip("0123456789,.零〇一二三四五六七八九十百千万亿两" + BLANK)
