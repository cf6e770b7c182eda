# _ctypes: simple values, structures, arrays, pointers, functions of the C library, callbacks.
import gc
import weakref

C = module
Simple, Structure, Union, Array, Pointer, CFuncPtr = (C._SimpleCData, C.Structure, C.Union, C.Array, C._Pointer,
                                                      C.CFuncPtr)


class c_byte(Simple):
    _type_ = b("b")


class c_int(Simple):
    _type_ = b("i")


class c_long(Simple):
    _type_ = b("l")


class c_double(Simple):
    _type_ = b("d")


class c_char(Simple):
    _type_ = b("c")


class c_char_p(Simple):
    _type_ = b("z")


class c_void_p(Simple):
    _type_ = b("P")


# Simple values.
x = c_int(5)
show("int", lambda: (x.value, setattr(x, "value", -7), x.value, bool(x), bool(c_int(0)), c_int().value))
show("wraps", lambda: (c_byte(257).value, c_int(2 ** 32 + 1).value))
show("double", lambda: (c_double(1.5).value, c_double(2).value))
show("char", lambda: (c_char(b("a")).value, c_char().value))
show("char *", lambda: (c_char_p(b("text")).value, c_char_p(None).value))
show("void *", lambda: (c_void_p(16).value, c_void_p().value))
for kind_of, bad in ((c_int, b("x")), (c_int, 1.5), (c_int, None), (c_double, b("x")), (c_char, b("ab")), (c_char, 5),
                     (c_char_p, 1.5), (c_void_p, 1.5)):
    kind("%s of %s" % (kind_of.__name__, name_of(bad)), lambda: type(kind_of(bad)) is kind_of)
kind("two values", lambda: c_int(1, 2))
show("sizes", lambda: [C.sizeof(t) for t in (c_byte, c_int, c_long, c_double, c_char, c_char_p, c_int(1))])
show("alignments", lambda: [C.alignment(t) for t in (c_byte, c_int, c_double)])
kind("size of a number", C.sizeof, 5)
kind("no type code", lambda: type(Simple)("c_bad", (Simple,), {}))
kind("bad type code", lambda: type(Simple)("c_bad", (Simple,), {"_type_": b("?!")}))
show("address", lambda: C.addressof(x) != 0)
kind("address of a number", C.addressof, 5)


# Structures.
class Point(Structure):
    _fields_ = [(b("x"), c_int), (b("y"), c_double), (b("name"), c_char * 4)]


p = Point(1, 2.5, b("abc"))
show("structure", lambda: (p.x, p.y, p.name, C.sizeof(Point), C.alignment(Point)))
show("fields", lambda: (Point.x.offset, Point.y.offset, Point.name.size))
show("put", lambda: (setattr(p, "x", 9), p.x, setattr(p, "y", 3), p.y))
show("keywords", lambda: (Point(y=1.5).y, Point(y=1.5).x))
kind("too many", lambda: Point(1, 2, b("x"), 4))
kind("wrong type", setattr, p, "x", b("text"))
kind("too long", setattr, p, "name", b("abcdef"))
kind("no such field", lambda: p.nothing)


class Nested(Structure):
    _fields_ = [(b("p"), Point), (b("q"), Point)]


n = Nested()
n.p.x = 5
inner = n.p
show("nested", lambda: (n.p.x, inner.x, C.sizeof(Nested)))
inner.x = 6
show("shares", lambda: n.p.x)
del n
gc.collect()
show("inner outlives", lambda: inner.x)


class Both(Union):
    _fields_ = [(b("i"), c_int), (b("b"), c_byte * 4)]


both = Both(i=0x01020304)
show("union", lambda: (list(both.b), C.sizeof(Both)))


class Bits(Structure):
    _fields_ = [(b("a"), c_int, 3), (b("b"), c_int, 5)]


bits = Bits(2, -1)
show("bits", lambda: (bits.a, bits.b, C.sizeof(Bits)))
kind("bad fields", lambda: type(Structure)("Bad", (Structure,), {"_fields_": [(b("x"), 5)]}))
kind("fields no list", lambda: type(Structure)("Bad", (Structure,), {"_fields_": 5}))

