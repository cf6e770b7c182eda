# _codecs_kr: its codecs there and back.
NAMES = ("euc_kr", "cp949", "johab")
character = chr if PY3 else unichr
TEXT = u("ab") + u("").join(character(c) for c in (0xd55c, 0xae00)) + u("\n")
include("codecs")
