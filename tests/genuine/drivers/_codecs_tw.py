# _codecs_tw: its codecs there and back.
NAMES = ("big5", "cp950")
character = chr if PY3 else unichr
TEXT = u("ab") + u("").join(character(c) for c in (0x4e2d, 0x6587)) + u("\n")
include("codecs")
