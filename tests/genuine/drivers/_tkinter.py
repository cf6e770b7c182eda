# _tkinter: a Tcl interpreter without windows; values, variables, commands, lists, timers.
import gc
import os
import weakref

T = module
print("names", T.TclError.__name__, issubclass(T.TclError, Exception), T.READABLE, T.WRITABLE, T.EXCEPTION,
      T.DONT_WAIT, T.ALL_EVENTS, type(T.TK_VERSION) in (bytes, str), T.Tcl_Obj.__name__ if hasattr(T, "Tcl_Obj") else "")


def tcl():
    # No screen, no name, no class, not interactive, with objects, without Tk.
    return T.create(None, b("try"), b("Try"), 0, 1, 0)


def told(label, function, *args):
    """Errors of Tcl, whose first line counts."""
    try:
        print("%s: %s" % (label, value(function(*args))))
    except T.TclError as error:
        print("%s: TclError: %s" % (label, str(error).split("\n")[0]))
    except Exception as error:
        print("%s: %s" % (label, type(error).__name__))


t = tcl()
print("type", type(t).__name__)
told("eval", t.eval, b("expr {6 * 7}"))
told("call", t.call, b("expr"), b("6 * 7"))
told("call with numbers", t.call, b("expr"), 6, b("*"), 7)
told("a float", t.call, b("expr"), 1.5, b("+"), 1)
told("true", t.call, b("expr"), True)
told("a big one", t.call, b("expr"), b("2 ** 62"))
told("bigger", t.call, b("expr"), b("2 ** 100"))
told("huge in", t.call, b("expr"), 2 ** 40, b("+ 1"))
told("text", t.call, b("string"), b("toupper"), u("stra\xdfe \xe9"))
told("str", t.call, b("string"), b("length"), b("abc"))
told("reverse", t.call, b("string"), b("reverse"), u("a\xe9b"))
told("tuple", t.call, b("llength"), (1, 2, (3, 4)))
told("list", t.call, b("lindex"), [b("a"), b("b c")], 1)
told("nested", t.call, b("lindex"), (1, (b("x"), u("y z"))), 1)
told("result is a list", t.call, b("list"), 1, 2.5, b("a b"), ())
told("dictionary", t.call, b("dict"), b("get"), b("a 1 b 2"), b("b"))
told("args as a tuple", t.call, (b("expr"), 1, b("+"), 2))
told("None is the end", t.call, b("list"), 1, None, 2)
told("an object", lambda: type(t.call(b("list"), object())) is tuple)
told("nothing", t.call)
told("no command", t.call, b("no_such_command"))
told("an error of Tcl", t.eval, b("error {went wrong}"))
told("divided by zero", t.eval, b("expr {1 / 0}"))
told("not closed", t.eval, b("set a {"))
told("eval None", t.eval, None)
told("eval 5", t.eval, 5)
told("eval of two", t.eval, b("a"), b("b"))
told("eval text", t.eval, u("set a 5"))
told("globaleval", t.globaleval, b("set ::b 6"), )
told("adderrorinfo", t.adderrorinfo, b("more"))
told("record", t.record, b("set c 7"))
told("no file", t.evalfile, b("/nonexistent/file.tcl"))
told("interpaddr", lambda: t.interpaddr() != 0)

# Variables.
told("setvar", t.setvar, b("v"), b("value"))
told("getvar", t.getvar, b("v"))
told("setvar number", lambda: (t.setvar(b("n"), 17), t.getvar(b("n"))))
told("setvar list", lambda: (t.setvar(b("l"), (1, b("x"))), t.getvar(b("l"))))
told("array", lambda: (t.setvar(b("arr"), b("k"), b("in array")), t.getvar(b("arr"), b("k")),
                       t.eval(b("set arr(k)"))))
told("text", lambda: (t.setvar(u("t\xe9"), u("\xe9")), t.getvar(u("t\xe9"))))
told("globals", lambda: (t.globalsetvar(b("g"), 1), t.globalgetvar(b("g"))))
told("unset", lambda: (t.unsetvar(b("v")), t.getvar(b("v"))))
told("globalunset", lambda: (t.globalunsetvar(b("g")), t.globalgetvar(b("g"))))
told("no such", t.getvar, b("nothing"))
told("unset none", t.unsetvar, b("nothing"))
told("getvar()", t.getvar)
told("getvar(5)", t.getvar, 5)
told("setvar()", t.setvar)
told("setvar of one", t.setvar, b("x"))
told("in pieces", lambda: (t.eval(b("set s [list a {b c} d]")), t.getvar(b("s"))))

# Conversions.
for text in ("5", "0x10", " 7 ", "x", "", "1.5", "99999999999999999999", "-3"):
    told("getint %r" % text, t.getint, b(text))
    told("getdouble %r" % text, t.getdouble, b(text))
    told("getboolean %r" % text, t.getboolean, b(text))
for text in ("yes", "off", "true"):
    told("getboolean %s" % text, t.getboolean, b(text))
for f in (t.getint, t.getdouble, t.getboolean):
    told("of 5", f, 5)
    told("of text", f, u("1"))
    told("of None", f, None)
    told("of nothing", f)
for f in (t.exprstring, t.exprlong, t.exprdouble, t.exprboolean):
    told("1 + 2", f, b("1 + 2"))
    told("wrong", f, b("1 +"))
    told("of None", f, None)
