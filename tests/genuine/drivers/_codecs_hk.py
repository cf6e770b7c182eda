# _codecs_hk: its codecs there and back.
NAMES = ("big5hkscs",)
character = chr if PY3 else unichr
TEXT = u("ab") + u("").join(character(c) for c in (0x9999, 0x6e2f)) + u("\n")
include("codecs")
