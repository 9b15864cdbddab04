"""Which encoding names or text were written in that do not say it: UTF-8, or the code page of somebody's Windows.

All names of an archive are judged together: one name alone is often possible in several code pages, a hundred names
hardly ever likely in more than one.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

PAGES = ("utf-8", "cp932", "gbk", "big5", "cp949", "cp437")
"""What is tried: UTF-8, then the code pages of Japanese, Chinese, Chinese in Taiwan, Korean, and the one ZIP means;
of equally likely ones the earlier is taken."""

LIKELY = 0.3
"""Least mean weight of what is taken for a reading. Ours."""

ENOUGH = 20_000
"""Bytes that are weighed; more say nothing new. Ours."""

HANZI = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天"
    "分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二"
    "等产或新己制身果加西斯月话回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反"
    "卷章集册页封番篇漫画版彩目录完扉五六七八九百空星春夏秋冬花風雨雪山川王魔剣龍這個們來說時會發後過種學動進樣實無與長開關點業將兩間問應戰頭體產話門兒東聲論處義條氣"
    "題變總電數報結冊頁錄終"
)
"""Characters that Chinese text and titles are full of."""

HANGUL = frozenset(
    "이다는의가에을하고를은지어로사리기인자대도나시아한서정그보일해부장제스들전수안라구원만면화권편주상과여조있우동오게비공니신적내거야세요경위모"
    "무문미드연르소선관트마성트할까된국호생음설명중작개방단학바분말심영운금노러었않없것때표지집외본완결표번"
)
"""Syllables that Korean text and titles are full of."""


def read_names(names: Sequence[bytes]) -> list[str]:
    """Names of one archive as text.

    Bytes that fit nothing stay in the text one by one (surrogate escapes), as in names of files that are not UTF-8.

    >>> read_names([b"ok.png", "表紙.png".encode("cp932")])
    ['ok.png', '表紙.png']
    """
    return list(_read(tuple(names)))


@lru_cache(maxsize=8)
def _read(names: tuple[bytes, ...]) -> tuple[str, ...]:
    """As `read_names`; kept, since an archive is opened anew for each of its pages."""
    odd = tuple(n for n in names if not n.isascii())
    if not odd:
        return tuple(n.decode("ascii") for n in names)
    weight, page = _best(odd)
    own = {n for n in odd if is_utf_8(n) and _best((n,))[1] == "utf-8"} if weight < 1 else set()
    rest = tuple(n for n in odd if n not in own)
    if own and rest:
        # Two programs may have had their hands in it: what is UTF-8 by itself is not the other's.
        apart, other = _best(rest)
        if min(apart, _best(tuple(own))[0]) > weight:
            return tuple(n.decode("utf-8" if n in own or not other else other, "surrogateescape") for n in names)
    return tuple(n.decode(page or "utf-8", "surrogateescape") for n in names)


def guess(texts: tuple[bytes, ...]) -> str | None:
    """The encoding that all texts are most likely in; None where none is likely.

    >>> guess(("第1話".encode("cp932"), b"cover")), guess(("第一话".encode("gbk"),))
    ('cp932', 'gbk')
    """
    return _best(texts)[1]


def is_utf_8(text: bytes) -> bool:
    """Whether bytes can be read as UTF-8."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _best(texts: tuple[bytes, ...]) -> tuple[float, str | None]:
    """The weight of the likeliest encoding, and it; None where it is not likely enough."""
    best: tuple[float, str | None] = LIKELY, None
    for page in PAGES:
        weight = _weight(texts, page)
        if weight > best[0]:
            best = weight, page
    return best


def _weight(texts: Sequence[bytes], page: str) -> float:
    """How likely texts are in a code page: mean of its characters outside ASCII, -1 if one cannot be."""
    total, count, left = 0.0, 0, ENOUGH
    for text in texts:
        try:
            read = text.decode(page)
        except UnicodeDecodeError:
            return -1.0
        if left <= 0:
            continue
        left -= len(text)
        for at, c in enumerate(read):
            if not c.isascii():
                total += _likely(c, page, read[max(0, at - 1) : at + 2])
                count += 1
    return total / count if count else -1.0


def _likely(c: str, page: str, around: str) -> float:
    """Weight of one character, with what stands beside it, in a code page. All weights are ours."""
    if not c.isprintable() and c != "\u3000":
        return -1.0
    if page == "utf-8":
        # Three bytes in that order are no accident; two may be another page's letter.
        return 1.1 if c > "\u07ff" else 0.9 if unicodedata.category(c)[0] in "LM" else 0.2
    ascii_letters = [a for a in around if a.isascii() and a.isalpha()]
    if page == "cp437":
        # Letters with accents stand among letters; frames, Greek and fractions are other pages' letters.
        latin = "LATIN" in unicodedata.name(c, "") and not (c.islower() and around[-1].isupper())
        return 0.6 if latin and ascii_letters else -0.7
    if "\uff61" <= c <= "\uff9f":
        return LIKELY + 0.01 if any("\uff61" <= a <= "\uff9f" for a in around.replace(c, "", 1)) else -0.4
    if "\u3000" <= c <= "\u303f" or c in "・…―—～〜！？（）：；，．＆＋－／＝":
        return 0.5
    if "\uff10" <= c <= "\uff5a":
        return 0.5 if not ascii_letters else -0.6
    # Writing without an alphabet does not stand amid a word in small letters.
    return _letter(c, page) - 0.4 * sum(a.islower() for a in ascii_letters)


def _letter(c: str, page: str) -> float:
    """Weight of a character of writing: the pages list the common ones before the rare ones."""
    if "\u3041" <= c <= "\u30ff":
        # Kana alone prove Japanese; Chinese pages hold them too.
        return 1.0 if page == "cp932" else 0.5
    if "\uac00" <= c <= "\ud7a3":
        return (1.0 if c in HANGUL else 0.5) if _pair(c, "euc_kr") else -0.7
    if not "\u4e00" <= c <= "\u9fff":
        return -0.5
    first = _pair(c, {"cp932": "shift_jis", "gbk": "gb2312", "big5": "big5", "cp949": "euc_kr"}[page])
    if page == "cp932":
        return -0.7 if not first else 0.8 if first < 0x98 or first == 0x98 else 0.0
    if page == "gbk":
        return -0.6 if not first else 1.0 if c in HANZI else 0.55 if first < 0xD8 else -0.1
    if page == "big5":
        return -0.6 if not first else 1.0 if c in HANZI else 0.55 if first < 0xC7 else -0.2
    return -0.2


def _pair(c: str, standard: str) -> int:
    """First byte of a character in the standard that a page extends; 0 if it is not in it."""
    try:
        return c.encode(standard)[0]
    except UnicodeEncodeError:
        return 0
