from __future__ import print_function
import gc
import os
import shutil
import sys
import tempfile
import weakref
import generated_one as one

try:
    import generated_two as two
except ImportError:
    directory = tempfile.mkdtemp()
    shutil.copy(one.__file__, os.path.join(directory, "generated_two.so"))
    sys.path.insert(0, directory)
    import generated_two as two
    sys.path.remove(directory)
    shutil.rmtree(directory)


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) and bytes is not str else value


def attempt(function, *args):
    try:
        return text(function(*args))
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


# ---- Types that the first one brings ----

print(one.Function is two.Function, one.Generator is two.Generator, one.Pointer is two.Pointer)
shared = sys.modules["_generated_0_29"]
print(shared.generated_function is one.Function, shared.generator is two.Generator)

# ---- Functions ----

for m in one, two:
    closure = [5]
    f = m.make_function(0, closure)
    print(type(f) is one.Function, type(f).__name__, text(f.__name__), text(f.__module__), repr(f))
    print(f(1, 2) == ((1, 2), None, None, closure), f(x=3) == ((), {"x": 3}, None, closure))
    f.__defaults__ = (7, 8)
    print(f.__defaults__, f()[2], attempt(setattr, f, "__defaults__", 5))
    del f.__defaults__
    print(f.__defaults__, f()[2], f.func_closure is closure)
    f.x = 5
    print(f.x, sorted(f.__dict__), f.func_dict["x"], hasattr(f, "y"))
    f.__dict__["y"] = 6
    print(f.y, attempt(setattr, f, "__name__", 5), attempt(setattr, f, "func_closure", 5)[:4] != "None")
    print(text(f.__reduce__()), callable(f))

    class A(object):
        method = f

    a = A()
    print(A.__dict__["method"] is f, a.method(1)[0] == (a, 1), a.method.__self__ is a,
          A.method(a, 2)[0] == (a, 2))
    print(text(two.call_function(f, ())), text(one.call_function(len, ("abc",))))
    g = m.make_function(1, None)
    print(g(4), text(one.call_function(g, (5,))), text(two.call_function(g, (6,))),
          text(one.call_function(g, (None,))))
    print(list(map(g, [1, 2])), sorted([2, 1], key=g))
    reference = weakref.ref(f)
    f.itself = f
    del f, A, a
    gc.collect()
    print(reference(), g.__defaults__)

# ---- Generators ----

for m in one, two:
    log = []
    g = m.make_generator(3, log.append)
    print(iter(g) is g, g.gi_running, g.gi_frame, next(g), g.send("x") == (1, "x"), list(g), log == [
        (0, None), (1, "x"), (2, None)])
    print(attempt(next, g).strip(": "), attempt(g.send, 1).strip(": "))
    del log[:]
    g = m.make_generator(3, log.append)
    next(g)
    print(attempt(g.throw, KeyError, "thrown"), attempt(next, g).strip(": "))
    g = m.make_generator(3, log.append)
    print(attempt(g.throw, ValueError("instance")))
    del log[:]
    g = m.make_generator(3, lambda what: log.append(text(what)))
    next(g)
    print(g.close(), g.close(), log, list(g))
    del log[:]
    g = m.make_generator(3, lambda what: log.append(text(what)))
    del g
    print(log)
    g = m.make_generator(3, lambda what: log.append((g.gi_running, attempt(next, g))))
    del log[:]
    next(g)
    print(log)
    g.close()
    g = m.make_generator(3, lambda what: {}["missing"])
    print(attempt(next, g), list(g))
    print([x for x in m.make_generator(2, log.append)], max(m.make_generator(4, log.append))[0])
print(attempt(one.make_generator, "x", 5).split(":")[0])


# ---- C functions, and methods by tables of them ----

print(sorted(text(name) for name in one.__pyx_capi__))
print(text(two.use_functions()))
print(text(one.use_functions()))
print(two.Tens.__bases__ == (one.Counter,), one.Counter().run(3), two.Tens().run(3),
      isinstance(two.Tens(), one.Counter))


class Derived(two.Tens):
    def run(self, times):
        return "derived", super(Derived, self).run(times)


print(Derived().run(2), one.Counter.run(Derived(), 2), attempt(one.Counter.run, 5, 2).split(":")[0],
      "__pyx_vtable__" in one.Counter.__dict__)

# ---- C variables ----

for m in one, two:
    print(m.cvar.number, m.cvar.fixed, attempt(getattr, m.cvar, "other"))
    m.cvar.number = 50
    print(m.cvar.number, attempt(setattr, m.cvar, "fixed", 1), attempt(setattr, m.cvar, "other", 1))
    print(attempt(setattr, m.cvar, "number", "x").split(":")[0], attempt(delattr, m.cvar, "number"))
    print(repr(m.cvar), str(m.cvar), text(m.printed(m.cvar)), type(m.cvar).__name__)
    m.cvar.number = 5

# ---- Pointers ----


class Shape(object):
    def __init__(self, m, name, value):
        self.this = m.new_pointer(name, value)


print(attempt(one.new_pointer, "Square *", 1))
for m, other in (one, two), (two, one):
    p = m.new_pointer("Shape *", 40)
    q = m.new_pointer("Circle *", 40)
    r = m.new_pointer("Shape *", 41)
    s = other.new_pointer("Shape *", 40)
    print(repr(p), repr(q), int(p), p == q, p != q, p == r, p != r, p == s, s == p, p == 5, p != 5)
    print(p < r if str is bytes else True, p.own(), p.own(0), p.own(), attempt(p.own, 1, 2).split(":")[0])
    print(text(m.convert(p, "Shape *")), text(other.convert(p, "Shape *")),
          attempt(m.convert, p, "Circle *"), text(other.convert(q, "Circle *")))
    shape = Shape(m, "Shape *", 7)
    print(text(m.convert(shape, "Shape *")), text(other.convert(shape, "Shape *")),
          attempt(other.convert, shape, "Circle *"), attempt(m.convert, 5, "Shape *"))
    shape.this.own(False)
    m.destroyed()
    del shape, q, p
    print(m.destroyed())
    shape = Shape(m, "Circle *", 8)
    shape.this = 5
    print(attempt(m.convert, shape, "Circle *"), m.destroyed())
    del r, s
    m.destroyed(), other.destroyed()
