# _hotshot: a profiler that writes a log of calls and lines, and the reader of such logs.
import gc
import os
import shutil
import sys
import tempfile

H = module
ENTER, EXIT, LINE, OTHER = H.WHAT_ENTER, H.WHAT_EXIT, H.WHAT_LINENO, H.WHAT_OTHER
folder = tempfile.mkdtemp()
path = os.path.join(folder, "log")
given = path.encode("ascii") if PY3 else path
print("constants", ENTER, EXIT, LINE, OTHER, H.WHAT_ADD_INFO, H.WHAT_DEFINE_FILE, H.WHAT_DEFINE_FUNC,
      H.WHAT_LINE_TIMES)
print("version", type(H.__version__).__name__, H.ProfilerType.__name__, H.LogReaderType.__name__)
show("resolution", lambda: [type(n) in (int, long) for n in H.resolution()])


def leaf(n=0):
    return n


def outer():
    leaf(1)
    return leaf(2)


def failing():
    raise ValueError("on purpose")


def recurse(n):
    return n and recurse(n - 1)


NAMES = "leaf outer failing recurse called".split()


def text(x):
    return x.decode("latin-1") if type(x) is bytes else x


def events():
    """What the log says: the names of functions by their places, and the events."""
    reader = H.logreader(given)
    functions, out = {}, []
    try:
        for event in reader:
            if event[0] == H.WHAT_DEFINE_FUNC:
                functions[event[2], event[3]] = text(event[1])
            elif event[0] in (ENTER, EXIT, LINE):
                out.append(event)
            else:
                out.append((event[0],))
    finally:
        reader.close()
    return functions, out


def names(out):
    """The function that each event is in, from the tables that the log defines."""
    functions, rows = out
    told, stack = [], []
    for row in rows:
        if row[0] == ENTER:
            stack.append(functions.get((row[2], row[3]), "?"))
            if stack[-1] in NAMES:
                told.append(b("enter " + str(stack[-1])))
        elif row[0] == EXIT:
            name = stack.pop() if stack else "?"
            if name in NAMES:
                told.append(b("exit " + str(name)))
        elif row[0] == LINE and stack and stack[-1] in NAMES:
            told.append(b("line of " + str(stack[-1])))
    return told


def log(function, lineevents=0, *args):
    p = H.profiler(given, lineevents, *args)
    p.runcall(function)
    p.close()
    return p


log(outer)
show("outer", lambda: names(events()))
log(lambda: recurse(3))
show("recurse", lambda: names(events()))
show("lines", lambda: (log(outer, 1), names(events()))[1])
show("without times", lambda: (log(outer, 1, 0), names(events()))[1])


def raises():
    try:
        log(failing)
    except ValueError as error:
        print("raised", error)


raises()
p = H.profiler(given)
print("type", type(p) is H.ProfilerType)
show("runcall", p.runcall, leaf, (7,))
show("keywords", p.runcall, leaf, (), {"n": 8})
show("None as arguments", p.runcall, leaf, None)
kind("runcall()", p.runcall)
kind("runcall 5", p.runcall, 5)
kind("runcall of no tuple", p.runcall, leaf, 5)
kind("runcall of no dict", p.runcall, leaf, (), 5)
kind("runcall of four", p.runcall, leaf, (), {}, 1)
show("it fails", p.runcall, failing)
scope = {}
show("runcode", p.runcode, compile("def called():\n    return 3\nx = called()", "some", "exec"), scope)
show("its scope", lambda: scope["x"])
show("runcode locals", lambda: (p.runcode(compile("y = x + 1", "some", "exec"), scope, scope), scope["y"]))
kind("runcode of text", p.runcode, b("x"), scope)
kind("runcode()", p.runcode)
kind("runcode of one", p.runcode, compile("1", "some", "exec"))
kind("runcode of no dict", p.runcode, compile("1", "some", "exec"), 5)
show("runcode fails", p.runcode, compile("1 // 0", "some", "exec"), {})
show("addinfo", p.addinfo, b("key"), b("value"))
kind("addinfo()", p.addinfo)
kind("addinfo 5", p.addinfo, 5, 6)
show("closed", lambda: p.closed)
kind("read only", setattr, p, "closed", 1)
kind("attribute", setattr, p, "x", 1)
p.start()
leaf()
p.stop()
show("start and stop", lambda: p.closed)
show("stop again", p.stop)
kind("start(1)", p.start, 1)
show("close", lambda: (p.close(), p.close(), p.closed))
for name, args in (("start", ()), ("runcall", (leaf,)), ("addinfo", (b("a"), b("b"))),
                   ("runcode", (compile("1", "some", "exec"), {}))):
    show("closed " + name, getattr(p, name), *args)

# The reader.
reader = H.logreader(given)
show("reader", lambda: (type(reader) is H.LogReaderType, iter(reader) is reader, reader.fileno() > 2))
info = reader.info
show("info", lambda: (type(info) is dict, b(" ").join(sorted(b(str(text(k))) for k in info))))
rest = list(reader)
show("all", lambda: len(rest) > 10)
show("added", lambda: [e for e in rest if e[0] == H.WHAT_ADD_INFO])
show("functions", lambda: sorted(set(e[1] for e in rest if e[0] == H.WHAT_DEFINE_FUNC
                                     and text(e[1]) in NAMES)))
show("files", lambda: b("some") in [e[1] for e in rest if e[0] == H.WHAT_DEFINE_FILE])
kind("at its end", lambda: next(reader))
show("close", lambda: (reader.close(), reader.close()))
kind("closed fileno", lambda: reader.fileno())
kind("closed next", lambda: next(reader))
with open(path, "rb") as f:
    whole = f.read()
with open(path, "wb") as f:
    f.write(whole[:len(whole) - 7])
kind("a log that is cut", lambda: len(list(H.logreader(given))) > 5)
for data in (b(""), b("no log"), b("\x10\x20\x30") * 50):
    with open(path, "wb") as f:
        f.write(data)
    kind("rubbish of %d" % len(data), lambda: len(list(H.logreader(given))))
for bad in (None, 5, [], b("/nonexistent/folder/log")):
    system("logreader(%s)" % name_of(bad), H.logreader, bad)
    system("profiler(%s)" % name_of(bad), H.profiler, bad)
    system("coverage(%s)" % name_of(bad), H.coverage, bad)
for f in (H.logreader, H.profiler, H.coverage, H.resolution):
    kind("%s of too many" % f.__name__, f, given, 1, 2, 3, 4)
kind("lineevents text", H.profiler, given, b("x"))
sys_path = sys.path
sys.path = "abc"
show("sys.path is no list", H.coverage, given)
del sys.path
show("no sys.path", H.coverage, given)
sys.path = sys_path

# Coverage, and lives.
c = H.coverage(given)
show("coverage", lambda: (c.runcall(outer), c.close()))
show("covered", lambda: len(names(events())) > 0 and events()[1] != [])
p = H.profiler(given)
run = p.runcall
del p
gc.collect()
show("method keeps it", run, leaf, (5,))
del run
gc.collect()
p = H.profiler(given)
p.start()
leaf()
p.stop()
del p
gc.collect()
show("dropped", lambda: names(events()))
reader = H.logreader(given)
first = next(reader)
del reader
gc.collect()
show("event outlives its reader", lambda: type(first) is tuple)
shutil.rmtree(folder)
