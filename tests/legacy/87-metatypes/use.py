from __future__ import print_function
import gc
import pickle
import metatypes as m

text = type(u"")


def norm(value):
    if isinstance(value, bytes) and not isinstance(value, str):
        return value.decode()
    if isinstance(value, text) and not isinstance(value, str):
        return str(value)
    if isinstance(value, tuple):
        return tuple(norm(item) for item in value)
    if isinstance(value, type):
        return "class " + value.__name__
    return value


def show(label, function, *args, **kwargs):
    silent = kwargs.pop("silent", False)
    try:
        print(label, norm(function(*args, **kwargs)))
    except Exception as error:
        print(label, type(error).__name__, "" if silent else norm(error.args))


print("# the metatypes")
print(isinstance(m.Meta, type), issubclass(m.Meta, type), type(m.Meta) is type, m.Meta.__name__)
print(m.Meta.__mro__ == (m.Meta, type, object), m.Plain.__mro__ == (m.Plain, type, object))

print("# static types")
print(type(m.Object) is m.Meta, type(m.Derived) is m.Meta, isinstance(m.Object, m.Meta))
print(repr(m.Object), repr(m.Derived), norm(m.Object.kind),
      norm(m.Object.magic), norm(m.Derived.magic))
print(norm(m.Object.look()), norm(m.Derived.look()), m.Object.__name__, m.Object.__module__)
before = m.counts()
value = m.Object(5)
print(value.value(), type(value) is m.Object, m.Derived(6).value(), m.counts()[2] - before[2])
print(len(m.Object), norm(m.Object["key"]), norm(m.Object + m.Derived), {m.Object: 1}[m.Object])
show("set", setattr, m.Object, "x", 1)
show("constant", setattr, m.Object, "const_x", 1)
show("missing", getattr, m.Object, "missing", silent=True)
show("add", lambda: m.Object + 1, silent=True)
print(norm(m.look(m.Object)), norm(m.make_instance(m.Object)), norm(m.attribute(m.Object, "magic")))
print(norm(m.attribute(m.Object, "kind")), m.attribute(m.Object, "value") is not None)

print("# classes made by calling")
before = m.counts()
C = m.Meta("C", (object,), {"x": 5, "f": lambda self: self.x, "note": [1]})
print(type(C) is m.Meta, C.__name__, C.x, C().f(), C.note, repr(C))
print([b - a for a, b in zip(before, m.counts())])
print(C.number - 100 == m.counts()[0], norm(C.tag), norm(C.kind), norm(C.magic), norm(C.look()))
C.number = 7
C.y = 6
print(C.number, C.y, C().y, len(C), norm(C["k"]), norm(C + m.Object))
show("constant", setattr, C, "const_x", 1)
show("missing", getattr, C, "missing", silent=True)
del C.y
show("deleted", getattr, C, "y", silent=True)
show("bad", m.Meta, "D")
show("bad", m.Meta, "D", (), [], silent=True)
show("bad", m.Meta, "D", (1,), {}, silent=True)
print(norm(m.look(C)), norm(m.attribute(C, "magic")), m.attribute(C, "z", 8), C.z)
D = m.Meta("D", (C,), {})
print(type(D) is m.Meta, D.x, D.z, norm(D.tag), norm(D.look()), issubclass(D, C), D().f())
E = m.Meta("E", (m.Derived,), {"twice": lambda self: 2 * self.value()})
print(type(E) is m.Meta, E(4).twice(), norm(E.look()), E.number > 100, repr(E))
print(norm(m.make_instance(E)))
P = m.Plain("P", (object,), {"x": 1})
print(type(P) is m.Plain, P.x, P().x, norm(m.look(P)))
Q = m.Plain("Q", (P,), {})
print(type(Q) is m.Plain, Q.x)

print("# class statements")


class F(m.Object):
    note = "F's"

    def value(self):
        return super(F, self).value() + 1


print(type(F) is m.Meta, F(3).value(), F.number > 100, norm(F.note), norm(F.tag), norm(F.magic))
print(norm(m.make_instance(F)), norm(m.look(F)))


class G(F, C):
    pass


print(type(G) is m.Meta, G(1).value(), G.x, [c.__name__ for c in G.__mro__])

print("# classes made in C")
H = m.make_class(m.Meta, "H", (object,), {"x": 3})
print(type(H) is m.Meta, H.x, H().x, norm(H.tag), H.__name__, norm(H.magic))
I = m.make_class(type, "I", (m.Object,), {})  # noqa: E741
show("conflict", lambda: (type(I) is m.Meta, I(9).value()))
J = m.make_class(m.Plain, "J", (P,), {})
print(type(J) is m.Plain, norm(m.look(J)))
K = m.Meta.make(C)
print(type(K) is C, m.make_class(type, "K", (object,), {}).__name__)

print("# derived metatypes")


class MyMeta(m.Meta):
    def __new__(cls, name, bases, names):
        self = super(MyMeta, cls).__new__(cls, "My" + name, bases, names)
        self.more = "more"
        return self

    def __call__(cls, *args):
        return "called", super(MyMeta, cls).__call__(*args)

    def __getattr__(cls, name):
        if name == "computed":
            return "computed by " + cls.__name__
        raise AttributeError(name)


L = MyMeta("L", (m.Object,), {})
print(type(L) is MyMeta, L.__name__, L.more, L.computed, norm(L.magic), L.number > 100, norm(L.tag))
print(L(5)[0], L(5)[1].value(), norm(m.attribute(L, "computed")), norm(m.look(L)[1:]))
show("constant", setattr, L, "const_x", 1)
show("missing", getattr, L, "missing", silent=True)

print("# life")
before = m.counts()
for number in range(20):
    S = m.Meta("S", (m.Object,), {"note": [number]})
    S(1).value()
m.keep(S)
del S
gc.collect()
print(m.give().note, m.give()(3).value(), norm(m.give().look()))
m.keep(None)
gc.collect()
print(pickle.loads(pickle.dumps(m.Object)) is m.Object)

print("# a dictionary of the metatype's own")
gc.collect()    # Classes go with the collection after that of their instances.
before = m.counts()
for number in range(3):
    replaced = m.Meta("Replaced", (object,),
                      {"replaces": 1, "own": 2, "method": lambda self: "called"})
print(replaced.replaced, replaced.own, norm(replaced.tag), replaced().replaced, replaced().method())
replaced.later = 3
print(replaced.later, replaced().later)
del replaced
gc.collect()
print([b - a for a, b in zip(before, m.counts())])
