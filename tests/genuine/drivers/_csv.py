# _csv: readers, writers, dialects.
import gc
import pickle
import weakref


def letter(x):
    """A member of one character, which is text in Python 3."""
    return x.decode("latin-1") if type(x) is bytes else x


Error, reader, writer = module.Error, module.reader, module.writer
print("error", Error.__name__, issubclass(Error, Exception))
print("quotes", module.QUOTE_MINIMAL, module.QUOTE_ALL, module.QUOTE_NONNUMERIC, module.QUOTE_NONE)
show("version", lambda: len(module.__version__) > 0)


def read(lines, *args, **kwargs):
    return list(reader(lines, *args, **kwargs))


# Reading.
show("plain", read, [b("a,b,c"), b("1,2,3")])
show("quoted", read, [b('"a,b","c""d",e')])
show("newline in quotes", read, [b('"a\n'), b('b",c\n')])
show("empty", read, [])
show("empty lines", read, [b(""), b("\n"), b("a\r\n"), b(",")])
show("spaces", read, [b(" a , b ")])
show("skipinitialspace", read, [b("a,  b, \"c, d\"")], skipinitialspace=True)
show("delimiter", read, [b("a;b;c")], delimiter=b(";"))
show("tab", read, [b("a\tb")], delimiter=b("\t"))
show("quotechar", read, [b("'a,b',c")], quotechar=b("'"))
show("no quotes", read, [b('"a,b",c')], quoting=module.QUOTE_NONE)
show("escape", read, [b("a\\,b,c")], escapechar=b("\\"), quoting=module.QUOTE_NONE)
show("nonnumeric", read, [b('1,"2",3.5')], quoting=module.QUOTE_NONNUMERIC)
show("nonnumeric text", read, [b("abc,1")], quoting=module.QUOTE_NONNUMERIC)
show("not doubled", read, [b("\"a\\\"b\",c")], doublequote=False, escapechar=b("\\"))
show("after quote", read, [b('"a"b,c')])
show("after quote strict", read, [b('"a"b,c')], strict=True)
show("unended", read, [b('"abc')])
show("unended strict", read, [b('"abc')], strict=True)
show("zero", read, [b("a\0b")])
show("newline inside", read, [b("a\rb")])
show("bytes", read, [b("\xff\xfe,\xe9")])
show("unicode line", read, [u("a,b")])
show("number line", read, [5])
show("None line", read, [None])
show("not iterable", reader, 5)
show("nothing", reader)
show("generator", read, (b("%d,%d") % (k, k) for k in range(3)))


def broken():
    yield b("a,b")
    raise LookupError("broken")


r = reader(broken())
show("before broken", next, r)
show("broken", next, r)
show("after broken", next, r)
r = reader(iter([b("1,2\n"), b('"3\n'), b('4",5\n')]))
print("line_num", r.line_num, value(next(r)), r.line_num, value(next(r)), r.line_num)
kind("line_num readonly", setattr, r, "line_num", 5)
print("iter", iter(r) is r)
print("dialect of", type(r.dialect) is module.Dialect, value(letter(r.dialect.delimiter)))

# Dialects.
D = module.Dialect
d = D()
print("defaults", value(letter(d.delimiter)), value(d.quotechar), d.doublequote,
        value(d.escapechar),
      value(d.lineterminator), d.quoting, d.skipinitialspace, d.strict)
show("delimiter None", D, delimiter=None)
show("delimiter long", D, delimiter=b("ab"))
show("delimiter empty", D, delimiter=b(""))
show("delimiter number", D, delimiter=5)
show("quotechar long", D, quotechar=b("ab"))
show("quotechar number", D, quotechar=5)
show("quotechar None", D, quotechar=None)
show("quotechar None unquoted", lambda: D(quotechar=None, quoting=3).quoting)
show("escapechar None", lambda: D(escapechar=None).escapechar)
show("escapechar number", D, escapechar=4)
show("quoting bad", D, quoting=10)
show("quoting text", D, quoting=b("x"))
show("lineterminator None", D, lineterminator=None)
show("lineterminator number", D, lineterminator=4)
show("strict 5", lambda: D(strict=5).strict)
show("keyword", lambda: D(wrong=5))
kind("positional", D, 1, 2)
for name in ("delimiter", "quoting", "strict", "nothing"):
    kind("set " + name, setattr, d, name, b("x"))
    kind("del " + name, delattr, d, name)


class Semi(object):
    delimiter = b(";")
    quotechar = b("'")
    doublequote = True
    skipinitialspace = True
    lineterminator = b("\n")
    quoting = module.QUOTE_ALL


d = D(Semi)
print("from class", value(letter(d.delimiter)), value(d.quotechar), value(d.lineterminator),
        d.quoting)
d = D(Semi(), delimiter=b("|"))
print("from instance", value(letter(d.delimiter)), value(d.quotechar))
print("same", D(d) is d, D(d, strict=True) is d)


class Bad(Semi):
    delimiter = 7


class Raising(object):
    @property
    def delimiter(self):
        raise LookupError("delimiter")


show("bad class", D, Bad)
show("raising", D, Raising())
show("register", module.register_dialect, b("semi"), Semi)
show("register options", module.register_dialect, b("pipe"), delimiter=b("|"))
show("register both", module.register_dialect, b("both"), Semi, quoting=0)
show("register number", module.register_dialect, 5, Semi)
show("register bad", module.register_dialect, b("bad"), Bad)
show("register nothing", module.register_dialect)
show("list", lambda: sorted(n if type(n) is bytes else n.encode("ascii")
        for n in module.list_dialects()))
