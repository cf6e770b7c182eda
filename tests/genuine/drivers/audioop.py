# audioop: samples of every width.


def samples(numbers, width):
    out = bytearray()
    for n in numbers:
        for k in range(width):
            out.append((n >> (8 * k)) & 255)
    return bytes(out)


DATA = {
    1: samples([0, 18, 69, -69, 127, -128, 1], 1),
    2: samples([0, 0x1234, 0x4567, -0x4567, 0x7fff, -0x8000, 1], 2),
    4: samples([0, 0x12345678, 0x456789ab, -0x456789ab, 0x7fffffff, -0x80000000, 1], 4),
}
print("error", module.error.__name__, issubclass(module.error, Exception))
for width in (1, 2, 4):
    data = DATA[width]
    show("getsample", lambda: [module.getsample(data, width, k) for k in range(7)])
    show("getsample beyond", module.getsample, data, width, 7)
    show("getsample before", module.getsample, data, width, -1)
    show("max", module.max, data, width)
    show("minmax", module.minmax, data, width)
    show("avg", module.avg, data, width)
    show("rms", module.rms, data, width)
    show("avgpp", module.avgpp, data, width)
    show("maxpp", module.maxpp, data, width)
    show("cross", module.cross, data, width)
    show("mul", module.mul, data, width, 2)
    show("mul half", module.mul, data, width, 0.5)
    show("add", module.add, data, data, width)
    show("add lengths", module.add, data, data[:width], width)
    show("bias", module.bias, data, width, 1)
    show("bias far", module.bias, data, width, 2**31 - 1)
    show("reverse", module.reverse, data, width)
    for other in (1, 2, 4):
        show("lin2lin", module.lin2lin, data, width, other)
    show("tomono", module.tomono, data[:6 * width], width, 1, 0.5)
    show("tostereo", module.tostereo, data, width, 1, 0.5)
    show("ratecv", module.ratecv, data, width, 1, 8000, 16000, None)
    show("ratecv weights", module.ratecv, data, width, 1, 8000, 12000, None, 3, 1)
    show("ratecv stereo", module.ratecv, data[:6 * width], width, 2, 8000, 4000, None)
    show("lin2ulaw", module.lin2ulaw, data, width)
    show("ulaw2lin", module.ulaw2lin, b("\0\x0e\x28\x3f\x57\x6a\x76\x7c\x7e\x7f\x80\xff"), width)
    show("lin2alaw", module.lin2alaw, data, width)
    show("alaw2lin", module.alaw2lin, b("\x87\x03\xf2\x63\xd5\0\x55\x2a"), width)
    show("lin2adpcm", module.lin2adpcm, data, width, None)
    show("adpcm2lin", module.adpcm2lin, b("\x07\x7f\x70"), width, None)
    show("empty", lambda: [f(b(""), width)
            for f in (module.max, module.avg, module.rms, module.minmax,
                                                     module.cross, module.reverse, module.avgpp)])
    show("part of a sample", module.max, data + b("x"), width)
    show("findmax", module.findmax, data, 2)
show("findfit", module.findfit, DATA[2], DATA[2][2:6])
show("findfit long", module.findfit, DATA[2][:2], DATA[2])
show("findfactor", module.findfactor, DATA[2], DATA[2])
show("findfactor lengths", module.findfactor, DATA[2], DATA[2][2:])
show("findmax long", module.findmax, DATA[2], 50)
show("findmax odd", module.findmax, DATA[2] + b("x"), 2)
for width in (0, 3, 5, -1):
    show("width", module.max, DATA[2], width)
    show("lin2lin width", module.lin2lin, DATA[2], 2, width)
show("text width", module.max, DATA[2], b("x"))
show("number", module.max, 5, 2)
show("None", module.max, None, 2)
show("unicode", module.max, u("abcd"), 2)
show("few", module.max, DATA[2])
show("many", module.max, DATA[2], 2, 3)
show("bytearray", module.max, bytearray(DATA[2]), 2)
array = load("array").array
show("array", module.max, array(b("h"), [1, -5, 3]), 2)
show("rate bad state", module.ratecv, DATA[2], 2, 1, 8000, 16000, (0, ((1,),)))
show("rate state 5", module.ratecv, DATA[2], 2, 1, 8000, 16000, 5)
show("rate zero", module.ratecv, DATA[2], 2, 1, 0, 16000, None)
show("rate channels", module.ratecv, DATA[2], 2, 0, 8000, 16000, None)
show("rate weights", module.ratecv, DATA[2], 2, 1, 8000, 16000, None, 0, 0)
state = None
out = b("")
for k in range(0, 14, 2):
    piece, state = module.ratecv(DATA[2][k:k + 2], 2, 1, 3, 5, state)
    out += piece
print("in pieces", value(out), value(state))
adpcm, state = module.lin2adpcm(DATA[2], 2, None)
show("adpcm state", module.lin2adpcm, DATA[2], 2, state)
show("adpcm bad state", module.lin2adpcm, DATA[2], 2, 5)
show("adpcm big state", module.adpcm2lin, adpcm, 2, (0, 200))
show("adpcm back", module.adpcm2lin, adpcm, 2, (0, 0))
show("factor text", module.mul, DATA[2], 2, b("x"))
show("long", lambda: module.rms(b("\1\2") * 100000, 2))

# Lifetimes: results are their own, memory that was lent is let go.
import array
import gc
import weakref
show("bytearray", module.rms, bytearray(DATA[2]), 2)
given = array.array("h", range(10))
show("number", module.rms, 5, 2)
show("None", module.rms, None, 2)
show("float width", module.rms, DATA[2], 2.5)
show("state of three", module.lin2adpcm, DATA[2], 2, (0, 0, 0))
kept = [module.mul(given, 2, k) for k in range(20)]
sums = [sum(bytearray(k)) for k in kept]
given.append(1)
show("memory is let go", lambda: len(given))
out, states = module.ratecv(DATA[2], 2, 1, 3, 5, None)
again = module.ratecv(DATA[2], 2, 1, 3, 5, states)
del given
gc.collect()
print("results outlive", [sum(bytearray(k)) for k in kept] == sums,
      module.ratecv(DATA[2], 2, 1, 3, 5, states) == again)


class Data(bytes if PY3 else str):
    pass


data = Data(DATA[2])
seen = weakref.ref(data) if hasattr(Data, "__weakref__") else (lambda: None)
show("subclass", module.rms, data, 2)
del data
gc.collect()
print("argument is let go", seen() is None)
reverse = module.reverse
del module
gc.collect()
show("function outlives", reverse, DATA[1], 1)