told("splitlist", t.splitlist, b("a {b c} d"))
told("splitlist text", t.splitlist, u("a {b \xe9} d"))
told("splitlist tuple", t.splitlist, (1, 2))
told("splitlist wrong", t.splitlist, b("a {b"))
told("splitlist 5", t.splitlist, 5)
told("split", t.split, b("a {b c} {d {e f}}"))
told("split single", t.split, b("word"))
told("split tuple", t.split, (b("a b"), b("c")))
told("split wrong", t.split, b("{"))
told("merge", t.merge, b("a"), b("b c"), 5, u("\xe9"))
told("merge nothing", t.merge)
told("merge list", t.merge, (b("x y"), b("z")))
told("_flatten", T._flatten, ((1, [2, (3, None)]), 4))
told("_flatten 5", T._flatten, 5)

# Commands that are Python's.
calls = []


def command(*args):
    calls.append(args)
    return b("answer") if len(args) != 2 else len(args)


told("createcommand", t.createcommand, b("py"), command)
told("called", t.eval, b("py a {b c} d e"))
told("answers a number", t.call, b("py"), 1, b("x"))
told("from a script", t.eval, b("set total 0; foreach i {1 2 3} {incr total [py $i $i]}; set total"))
show("calls", lambda: [[x if type(x) is bytes else x.encode("utf-8") for x in call] for call in calls])


def failing(*args):
    raise KeyError("inside")


t.createcommand(b("failing"), failing)
told("fails", t.call, b("failing"))
told("caught by Tcl", lambda: t.eval(b("catch {failing}")))
told("fails in a script", t.eval, b("failing; set never 1"))
told("never", t.getvar, b("never"))
t.createcommand(b("none"), lambda *args: None)
told("answers None", t.call, b("none"))
t.createcommand(b("tuple"), lambda *args: (1, b("a b")))
told("answers a tuple", t.call, b("tuple"))
t.createcommand(b("again"), lambda *args: t.call(b("py"), b("in"), b("py")))
told("Tcl in Python in Tcl", t.call, b("again"))
told("createcommand 5", t.createcommand, b("x"), 5)
told("createcommand()", t.createcommand)
told("deletecommand", t.deletecommand, b("py"))
told("deleted", t.call, b("py"))
told("delete again", t.deletecommand, b("py"))


class Target(object):
    def __call__(self, *args):
        return b("target")


target = Target()
gone = weakref.ref(target)
t.createcommand(b("target"), target)
del target
gc.collect()
told("command outlives its name", t.call, b("target"))
t.deletecommand(b("target"))
gc.collect()
told("and is gone", lambda: gone() is None)

# Timers and files, one event at a time.
fired = []
timer = t.createtimerhandler(0, lambda: fired.append(1))
print("timer", type(timer).__name__, repr(timer).split(" ")[0].split("(")[0])
told("event", lambda: (t.dooneevent(), len(fired)))
told("no event", t.dooneevent, T.DONT_WAIT)
timer = t.createtimerhandler(100000, lambda: fired.append(2))
told("delete timer", lambda: (timer.deletetimerhandler(), timer.deletetimerhandler(), len(fired)))
told("timer 5", t.createtimerhandler, 0, 5)
told("timer None", t.createtimerhandler, None, len)
told("timer()", t.createtimerhandler)
r, w = os.pipe()
seen = []
told("file handler", t.createfilehandler, r, T.READABLE, lambda f, mask: seen.append((f == r, mask, os.read(r, 10))))
os.write(w, b("x"))
told("file event", lambda: (t.dooneevent(), seen))
told("delete file handler", t.deletefilehandler, r)
told("file handler of None", t.createfilehandler, None, 1, len)
told("file handler of no function", t.createfilehandler, r, 1, 5)
told("after", lambda: (t.eval(b("after 0 {set done 1}; vwait done; set done"))))
told("quit", t.quit)
t.createcommand(b("quits"), lambda *args: t.quit())
told("main loop", lambda: (t.eval(b("after 0 quits")) != b(""), t.mainloop(0)))
told("wantobjects", lambda: (t.wantobjects(), t.wantobjects(0), t.call(b("expr"), 1), t.wantobjects(1)))
told("willdispatch", t.willdispatch)

# Objects that Tcl keeps.
o = t.call(b("list"), b("a"), t.eval(b("list b c")))
told("loadtk fails or works", lambda: hasattr(t, "loadtk"))
told("create too many", T.create, *[None] * 12)
told("create 5", T.create, 5)
told("attribute", setattr, t, "x", 1)
told("no attribute", getattr, t, "nothing")
told("type makes none", lambda: type(t)())
told("busy wait", lambda: (T.getbusywaitinterval(), T.setbusywaitinterval(10), T.getbusywaitinterval(),
                           T.setbusywaitinterval(20)))
told("busy wait None", T.setbusywaitinterval, None)
call = t.call
del t
gc.collect()
told("method outlives", call, b("expr"), b("1+1"))
many = [tcl() for n in range(5)]
told("many", lambda: [x.call(b("set"), b("mine"), n) for n, x in enumerate(many)])
told("their own", lambda: [x.getvar(b("mine")) for x in many])
del many, call
gc.collect()
told("made again", lambda: tcl().eval(b("set fresh 1")))
