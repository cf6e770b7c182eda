"""time: what does not depend on when it is."""

import copy
import os
import pickle

os.environ["TZ"] = "UTC0"
module.tzset()

gmtime, localtime, mktime, strftime, strptime = (
    module.gmtime, module.localtime, module.mktime, module.strftime, module.strptime)

# Seconds to parts.
for seconds in (0, 1, -1, 86399, 951782400, 1e9, 1e9 + 0.999, 2 ** 31 - 1, 2 ** 31, -2 ** 31, 2 ** 33, True):
    show("gmtime(%s)" % value(seconds), lambda: tuple(gmtime(seconds)))
    show("localtime(%s)" % value(seconds), lambda: tuple(localtime(seconds)))
    show("ctime(%s)" % value(seconds), module.ctime, seconds)
    show("there and back", lambda: mktime(localtime(seconds)))
for f in (gmtime, localtime, module.ctime):
    for bad in (b("1"), u("1"), [], 1j, 1e300, -1e300, 10 ** 30, float("nan"), float("inf")):
        kind("of %s" % name_of(bad), f, bad)
    show("too many", f, 1, 2)
    show("of None", lambda: type(f(None)) is type(f()))

# struct_time
t = gmtime(1234567890)
show("struct_time", lambda: (t.tm_year, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, t.tm_wday, t.tm_yday,
                             t.tm_isdst))
show("as a tuple", lambda: (t[0], t[-1], len(t), t[1:3], tuple(t)))
show("is a tuple", lambda: t == tuple(t))
show("type", lambda: (type(t) is module.struct_time, module.struct_time.__name__ == "struct_time"))
show("n_fields", lambda: (t.n_fields, t.n_sequence_fields, t.n_unnamed_fields))
show("repr", lambda: repr(t) == "time.struct_time(tm_year=2009, tm_mon=2, tm_mday=13, tm_hour=23, tm_min=31, "
                                "tm_sec=30, tm_wday=4, tm_yday=44, tm_isdst=0)")
show("compare", lambda: (t == gmtime(1234567890), t < gmtime(1234567891), t != gmtime(0)))
show("in", lambda: (2009 in t, 5 in t))
show("hash", lambda: hash(t) == hash(tuple(t)))
show("unpacked", lambda: (lambda a, b, c, *more: (a, b, c, more))(*t))
show("made", lambda: tuple(module.struct_time((2000, 1, 2, 3, 4, 5, 6, 7, 8))))
show("made of a list", lambda: module.struct_time(list(range(9))).tm_yday)
show("made of more", lambda: tuple(module.struct_time(range(10, 19))))
kind("made of less", module.struct_time, (1, 2))
kind("made of more", module.struct_time, range(30))
kind("made of a number", module.struct_time, 5)
kind("made of nothing", module.struct_time)


def is_read_only(x, name):
    try:
        setattr(x, name, None)
    except (AttributeError, TypeError):
        return True


show("read only", is_read_only, t, "tm_year")
kind("item is read only", lambda: t.__setitem__(0, 1))
kind("no attribute", getattr, t, "tm_nothing")

# Parts to text.
for form in ("%Y-%m-%d %H:%M:%S", "%a %A %b %B %p", "%j %U %w %W %y %%", "%c", "%x %X", "", "plain", "%d" * 200):
    show("strftime %s" % form[:20], strftime, form, t)
show("of a tuple", strftime, "%Y", tuple(t))
show("form as text", strftime, u("%Y"), t)
show("form as str", strftime, b("%Y"), t)
show("gmtime's day", lambda: [strftime("%a %j", gmtime(86400 * n)) for n in range(7)])
for label, bad in (("short", (2000, 1, 1)), ("long", (2000,) + (1,) * 9), ("None", None), ("number", 5),
                   ("list", list(t)), ("texts", (b("x"),) * 9), ("floats", (2000.5,) + (1,) * 8),
                   ("month 13", (2000, 13, 1, 0, 0, 0, 0, 1, 0)), ("month -1", (2000, -1, 1, 0, 0, 0, 0, 1, 0)),
                   ("day 32", (2000, 1, 32, 0, 0, 0, 0, 1, 0)), ("hour 24", (2000, 1, 1, 24, 0, 0, 0, 1, 0)),
                   ("minute 60", (2000, 1, 1, 0, 60, 0, 0, 1, 0)), ("second 62", (2000, 1, 1, 0, 0, 62, 0, 1, 0)),
                   ("weekday -2", (2000, 1, 1, 0, 0, 0, -2, 1, 0)), ("yearday 367", (2000, 1, 1, 0, 0, 0, 0, 367, 0)),
                   ("zeroes", (0,) * 9), ("year 99", (99, 1, 1, 0, 0, 0, 0, 1, 0)), ("year 150", (150, 1, 1, 0, 0, 0, 0, 1, 0)),
                   ("year huge", (10 ** 20, 1, 1, 0, 0, 0, 0, 1, 0))):
    show("strftime " + label, strftime, "%Y-%m-%d %j", bad) if label not in ("None", "number", "list", "texts", "floats") \
        else kind("strftime " + label, strftime, "%Y-%m-%d %j", bad)
    kind("asctime " + label, module.asctime, bad) if label != "list" or True else None
    kind("mktime " + label, mktime, bad) if label != "year huge" or True else None
kind("strftime()", strftime)
kind("strftime(5)", strftime, 5)
kind("strftime(None)", strftime, None)
show("asctime", module.asctime, t)
show("asctime of a tuple", module.asctime, tuple(t))
show("mktime", mktime, t)
show("mktime normalises", mktime, (2009, 14, 35, 30, 70, 70, 0, 0, 0))
kind("mktime()", mktime)
kind("mktime(1, 2)", mktime, t, t)

# Another zone.
os.environ["TZ"] = "EST+05EDT,M4.1.0,M10.5.0"
module.tzset()
show("localtime in winter", lambda: tuple(localtime(0)))
show("localtime in summer", lambda: tuple(localtime(15000000)))
show("mktime", lambda: mktime(localtime(15000000)))
show("zone", lambda: strftime("%Z", localtime(0)))
show("zone in summer", lambda: strftime("%Z", localtime(15000000)))
show("variables", lambda: (module.timezone, module.altzone, module.daylight, module.tzname == (b("EST"), b("EDT"))))
os.environ["TZ"] = "UTC0"
module.tzset()
show("variables", lambda: (module.timezone, module.altzone, module.daylight, module.tzname))
kind("tzset(1)", module.tzset, 1)

# The clock.
show("time", lambda: (type(module.time()) is float, module.time() > 1.4e9))
show("clock", lambda: (type(module.clock()) is float, module.clock() >= 0.0))
show("goes on", lambda: module.time() <= module.time())
show("gmtime()", lambda: gmtime().tm_year > 2013)
kind("time(1)", module.time, 1)
kind("clock(1)", module.clock, 1)
show("sleep", module.sleep, 0)
show("sleep a little", module.sleep, 0.01)
show("sleep True", lambda: module.sleep(False))
for bad in (None, b("1"), [], 1j):
    kind("sleep(%s)" % name_of(bad), module.sleep, bad)


def negative():
    try:
        module.sleep(-1)
    except IOError as error:
        return error.errno


show("sleep(-1)", negative)
kind("sleep()", module.sleep)
show("accept2dyear", lambda: module.accept2dyear)
show("gmtime in pieces", lambda: [gmtime(n * 10 ** 7)[:6] for n in range(20)])
parts = gmtime(5)[:3]
show("slice outlives it", lambda: parts)
kind("pickle", lambda: tuple(copy.copy(t)) == tuple(t))
