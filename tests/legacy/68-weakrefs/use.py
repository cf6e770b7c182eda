from __future__ import print_function
import gc
import weakref
import weakrefs as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


class Thing(object):
    pass


class Callable(object):
    def __call__(self):
        return 5


class Reference(weakref.ref):
    def __call__(self):
        return "another"


thing, called = Thing(), Callable()
references = [weakref.ref(thing), Reference(thing), weakref.proxy(thing), weakref.proxy(called),
              m.make(thing, 0), m.make(thing, 1), m.make(called, 1), m.make(thing, 0, None),
              m.make(thing, 1, None), m.make(thing, 0, lambda reference: print("gone"))]
for reference in references + [5, thing]:
    show(m.look(reference))
reference = None
print([m.refers(reference, thing) for reference in references])
print(references[4]() is thing, references[6]() == 5)
for value in [5, (), b"text", None, 1.5]:
    try:
        m.make(value, 0)
    except TypeError as error:
        print("TypeError", str(error).replace("bytes", "str"))
print(m.keep(thing), m.recall() is thing, m.recall() is thing)
del thing
gc.collect()
print([m.refers(reference, None) for reference in references])
print(references[4](), m.recall())
for reference in references:
    show(m.look(reference))


class Old:
    def __init__(self, *args, **kwargs):
        self.args = args, sorted(kwargs.items())

    def method(self):
        return self.x


made = m.raw(Old, {"x": 5, "y": [1]})
print(made.__class__ is Old, made.x, made.y, made.method(), hasattr(made, "args"))
made = m.raw(Old)
print(made.__class__ is Old, made.__dict__)
print(m.instance(Old).args, m.instance(Old, (1, 2)).args, m.instance(Old, (1,), {"k": 5}).args)
for args in [(5,), (Old, 5)]:
    try:
        m.raw(*args)
    except SystemError:
        print("SystemError")
new = m.class_of(b"New" if str is bytes else "New".encode(), (Old,), {"constant": 7})
print(new.__name__, new.constant, new(1).args, new.__bases__ == (Old,), isinstance(new(), Old))
name = "Name".encode()
show(m.class_of(5, None, {}))
show(m.class_of(name, None, []))
show(m.class_of(name, [], {}))
print(m.class_of(name, None, {}).__name__)
print(m.is_subclass(new, Old), m.is_subclass(Old, new), m.is_subclass(Old, Old))
