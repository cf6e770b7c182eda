# _ctypes_test: what it has in Python, and through _ctypes its functions of the C language.
import gc

T, C = module, load("_ctypes")
handle = C.dlopen(T.__file__, 0)


def simple(letter):
    return type(C._SimpleCData)("c_" + letter, (C._SimpleCData,), {"_type_": b(letter)})


TYPES = dict((letter, simple(letter)) for letter in "bBhHiIlLqQfdzPc")
c_int, c_long, c_double, c_char_p, c_void_p, c_char = [TYPES[letter] for letter in "ildzPc"]
c_short = TYPES["h"]


class Function(C.CFuncPtr):
    _flags_ = C.FUNCFLAG_CDECL
    _restype_ = c_int


def function(name, restype=c_int, *argtypes):
    made = Function(C.dlsym(handle, b(name)))
    made.restype = restype
    made.argtypes = argtypes or None
    return made


# In Python.
show("names", lambda: [name in dir(T) for name in ("func", "func_si", "nothing")])
show("func", T.func)
kind("func of one", T.func, 1)
show("func_si", T.func_si, b("text"), 5)
kind("func_si of what is wrong", T.func_si, 5, b("text"))
kind("func_si of one", T.func_si, b("text"))

# Each simple type there and back.
for letter in "bBhHiIlLqQfd":
    of = TYPES[letter]
    for value_ in (0, 3, -12, 126, 2 ** 31, 2 ** 63) if letter not in "fd" else (0.0, 4.5, -1e10):
        show("tf_%s of %s" % (letter, value(value_)), function("tf_" + letter, of, of), value_)
for letter in "bhilqfd":
    of = TYPES[letter]
    show("tf_b%s" % letter, function("tf_b" + letter, of, TYPES["b"], of), 1, 42 if letter not in "fd" else 42.5)
show("many", function("_testfunc_i_bhilfd", c_int, *[TYPES[l] for l in "bhilfd"]), 1, 2, 3, 4, 5.0, 6.0)
show("many to a double", function("_testfunc_d_bhilfd", c_double, *[TYPES[l] for l in "bhilfd"]), 1, 2, 3, 4, 5.0, 6.0)
kind("of a str", function("tf_i", c_int, c_int), b("x"))
kind("of nothing", function("tf_i", c_int, c_int))

# Text.
show("my_strchr", function("my_strchr", c_char_p, c_char_p, c_char), b("abcdef"), b("c"))
show("my_strchr finds nothing", function("my_strchr", c_char_p, c_char_p, c_char), b("abcdef"), b("x"))
show("sqrt", function("my_sqrt", c_double, c_double), 2.0)


# Structures by value, and from functions.
class Point(C.Structure):
    _fields_ = [(b("x"), c_long), (b("y"), c_long)]


class IntPoint(C.Structure):
    _fields_ = [(b("x"), c_int), (b("y"), c_int)]


class Rectangle(C.Structure):
    _fields_ = [(b(name), c_long) for name in ("left", "top", "right", "bottom")]


class TwoH(C.Structure):
    _fields_ = [(b("x"), c_short), (b("y"), c_short)]


class EightI(C.Structure):
    _fields_ = [(b(name), c_int) for name in "abcdefgh"]


show("a structure of two", lambda: [(r.x, r.y) for r in [function("ret_2h_func", TwoH, TwoH)(TwoH(3, 4))]])
show("of eight", lambda: [[getattr(r, n) for n in "abcdefgh"]
                          for r in [function("ret_8i_func", EightI, EightI)(EightI(1, 2, 3, 4, 5, 6, 7, 8))]])
show("point within", lambda: [function("PointInRect", c_int, C.POINTER(Rectangle), Point)(
    C.byref(Rectangle(10, 20, 30, 40)), Point(x, 25)) for x in (5, 15, 35)])
show("by value", lambda: [(function("_testfunc_byval", c_int, IntPoint, C.POINTER(IntPoint))(IntPoint(1, 2), C.byref(p)), p.x, p.y)
                          for p in [IntPoint()]])
kind("another structure", lambda: function("ret_2h_func", TwoH, TwoH)(Point(1, 2)))

# Variables.
show("a variable", lambda: function("get_an_integer")())


# Called back.
class IntegrateCallback(C.CFuncPtr):
    _flags_ = C.FUNCFLAG_CDECL
    _restype_ = c_double
    _argtypes_ = (c_double,)


class IntCallback(C.CFuncPtr):
    _flags_ = C.FUNCFLAG_CDECL
    _restype_ = c_int
    _argtypes_ = (c_int,)


integrate = function("integrate", c_double, c_double, c_double, IntegrateCallback, c_long)
show("integrate", lambda: round(integrate(0.0, 1.0, IntegrateCallback(lambda x: x * x), 10), 6))
calls = []
countdown = function("_testfunc_callback_i_if", c_int, c_int, IntCallback)
show("countdown", lambda: (countdown(2 ** 10, IntCallback(lambda n: calls.append(n) or n)), calls[:4], len(calls)))
nested = IntCallback(lambda n: n if n < 4 else countdown(n // 4, nested))
show("each calls the other", lambda: countdown(64, nested))
del calls[:]
for i in range(200):
    countdown(8, IntCallback(lambda n: n))
gc.collect()
show("again and again", lambda: countdown(8, IntCallback(lambda n: n)))
pointers = function("_testfunc_p_p", c_void_p, c_void_p)
show("pointer", lambda: (pointers(None), pointers(16)))
