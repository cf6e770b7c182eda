# _codecs_iso2022: its codecs there and back.
NAMES = ("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext",
         "iso2022_kr")
character = chr if PY3 else unichr
TEXT = u("ab") + u("").join(character(c) for c in (0x4e00, 0x4e8c)) + u("\n")
include("codecs")