# Arrays.
ints = (c_int * 5)(1, 2, 3)
show("array", lambda: (list(ints), len(ints), ints[1], ints[-1], ints[1:3], C.sizeof(ints)))
show("put item", lambda: (ints.__setitem__(0, 10), list(ints)))
show("put slice", lambda: (ints.__setitem__(slice(0, 2), [7, 8]), list(ints)))
kind("beyond", lambda: ints[5])
kind("put beyond", lambda: ints.__setitem__(5, 1))
kind("put str", lambda: ints.__setitem__(0, b("x")))
kind("too many", lambda: (c_int * 2)(1, 2, 3))
kind("negative", lambda: c_int * -1)
chars = (c_char * 6)()
show("chars", lambda: (setattr(chars, "value", b("abc")), chars.value, chars.raw, chars[1]))
kind("chars too long", setattr, chars, "value", b("abcdefghi"))
show("buffer", lambda: bytes(bytearray(chars)))

# Pointers.
pointer = C.pointer(x)
show("pointer", lambda: (pointer.contents.value, pointer[0]))
pointer[0] = 77
show("through it", lambda: x.value)
show("type", lambda: C.POINTER(c_int) is C.POINTER(c_int))
kind("NULL", lambda: C.POINTER(c_int)().contents)
kind("not of that type", lambda: C.POINTER(c_int)(c_double(1)))
kind("pointer to a number", C.pointer, 5)
kept = C.pointer(c_int(42))
gc.collect()
show("keeps it", lambda: kept.contents.value)

# Functions.
handle = C.dlopen(None, 0)
kind("no library", C.dlopen, b("/nonexistent/lib.so"), 0)


class Function(CFuncPtr):
    _flags_ = C.FUNCFLAG_CDECL
    _restype_ = c_int


def function(name, restype=c_int, *argtypes):
    made = Function(C.dlsym(handle, name))
    made.restype = restype
    made.argtypes = argtypes or None
    return made


abs_, strlen, sqrt = function(b("abs")), function(b("strlen"), c_long, c_char_p), function(b("atof"), c_double, c_char_p)
show("call", lambda: (abs_(-5), abs_(c_int(-6)), strlen(b("four")), sqrt(b("1.5"))))
kind("call of str", lambda: strlen(5))
kind("too few", strlen)
kind("no such symbol", C.dlsym, handle, b("no_such_symbol_anywhere"))
kind("call of an object", lambda: abs_(object()))
show("byref", lambda: type(C.byref(x)).__name__ == "CArgObject")
kind("byref of a number", C.byref, 5)
sprintf = function(b("sprintf"), c_int)
out = (c_char * 50)()
show("sprintf", lambda: (sprintf(out, b("%d %s"), 5, b("x")), out.value))
show("converted", lambda: (setattr(abs_, "restype", lambda n: n * 10), abs_(-1))[1])
show("nothing", lambda: (setattr(abs_, "restype", None), abs_(-1))[1])


class Compare(CFuncPtr):
    _flags_ = C.FUNCFLAG_CDECL
    _restype_ = c_int
    _argtypes_ = (C.POINTER(c_int), C.POINTER(c_int))


calls = []


def compare(a, z):
    calls.append((a[0], z[0]))
    return (a[0] > z[0]) - (a[0] < z[0])


callback = Compare(compare)
numbers = (c_int * 6)(5, 2, 9, 1, 7, 3)
qsort = function(b("qsort"), None, C.POINTER(c_int), c_long, c_long, Compare)
show("qsort", lambda: (qsort(numbers, 6, 4, callback), list(numbers), len(calls) > 4))
del compare
gc.collect()
show("callback outlives its function", lambda: (numbers.__setitem__(slice(0, 2), [9, 0]), qsort(numbers, 6, 4, callback), list(numbers)))
show("errno", lambda: (C.set_errno(7), C.get_errno(), C.set_errno(0)))
kind("errno text", C.set_errno, b("x"))


class Thing(object):
    pass


thing = Thing()
gone = weakref.ref(thing)


class py_object(Simple):
    _type_ = b("O")


held = py_object(thing)
show("object", lambda: held.value is thing)
del thing
gc.collect()
show("held", lambda: held.value is gone())
del held
gc.collect()
show("let go", lambda: gone() is None)
many = [Point(k, k) for k in range(200)]
views = [m.x for m in many]
del many
gc.collect()
show("many", lambda: views == list(range(200)))
