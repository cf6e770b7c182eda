# _codecs_cn: its codecs there and back.
NAMES = ("gb2312", "gbk", "gb18030", "hz")
character = chr if PY3 else unichr
TEXT = u("ab") + u("").join(character(c) for c in (0x4e2d, 0x6587)) + u("\n")
include("codecs")
