from __future__ import print_function
import gc
import os
import sys
import tempfile
import files as m


def show(text):
    print(text.decode("utf-8", "replace") if not isinstance(text, str) else text)


show(m.run())

handle, path = tempfile.mkstemp()
os.close(handle)


def contents():
    with open(path, "rb") as file:
        return str(file.read().decode("ascii").replace("\n", "/"))


# What C writes and what Python writes come in order.
for mode in ["w", "wb"]:
    text = (lambda s: s) if mode == "w" else (lambda s: s.encode())
    with open(path, mode) as file:
        file.write(text("before\n"))
        show(m.use(file))
        file.write(text("between\n"))
        show(m.use(file))
        file.write(text("after\n"))
    print(contents())
    show(m.use(file))

# And so for reading.
for mode in ["r", "rb", "r+", "rb+"]:
    with open(path, mode) as file:
        print(len(file.readline()))
        show(m.use(file))
        print(len(file.readline()), file.tell())
        show(m.use(file))
        print(len(file.readline()))
        file.seek(0)
        show(m.use(file))

with open(path, "a") as file:
    file.write("appended\n")
    show(m.use(file))
    file.flush()
    m.method_write(file)
with open(path, "ab") as file:
    m.method_write(file)
print(contents())

with open(path, "w") as file:
    file.write("one\ntwo two\n\nthree\n")
with open(path, "r") as file:
    show(m.lines_of(file))


class Reader(object):
    def __init__(self, *lines):
        self.lines = list(lines)

    def readline(self, limit=None):
        line = self.lines.pop(0)
        return line if limit is None else line[:limit]


show(m.lines_of(Reader(*[b"line\n", b"other", b"", b"\n", b"1", b"2"] * 3)))
show(m.lines_of(Reader(*[[5], (), b"x"] * 6)))


class Writer(object):
    def __init__(self):
        self.count = 0

    def write(self, text):
        self.count += 1


writer = Writer()
show(m.write_to((writer), b"bytes", 1))
show(m.write_to((writer), 7, 0))
print(writer.count)
show(m.soft(writer))
print(writer.softspace)
show(m.soft(5))


class Number(object):
    def __init__(self, number):
        self.number = number

    def fileno(self):
        return self.number


class Failing(object):
    def fileno(self):
        raise KeyError("fileno")


for object in [0, 5, -1, 2 ** 31, 2 ** 40, 2 ** 70, None, "x", Number(3), Number(-7), Number("4"),
               Number(None), Failing(), True]:
    show(m.descriptor(object))
with open(path) as file:
    print(int(m.descriptor(file).split()[0]) == file.fileno())
# The streams go with the files.
file = None
gc.collect()
count = len(os.listdir("/proc/self/fd"))
for i in range(30):
    with open(path) as file:
        m.use(file)
    with open(path, "ab") as file:
        m.use(file)
file = None
gc.collect()
print(len(os.listdir("/proc/self/fd")) - count)
os.unlink(path)
sys.stdout.flush()
