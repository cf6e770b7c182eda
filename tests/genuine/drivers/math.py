"""math: functions of floats, with results and errors as the C library gives them."""

nan, inf = abs(float("nan")), float("inf")


class HasFloat(object):
    def __init__(self, x):
        self.x = x

    def __float__(self):
        return self.x


class Sub(float):
    def __float__(self):
        return 100.0


class Raises(object):
    def __float__(self):
        raise ValueError("not today")


show("pi, e", lambda: (module.pi, module.e))

# Each function of one argument on each number.
NAMES = """acos acosh asin asinh atan atanh ceil cos cosh degrees erf erfc exp expm1 fabs
           factorial floor frexp gamma isinf isnan lgamma log log10 log1p modf radians
           sin sinh sqrt tan tanh trunc""".split()
NUMBERS = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.0, 171.0, 1e308, 1e-308, 5e-324, inf, -inf, nan]
for name in NAMES:
    function = getattr(module, name)
    for number in NUMBERS:
        if name == "factorial" and number == 1e308:
            continue
        show("%s(%r)" % (name, number), function, number)

for name in "atan2 copysign fmod hypot pow".split():
    function = getattr(module, name)
    for x in (0.0, -0.0, 1.5, -2.0, 1e308, inf, -inf, nan):
        for y in (0.0, -0.0, 3.0, -2.5, inf, -inf, nan):
            show("%s(%r, %r)" % (name, x, y), function, x, y)



def short(x):
    text = name_of(x)
    return text if len(text) < 30 else "1e%d" % (len(text.lstrip("-")) - 1)


# Integers, small and large, and other things that are numbers.
for x in (0, 1, -3, True, 10 ** 20, -10 ** 20, 10 ** 308, 10 ** 400, -10 ** 400):
    for name in "ceil fabs sqrt log log10 trunc atan isnan factorial".split():
        if name == "factorial" and x > 100:
            continue
        show("%s(%s)" % (name, short(x)), getattr(module, name), x)
for name in "sqrt fabs floor exp isinf".split():
    function = getattr(module, name)
    show(name + " of __float__", function, HasFloat(2.25))
    show(name + " of a subclass", function, Sub(2.25))
    show(name + " of one that raises", function, Raises())
    kind(name + " of __float__ that lies", function, HasFloat("2"))
    for bad in (None, b("1.0"), u("1.0"), [1], {}, 1j, object()):
        kind("%s(%s)" % (name, name_of(bad)), function, bad)

# Logarithms to a base.
for args in ((8, 2), (8.0, 2), (10 ** 30, 10), (10 ** 400, 10 ** 100), (1, 0), (0, 1), (1, 1),
             (2, -1), (-2, 2), (inf, 2), (2, inf), (nan, 2), (2, nan), (10 ** 400, 2.0)):
    show("log(%s)" % ", ".join(map(short, args)), module.log, *args)

# fsum: exact, whatever the order.
show("fsum []", module.fsum, [])
show("fsum tenths", module.fsum, [0.1] * 10)
show("fsum cancels", module.fsum, [1e308, 1.0, -1e308])
show("fsum powers", module.fsum, [2.0 ** n - 2.0 ** (n + 50) + 2.0 ** (n + 52)
                                  for n in range(-1074, 900, 2)])
show("fsum generator", module.fsum, (1.0 / n for n in range(1, 1001)))
show("fsum tuple of ints", module.fsum, (1, 2, 10 ** 20, True))
show("fsum of __float__", module.fsum, [HasFloat(0.5), Sub(1.0)])
show("fsum inf", module.fsum, [1.0, inf, 2.0])
show("fsum inf - inf", module.fsum, [inf, 1.0, -inf])
show("fsum nan", module.fsum, [nan, 1.0])
show("fsum overflow", module.fsum, [1e308, 1e308])
show("fsum overflow between", module.fsum, [1e308, 1e308, -1e308])
show("fsum huge int", module.fsum, [10 ** 400])
show("fsum number", module.fsum, 5)
show("fsum of str", module.fsum, [1.0, b("x")])
show("fsum one that raises", module.fsum, [1.0, Raises()])


def failing():
    yield 1.0
    raise ValueError("half way")


