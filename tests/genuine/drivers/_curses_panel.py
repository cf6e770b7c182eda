# _curses_panel: panels over each other, on a terminal of our own; windows are those of _curses.
import gc
import weakref

C = load("_curses")
include("terminal")
P = module


def told(label, function, *args):
    """Words of the binary's own error count, of others the type."""
    try:
        print("%s: %s" % (label, value(function(*args))))
    except P.error as error:
        print("%s: error: %s" % (label, error))
    except Exception as error:
        print("%s: %s" % (label, type(error).__name__))


print("error", P.error.__name__, issubclass(P.error, Exception), type(P.version) in (bytes, str))
told("before the terminal", P.update_panels)
told("none yet", P.top_panel)
w = C.initscr()
told("no panels", lambda: (P.top_panel(), P.bottom_panel()))
for bad in (None, 5, b("x"), [], C):
    told("new_panel(%s)" % type(bad).__name__.replace("bytes", "str"), P.new_panel, bad)
told("new_panel()", P.new_panel)
told("new_panel of two", P.new_panel, w, w)
one, two, three = [P.new_panel(C.newwin(5, 10, n, n)) for n in range(3)]
names = {id(one): "one", id(two): "two", id(three): "three"}


def name(panel):
    return None if panel is None else b(names[id(panel)])


print("panel", type(one).__name__, type(one) is type(two))
told("order", lambda: (name(P.bottom_panel()), name(P.top_panel())))
told("above and below", lambda: (name(one.above()), name(two.above()), name(three.above()),
                                 name(one.below()), name(three.below())))
told("the same object", lambda: P.top_panel() is three)
told("top", lambda: (one.top(), name(P.top_panel()), name(P.bottom_panel()), name(one.below())))
told("bottom", lambda: (three.bottom(), name(P.bottom_panel()), name(three.above())))
told("hidden", lambda: (two.hidden(), two.hide(), two.hidden(), name(three.above())))
told("hide twice", two.hide)
told("show", lambda: (two.show(), two.hidden(), name(P.top_panel())))
told("window", lambda: (one.window().getbegyx(), one.window() is one.window()))
told("move", lambda: (one.move(3, 4), one.window().getbegyx()))
told("move outside", one.move, 100, 100)
told("move text", one.move, b("x"), 1)
told("move of one", one.move, 1)
told("move None", one.move, None, None)
shown()
one.window().addstr(0, 0, b("panel one"))
told("update", lambda: (P.update_panels(), C.doupdate(), shown() > 0))
told("update(1)", P.update_panels, 1)
for method in "above below bottom hidden hide show top window userptr".split():
    told("%s(1)" % method, getattr(two, method), 1)

# What the user hangs on a panel.
told("no pointer", one.userptr)


class Data(object):
    pass


data = Data()
gone = weakref.ref(data)
told("set pointer", lambda: (one.set_userptr(data), one.userptr() is data))
told("set number", lambda: (two.set_userptr(5), two.userptr()))
told("set()", one.set_userptr)
told("set of two", one.set_userptr, 1, 2)
del data
gc.collect()
told("pointer outlives its name", lambda: one.userptr() is gone())
told("another", lambda: (one.set_userptr(b("other")), one.userptr()))
gc.collect()
told("the first is gone", lambda: gone() is None)

# Windows.
new = C.newwin(3, 3, 1, 1)
told("replace", lambda: (one.replace(new), one.window() is new, one.window().getmaxyx()))
told("replace None", one.replace, None)
told("replace 5", one.replace, 5)
told("replace()", one.replace)
del new
gc.collect()
told("window outlives its name", lambda: one.window().getmaxyx())
kept = two.window()
names[id(two)] = "gone"
del two
gc.collect()
told("window outlives its panel", lambda: kept.getmaxyx())
told("left", lambda: (name(P.bottom_panel()), name(P.top_panel()), name(three.above())))
told("attribute", setattr, one, "x", 1)
told("no attribute", getattr, one, "nothing")
told("type makes none", lambda: type(one)())
many = [P.new_panel(C.newwin(2, 2, 0, 0)) for n in range(20)]
P.update_panels()
tops = [many[n].hidden for n in range(3)]
del many
gc.collect()
told("methods keep theirs", lambda: [f() for f in tops])
del tops
gc.collect()
told("and no longer", lambda: (name(P.top_panel()), name(P.bottom_panel())))
C.endwin()
finish()
