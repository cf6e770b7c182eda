# termios: a pseudo terminal is read, set, flushed.
import gc
import os

T = module
master, slave = os.openpty()
print("constants", T.B9600, T.ECHO, T.ICANON, T.VMIN, T.VTIME, T.TCSANOW, T.TCSADRAIN,
        T.TCSAFLUSH, T.TCIFLUSH,
      T.TIOCGWINSZ, T.NCCS)
print("error", T.error.__name__, issubclass(T.error, Exception))
attributes = T.tcgetattr(slave)
print("attributes", len(attributes), [type(x) is int or type(x).__name__ for x in attributes])
cc = attributes[6]
print("characters", len(cc), sorted(set(type(c) is bytes for c in cc)), value(cc[T.VINTR]),
        value(cc[T.VEOF]))
print("flags", bool(attributes[3] & T.ECHO), bool(attributes[3] & T.ICANON),
        attributes[4] == attributes[5])
attributes[3] &= ~(T.ECHO | T.ICANON)
cc[T.VMIN], cc[T.VTIME] = 1, 0
show("set", T.tcsetattr, slave, T.TCSANOW, attributes)
raw = T.tcgetattr(slave)
print("raw", bool(raw[3] & T.ECHO), value(raw[6][T.VMIN]), value(raw[6][T.VTIME]),
        value(raw[6][T.VINTR]))
raw[6][T.VINTR] = b("\x05")
show("set again", lambda: (T.tcsetattr(slave, T.TCSADRAIN, raw), T.tcgetattr(slave)[6][T.VINTR]))
raw[6][T.VINTR] = 7
show("number", lambda: (T.tcsetattr(slave, T.TCSADRAIN, raw), T.tcgetattr(slave)[6][T.VINTR]))


class Filed(object):
    def fileno(self):
        return slave


show("object", lambda: len(T.tcgetattr(Filed())))
f = os.fdopen(os.dup(slave), "rb", 0)
show("file", lambda: len(T.tcgetattr(f)))
f.close()
kind("closed file", T.tcgetattr, f)
show("text", T.tcgetattr, b("x"))
show("None", T.tcgetattr, None)
show("negative", T.tcgetattr, -1)
system("closed", T.tcgetattr, 1000)
system("no terminal", T.tcgetattr, os.pipe()[0])
show("nothing", T.tcgetattr)


def broken(k, item):
    copied = T.tcgetattr(slave)
    copied[k] = item
    return copied


for k in range(7):
    kind("broken %d" % k, T.tcsetattr, slave, T.TCSANOW, broken(k, b("x")))
kind("broken None", T.tcsetattr, slave, T.TCSANOW, broken(0, None))
for bad in ([], 5, tuple(raw), raw[:6], raw + [1], None):
    show("bad attributes", T.tcsetattr, slave, T.TCSANOW, bad)
for bad in ([], [b("x")] * 31, [b("x")] * 33, 5, tuple(raw[6])):
    show("bad characters", T.tcsetattr, slave, T.TCSANOW, broken(6, bad))
show("bad character", T.tcsetattr, slave, T.TCSANOW, broken(6, [b("xy")] * 32))
show("bad character None", T.tcsetattr, slave, T.TCSANOW, broken(6, [None] * 32))
show("bad character list", T.tcsetattr, slave, T.TCSANOW, broken(6, [1.5] * 32))
system("bad when", T.tcsetattr, slave, 77, raw)
show("when text", T.tcsetattr, slave, b("x"), raw)
show("few", T.tcsetattr, slave, T.TCSANOW)
os.write(master, b("typed"))
show("flush input", T.tcflush, slave, T.TCIFLUSH)
show("flush both", T.tcflush, slave, T.TCIOFLUSH)
system("flush bad", T.tcflush, slave, 99)
show("flush text", T.tcflush, slave, b("x"))
show("flow off", T.tcflow, slave, T.TCOOFF)
show("flow on", T.tcflow, slave, T.TCOON)
system("flow bad", T.tcflow, slave, 99)
show("drain", T.tcdrain, slave)
system("drain closed", T.tcdrain, 1000)
show("break", T.tcsendbreak, master, 0)
show("break text", T.tcsendbreak, master, b("x"))
os.write(master, b("x"))
show("read", os.read, slave, 1)
del attributes, raw
gc.collect()
show("characters are kept", lambda: (len(cc), cc[T.VMIN]))
os.close(master)
os.close(slave)
system("gone", T.tcgetattr, slave)