show("get", lambda: letter(module.get_dialect(b("semi")).delimiter))
show("get missing", module.get_dialect, b("missing"))
show("get number", module.get_dialect, 5)
show("read semi", read, [b("'a';  'b;c'")], b("semi"))
show("read unicode name", read, [b("a|b")], u("pipe"))
show("read missing", read, [b("a")], b("missing"))
show("read by class", read, [b("a; b")], Semi)
show("read by dialect", read, [b("a;b")], dialect=d)
show("unregister", lambda: (module.unregister_dialect(b("pipe")), len(module.list_dialects())))
show("unregister again", module.unregister_dialect, b("pipe"))
show("unhashable", module.get_dialect, [])


class Excel(D):
    def __new__(cls, *args, **kwargs):
        return D.__new__(cls, Semi, delimiter=b(":"))

    def name(self):
        return u("excel ") + letter(self.delimiter)


e = Excel()
e.tag = e
show("subclass", lambda: (e.name(), isinstance(e, D), read([b("a:b")], e)))
gone = weakref.ref(e)
del e
gc.collect()
show("subclass cycle", lambda: gone() is None)

# Writing.
class Out(object):
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)
        return len(text)

    def all(self):
        return b("|").join(self.parts)


def write(rows, **kwargs):
    out = Out()
    writer(out, **kwargs).writerows(rows)
    return out.all()


show("write", write, [[b("a"), b("b")], [1, 2.5], [None, True]])
show("write quoted", write, [[b("a,b"), b('c"d'), b("e\nf"), b(" g")]])
show("write unicode", write, [[u("abc"), u("d,e")]])
show("write long", write, [[10**20, -1, 0.1, 1e300]])
show("write float text", write, [[1.0, 3.14, 1e16, float("inf")]])
show("write empty", write, [[], [b("")], [None], [b(""), b("")]])
show("write tuples", write, [(1, 2), (3,)])
show("write generator", write, ((k, k * k) for k in range(3)))
show("write all", write, [[1, b("a")]], quoting=module.QUOTE_ALL)
show("write nonnumeric", write, [[1, b("a"), 2.5, None]], quoting=module.QUOTE_NONNUMERIC)
show("write none", write, [[1, b("a")]], quoting=module.QUOTE_NONE)
show("write none needed", write, [[b("a,b")]], quoting=module.QUOTE_NONE)
show("write none escaped", write, [[b("a,b\\")]], quoting=module.QUOTE_NONE, escapechar=b("\\"))
show("write not doubled", write, [[b('a"b')]], doublequote=False, escapechar=b("\\"))
show("write not doubled bad", write, [[b('a"b')]], doublequote=False)
show("write terminator", write, [[1], [2]], lineterminator=b("!\n"))
show("write semi", write, [[b("a"), b("b")]], dialect=b("semi"))
show("write one empty unquoted", write, [[b("")]], quoting=module.QUOTE_NONE)
show("write number", write, [5])
show("write rows number", write, 5)
show("write text row", write, [b("abc")] if not PY3 else [[b("a"), b("b"), b("c")]])
show("write big", lambda: len(write([[b("x") * 100000, b("y\"") * 1000]])))
show("no write", writer, 5)
show("no write method", writer, [])
show("writerow result", writer(Out()).writerow, [1])
kind("writerow nothing", writer(Out()).writerow)


class Texts(object):
    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


class NoText(object):
    def __str__(self):
        raise LookupError("no text")


show("write __str__", write, [[Texts("text"), Texts("a,b")]])
show("write no __str__", write, [[NoText()]])


class Failing(object):
    def write(self, text):
        raise LookupError("write")


show("failing write", writer(Failing()).writerow, [1])


class Row(object):
    def __len__(self):
        return 3

    def __getitem__(self, k):
        if k == 1:
            raise LookupError("item")
        return k


show("failing row", write, [Row()])
print("writer dialect", value(letter(writer(Out(), delimiter=b("#")).dialect.delimiter)))
kind("writer dialect set", setattr, writer(Out()), "dialect", d)

# Limits, lives.
show("limit", lambda: (module.field_size_limit(), module.field_size_limit(10),
        module.field_size_limit()))
show("beyond limit", read, [b("x" * 11)])
show("limit text", module.field_size_limit, b("x"))
show("limit two", module.field_size_limit, 1, 2)
show("limit back", module.field_size_limit, 131072)
out = Out()
w = writer(out)
writerow = w.writerow
out.writer = w
gone = weakref.ref(out)
del w, out
gc.collect()
show("method keeps all", lambda: (writerow([1, 2]), gone() is not None))
del writerow
gc.collect()
show("cycle", lambda: gone() is None)


class Lines(object):
    def __iter__(self):
        return self

    def __next__(self):
        return b("a,b")

    next = __next__


lines = Lines()
lines.reader = reader(lines)
show("self reading", next, lines.reader)
gone = weakref.ref(lines)
del lines
gc.collect()
show("reader cycle", lambda: gone() is None)
kind("weak", weakref.ref, reader([]))
kind("make reader", type(reader([])))
kind("subclass reader", type, "Sub", (type(reader([])),), {})
rows = reader([b("a,b")] * 3)
kept = [row for row in rows]
kept[0].append(b("changed"))
del rows
show("rows are their own", lambda: kept)
