"""cmath: functions of complex numbers, special values and what is taken for complex."""

nan, inf = abs(float("nan")), float("inf")


class HasComplex(object):
    def __init__(self, z):
        self.z = z

    def __complex__(self):
        return self.z


class HasFloat(object):
    def __float__(self):
        return 2.5


class Raises(object):
    def __complex__(self):
        raise ValueError("no number")


class Sub(complex):
    pass


class SubOver(complex):
    def __complex__(self):
        return 9j


show("pi, e", lambda: (module.pi, module.e))
NAMES = """acos acosh asin asinh atan atanh cos cosh exp isinf isnan log log10 phase polar sin
           sinh sqrt tan tanh""".split()
PARTS = [0.0, -0.0, 1.0, -2.5, 1e308, -inf, inf, nan]
for name in NAMES:
    function = getattr(module, name)
    for x in PARTS:
        for y in (0.0, -0.0, 1.5, -1e300, inf, -inf, nan):
            show("%s(%r, %r)" % (name, x, y), function, complex(x, y))
for z in (0j, 1j, complex(0.0, -1.0), 3 + 4j, -3 + 0.25j, 1e-320 + 1e-320j, 710 + 1j, 1e200 - 1e200j):
    for name in NAMES:
        show("%s(%r)" % (name, z), getattr(module, name), z)

for r in (0.0, 1.0, -2.0, inf, -inf, nan):
    for phi in (0.0, 0.75, -3.0, inf, nan):
        show("rect(%r, %r)" % (r, phi), module.rect, r, phi)
show("polar and back", lambda: module.rect(*module.polar(3 + 4j)))

# What is taken for a complex number.
for name in "sqrt phase exp isnan polar log".split():
    function = getattr(module, name)
    show(name + "(4)", function, 4)
    show(name + "(True)", function, True)
    show(name + "(10**20)", function, 10 ** 20)
    show(name + "(2.5)", function, 2.5)
    show(name + " of __complex__", function, HasComplex(3 - 4j))
    show(name + " of __float__", function, HasFloat())
    show(name + " of a subclass", function, Sub(1 + 1j))
    show(name + " of one that raises", function, Raises())
    kind(name + " of __complex__ that lies", function, HasComplex("1j"))
    kind(name + " of __complex__ that gives None", function, HasComplex(None))
    for bad in (None, b("1"), u("1"), [1], object()):
        kind("%s(%s)" % (name, name_of(bad)), function, bad)
kind("sqrt(10**400)", module.sqrt, 10 ** 400)
show("rect of ints", module.rect, 1, 0)
show("rect of __float__", module.rect, HasFloat(), 0)
kind("rect of complex", module.rect, 1j, 0)
kind("rect of text", module.rect, 1, u("0"))

# Logarithms to a base.
for args in ((8, 2), (8j, 2), (0, 2), (1, 0), (2, 1), (inf, 2), (1, 1j), (-1, -1)):
    show("log%r" % (args,), module.log, *args)
show("log(2, one that raises)", module.log, 2, Raises())
kind("log(2, None)", module.log, 2, None)

for name in NAMES + ["rect"]:
    function = getattr(module, name)
    kind(name + "()", function)
    kind(name + "(1, 2, 3)", function, 1, 2, 3)
    kind(name + "(x=1)", lambda: function(1, x=1))
show("result is complex", lambda: (type(module.sqrt(-4)) is complex, module.sqrt(-4)))
show("polar is a tuple", lambda: type(module.polar(1j)) is tuple)
show("mapped", lambda: list(map(module.sqrt, [1, -1, 4j])))

# Lifetimes: arguments are let go, results and functions outlive what they came from.
import gc


class Number(object):
    alive = 0

    def __init__(self, z):
        self.z = z
        Number.alive += 1

    def __complex__(self):
        return self.z

    def __del__(self):
        Number.alive -= 1


class Bad(Number):
    def __complex__(self):
        raise KeyError(5)


kept = [module.polar(Number(3 + 4j)) for turn in range(20)]
print("kept", set(k[0] for k in kept) == set([5.0]), Number.alive)
for attempt in (Bad(1), Number(5.5), Number(None)):
    kind("bad number", module.sqrt, attempt)
del attempt
gc.collect()
print("let go", Number.alive, kept[-1][0])
sqrt, module = module.sqrt, None
gc.collect()
show("function outlives", sqrt, -4)
