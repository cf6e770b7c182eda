from __future__ import print_function
import datetime
import os
import time
os.environ["TZ"] = "UTC"
time.tzset()
import dates as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


class Zone(datetime.tzinfo):
    def utcoffset(self, when):
        return datetime.timedelta(hours=2)

    def dst(self, when):
        return datetime.timedelta(0)

    def tzname(self, when):
        return "zone"


class Date(datetime.date):
    pass


class DateTime(datetime.datetime):
    pass


class Delta(datetime.timedelta):
    pass


show(m.run())
zone = Zone()
values = [
    datetime.date(2020, 2, 29), datetime.date.max, datetime.datetime(1970, 1, 1),
    datetime.datetime(2011, 12, 13, 14, 15, 16, 171819), datetime.datetime.max,
    datetime.datetime(2011, 12, 13, 14, 15, 16, 171819, zone), datetime.time(1, 2, 3, 4),
    datetime.time(23, 59, tzinfo=zone), datetime.time.max, datetime.timedelta(5),
    datetime.timedelta(-1, 3, 70000), datetime.timedelta.max, datetime.timedelta.min, zone,
    Date(2000, 1, 2), DateTime(2000, 1, 2, 3, 4, 5, 6), DateTime(2000, 1, 2, 3, tzinfo=zone),
    Delta(7), 5, None, "text".encode(), datetime.datetime, datetime,
]
for value in values:
    show(m.look(value))
    show(m.look(value))
    assert m.echo(value) is value or type(value) in (int, bytes)
print(m.make(None), m.make(zone), m.make(zone).tzinfo is zone)
print(m.same_zone(values[5], zone), m.same_zone(values[3], zone))
# The collectors of neither Python look into a datetime: what it has would stay.
del values, value
