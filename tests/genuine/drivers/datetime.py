# datetime, and the table that it leaves for other binaries.
import copy
import gc
import sys
import weakref

date, time, datetime = module.date, module.time, module.datetime
timedelta, tzinfo = module.timedelta, module.tzinfo


def plain(x):
    """Text without regard to its kind."""
    if type(x) is bytes:
        return x.decode("ascii") if PY3 else x
    if type(x) is tuple:
        return "(" + ", ".join(plain(item) for item in x) + ")"
    return x if type(x) is str else repr(x)


def text(label, function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        print("%s: %s: %s" % (label, type(error).__name__, error))
    else:
        print("%s: %s %s" % (label, plain(result),
                "" if type(result) is tuple
                    else plain(result if type(result) is bytes else str(result))))


print("limits", module.MINYEAR, module.MAXYEAR, date.min, date.max, time.min, time.max,
      datetime.min, datetime.max, timedelta.min, timedelta.max, timedelta.resolution)
for kind_of in (date, time, datetime, timedelta, tzinfo):
    print(kind_of.__name__, kind_of.__module__, [base.__name__ for base in kind_of.__bases__])

# Dates.
text("date", date, 2009, 2, 28)
text("date keywords", date, year=2000, month=2, day=29)
for bad in ((2009, 2, 29), (0, 1, 1), (10000, 1, 1), (2009, 13, 1), (2009, 0, 1), (2009, 1, 0)):
    show("bad date", date, *bad)
show("date few", date, 1, 2)
show("date many", date, 1, 2, 3, 4)
show("date text", date, b("x"), 1, 1)
show("date float", date, 1.5, 1, 1)
show("date huge", date, 2**40, 1, 1)
d = date(2009, 7, 4)
show("fields", lambda: (d.year, d.month, d.day, d.weekday(), d.isoweekday(), d.toordinal()))
show("isocalendar", lambda: tuple(d.isocalendar()))
text("ctime", d.ctime)
text("isoformat", d.isoformat)
text("strftime", lambda: d.strftime("%Y/%m/%d %j %%"))
text("format", lambda: format(d, "%d.%m.%y"))
text("format empty", lambda: format(d, ""))
text("replace", d.replace, day=1, year=1999)
show("replace bad", d.replace, day=32)
text("timetuple", lambda: tuple(d.timetuple()))
text("fromordinal", date.fromordinal, 733000)
show("fromordinal bad", date.fromordinal, 0)
show("fromordinal big", date.fromordinal, 10**8)
show("fromordinal text", date.fromordinal, b("x"))
text("fromtimestamp", lambda: type(date.fromtimestamp(0)) is date)
show("today", lambda: type(date.today()) is date)
text("plus", lambda: d + timedelta(30))
text("left plus", lambda: timedelta(-30) + d)
text("minus", lambda: d - timedelta(1))
text("difference", lambda: d - date(2000, 1, 1))
show("overflow", lambda: date.max + timedelta(1))
kind("plus int", lambda: d + 1)
kind("int minus", lambda: 1 - d)
print("compare", d == date(2009, 7, 4), d != d, d < date(2010, 1, 1), d >= d, d == 5, d != None)
kind("compare int", lambda: d < 5)
print("hash", hash(d) == hash(date(2009, 7, 4)), {d: 1}[date(2009, 7, 4)])
print("true", bool(d))
kind("readonly", setattr, d, "year", 5)
kind("attribute", setattr, d, "x", 5)

# Differences.
text("delta", timedelta, 1, 2, 3)
text("delta all", timedelta, days=1, seconds=2, microseconds=3, milliseconds=4, minutes=5, hours=6,
     weeks=7)
text("delta floats", timedelta, days=0.5, seconds=0.25)
text("delta negative", timedelta, microseconds=-1)
text("delta long", timedelta, microseconds=10**15)
show("delta big", timedelta, 10**10)
show("delta huge", timedelta, 10**100)
show("delta text", timedelta, b("x"))
kind("delta nan", timedelta, float("nan"))
show("delta keyword", timedelta, wrong=1)
t = timedelta(1, 7200, 5)
show("delta fields", lambda: (t.days, t.seconds, t.microseconds, t.total_seconds()))
text("arithmetic", lambda: [str(x) for x in (t + t, t - t, t * 3, 2 * t, t // 2, -t, +t, abs(-t))])
kind("by zero", lambda: t // 0)
kind("times text", lambda: t * b("x"))
kind("plus int", lambda: t + 1)
print("delta compare", t == timedelta(1, 7200, 5), t < t * 2, t > -t, bool(timedelta(0)), t != 0)
kind("delta compare int", lambda: t < 5)
print("delta hash", hash(t) == hash(timedelta(1, 7200, 5)))
show("overflow delta", lambda: timedelta.max + timedelta(1))

# Zones.
class Zone(tzinfo):
    def __init__(self, hours=1, name=b("zone")):
        self.offset, self.name = timedelta(hours=hours), name

    def utcoffset(self, when):
        return self.offset

    def tzname(self, when):
        return self.name

    def dst(self, when):
        return timedelta(0)


class Odd(tzinfo):
    def __init__(self, result):
        self.result = result

    def utcoffset(self, when):
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    tzname = dst = utcoffset


zone = Zone()
text("time", time, 1, 2, 3, 4)
text("time zone", lambda: str(time(1, 2, tzinfo=zone)).split(",")[0])
for bad in ((24,), (0, 60), (0, 0, 60), (0, 0, 0, 10**6), (-1,)):
    show("bad time", time, *bad)
show("bad zone", time, 1, tzinfo=5)
show("time text", time, b("x"))
tm = time(13, 14, 15, 16)
show("time fields", lambda: (tm.hour, tm.minute, tm.second, tm.microsecond, tm.tzinfo))
text("time isoformat", lambda: (tm.isoformat(), time(1, 2, 3, tzinfo=zone).isoformat()))
text("time strftime", tm.strftime, "%H-%M-%S %f")
text("time replace", tm.replace, minute=0)
show("time offsets", lambda: str(time(1, tzinfo=zone).utcoffset()) == "1:00:00")
print("time compare", tm == time(13, 14, 15, 16), tm < time(14), bool(tm),
      time(2, tzinfo=Zone(1)) == time(1, tzinfo=Zone(0)))
show("naive and aware", lambda: time(1) < time(1, tzinfo=zone))

when = datetime(2009, 7, 4, 13, 14, 15, 16)
aware = when.replace(tzinfo=zone)
text("datetime", lambda: when)
text("aware", lambda: str(aware))
for bad in ((2009, 2, 29), (2009, 1, 1, 24), (2009, 1, 1, 0, 60), (2009, 1, 1, 0, 0, 0, -1)):
    show("bad datetime", datetime, *bad)
show("few", datetime, 2009)
text("combine", datetime.combine, d, tm)
show("combine bad", datetime.combine, tm, d)
text("isoformat", lambda: (when.isoformat(), when.isoformat(b(" ")), aware.isoformat()))
text("strftime", lambda: aware.strftime("%Y %H:%M %f %z %Z"))
show("strftime number", when.strftime, 5)
text("ctime", when.ctime)
text("parts", lambda: (str(when.date()), str(when.time()), str(aware.timetz()),
        tuple(when.timetuple())))
text("utctimetuple", lambda: tuple(aware.utctimetuple()))
text("utcfromtimestamp", datetime.utcfromtimestamp, 1246713255.5)
kind("utcfromtimestamp bad", datetime.utcfromtimestamp, 1e30)
text("astimezone", lambda: str(aware.astimezone(Zone(-3))))
show("astimezone naive", when.astimezone, zone)
show("astimezone bad", aware.astimezone, 5)
text("zone plus", lambda: str(aware + timedelta(1)))
text("difference", lambda: aware - aware.replace(tzinfo=Zone(3)))
show("difference mixed", lambda: aware - when)
show("compare mixed", lambda: aware < when)
print("datetime compare", when == datetime(2009, 7, 4, 13, 14, 15, 16), when > datetime.min,
      aware == aware.replace(tzinfo=Zone(2), hour=14), when == d,
              hash(aware) == hash(aware.replace(tzinfo=Zone(2), hour=14)))
kind("compare date", lambda: when < d)
show("now", lambda: (type(datetime.now()) is datetime, datetime.now(zone).tzinfo is zone,
                     type(datetime.utcnow()) is datetime))
show("now bad", datetime.now, 5)
for result in (timedelta(minutes=90), None, 5, timedelta(1), timedelta(0, 1), LookupError("zone")):
    text("odd offset", lambda: str(when.replace(tzinfo=Odd(result))))
    show("odd name", when.replace(tzinfo=Odd(result)).tzname)
show("plain tzinfo", tzinfo().utcoffset, when)
show("plain tzinfo text", tzinfo().tzname, 5)
text("fromutc", lambda: str(zone.fromutc(aware)))
show("fromutc bad", zone.fromutc, when)

# Subclasses, copies, lives.
class MyDate(date):
    extra = 5

    def __new__(cls, *args):
        self = date.__new__(cls, *args)
        self.tag = ["tag"]
        return self

    def next_year(self):
        return self.replace(year=self.year + 1)


m = MyDate(2001, 2, 3)
print("subclass", m, m.tag, m.next_year(), type(m + timedelta(1)) is date, m == date(2001, 2, 3),
      type(MyDate.fromordinal(1000)) is MyDate, isinstance(m, date))
m.tag.append(m)
gone = weakref.ref(m)
del m
gc.collect()
print("subclass cycle", gone() is None)


class MyDatetime(datetime):
    def __add__(self, other):
        return "added %s" % other


print("operator", MyDatetime(2001, 2, 3) + timedelta(1), MyDatetime.combine(d, tm).year)


class MyDelta(timedelta):
    pass


print("delta subclass", type(MyDelta(1) + MyDelta(2)) is timedelta, MyDelta(1) == timedelta(1))
cPickle = load("cPickle")
for o in (d, when, tm, t, MyDelta(3)):
    r = o.__reduce__()
    again = r[0](*r[1])
    print("reduce", type(again) is type(o), again == o)
for o in (d, when, tm, t):
    print("copies", copy.copy(o) == o, copy.deepcopy([o])[0] == o)
r = aware.__reduce__()
print("reduce zone", r[1][1] is zone)
held = [aware]
count = weakref.ref(zone)
del zone, aware, bad
gc.collect()
print("zone is kept", held[0].tzinfo is count())
del held, r
gc.collect()


class Looping(tzinfo):
    pass


z = Looping()
z.when = datetime(2000, 1, 1, tzinfo=z)
gone = weakref.ref(z)
del z
gc.collect()
print("zone cycle", gone() is None)
kind("weak date", weakref.ref, d)
many = [date.fromordinal(k) for k in range(1, 3000, 7)]
del many[::3]
gc.collect()
print("many", len(many), many[10], sum(x.day for x in many))
print("sorted", [str(x) for x in sorted([d, date(2001, 1, 1), date.max])])
print("table", type(module.datetime_CAPI).__name__)
