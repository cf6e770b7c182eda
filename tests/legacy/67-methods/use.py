from __future__ import print_function
import methods as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


class Class(object):
    def method(self, *args, **kwargs):
        return len(args) + 10 * len(kwargs)

    @classmethod
    def of_class(cls):
        return cls

    def free(*args, **kwargs):
        return len(args) + 10 * len(kwargs)


class Derived(Class):
    pass


def function(*args, **kwargs):
    return 100 + len(args) + 10 * len(kwargs)


instance, derived = Class(), Derived()
for thing in [instance.method, derived.method, Class.of_class, Derived.of_class, function, len,
              5, Class]:
    show(m.look(thing))
if hasattr(instance.method, "im_func"):
    method = instance.method.im_func
else:
    method = instance.method.__func__
show(m.same(instance.method, method, instance))
show(m.same(derived.method, method, instance))
show(m.make(function, instance, Class))
show(m.make(len, [1, 2], list))
show(m.make(function, None, Class))
show(m.make(method, derived, Derived))
show(m.make(5, instance, Class))
Class.added = m.class_method(function)
Class.plain = m.static_method(function)
print(instance.added(1), Class.added(1, 2), instance.plain(1), Class.plain(1, 2, k=3))