show("fsum generator that raises", module.fsum, failing())


class Grows(list):
    def __iter__(self):
        return iter([0.25, 0.5])


show("fsum subclass of list", module.fsum, Grows())
shrinking = [1.0, 2.0, 3.0, 4.0]


class Shrinks(object):
    def __float__(self):
        del shrinking[2:]
        return 8.0


shrinking[0] = Shrinks()
show("fsum list that shrinks", module.fsum, shrinking)
growing = [None, 1.0]


class Adds(object):
    def __float__(self):
        if len(growing) < 10:
            growing.append(Adds())
        return 1.0


growing[0] = Adds()
show("fsum list that grows", module.fsum, growing)

# ldexp, frexp and modf.
for args in ((0.5, 3), (1.0, 1024), (1.0, -1074), (1.0, -1075), (1.0, 10 ** 20), (1.0, -10 ** 20),
             (-1.0, -10 ** 20), (inf, -10 ** 20), (nan, 10 ** 20), (0.0, 10 ** 20), (1.0, True),
             (1.0, 2.0), (1.0, None), (b("1"), 1), (HasFloat(3.0), 2), (2, 2 ** 31), (2, -2 ** 63)):
    show("ldexp(%s)" % ", ".join(map(name_of, args)), module.ldexp, *args)
show("frexp back", lambda: [module.ldexp(*module.frexp(x)) for x in (1.5, -3e300, 5e-324)])

# factorial.
for x in (0, 1, 5, 12, 20, 21, 25, 50, 5.0, -1, -1.0, 5.5, True, -10 ** 20, b("5"), None, [],
          HasFloat(5.0)):
    show("factorial(%s)" % name_of(x), module.factorial, x)
show("factorial(200)", lambda: module.factorial(200))

# trunc asks the number.
class Trunc(object):
    def __trunc__(self):
        return "cut"


class OldTrunc:
    def __trunc__(self):
        return 7


class TruncRaises(object):
    def __trunc__(self):
        raise ZeroDivisionError("cut by nothing")


show("trunc of __trunc__", lambda: module.trunc(Trunc()) == "cut")
show("trunc of a class", lambda: module.trunc(OldTrunc()))
show("trunc raises", module.trunc, TruncRaises())
kind("trunc(None)", module.trunc, None)
kind("trunc(object)", module.trunc, object())
show("trunc(10**30 + .5)", module.trunc, 1e30)

# Wrong counts and keywords.
for name in "sqrt atan2 log fsum ldexp pow hypot factorial trunc frexp isnan".split():
    function = getattr(module, name)
    kind(name + "()", function)
    kind(name + "(1, 2, 3)", function, 1, 2, 3)
    kind(name + "(x=1)", lambda: function(1, x=1))
show("fabs is a builtin", lambda: (module.fabs.__name__ == "fabs", callable(module.fabs)))
show("doc", lambda: [len(getattr(module, name).__doc__) > 20 for name in NAMES].count(True))
show("mapped", lambda: list(map(module.floor, [1.5, -1.5, 2])))
show("sorted by", lambda: sorted([3, -5, 1], key=module.fabs))

# Lifetimes: arguments are let go, results and functions outlive what they came from.
import gc


class Number(object):
    alive = 0

    def __init__(self, x):
        self.x = x
        Number.alive += 1

    def __float__(self):
        return self.x

    def __trunc__(self):
        return self

    def __del__(self):
        Number.alive -= 1


class Bad(Number):
    def __float__(self):
        raise KeyError(5)


kept = [module.sqrt(Number(4.0)) for turn in range(20)]
print("kept", kept == [2.0] * 20, Number.alive)
show("truncated", lambda: module.trunc(Number(5.0)).x)
show("raises", module.sqrt, Bad(4.0))
show("sum raises", module.fsum, (Bad(k) for k in range(3)))
show("sum", module.fsum, (Number(float(k)) for k in range(1000)))
show("sum shrinks", lambda: module.fsum(iter(lambda: (gc.collect(), 0.5)[1], 0.5)))
gc.collect()
print("let go", Number.alive)
modf, module = module.modf, None
gc.collect()
show("function outlives", modf, 1.5)
