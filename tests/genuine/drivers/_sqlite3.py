# _sqlite3: databases in memory, values both ways (BLOBs through buffers), what the user gives.
import gc
import weakref

S = module
# What a BLOB is: 2.7's buffer, which Python 3 does not have under a name.
blob = type(S.connect(":memory:").execute("select x'00'").fetchone()[0])
print("blob", blob.__name__)


def show_rows(label, function, *args):
    """Rows, whose blobs are shown as what is in them."""
    def plain(x):
        return ("blob", bytes(x)) if type(x) is blob else x
    try:
        rows = function(*args)
    except Exception as error:
        print("%s: %s: %s" % (label, type(error).__name__, error))
    else:
        print(label, [[value(plain(x)[1]) + " blob" if type(x) is blob else value(x) for x in row]
                for row in rows])


print("errors", [(n, getattr(S, n).__name__) for n in (
    "Error", "Warning", "InterfaceError", "DatabaseError", "InternalError", "OperationalError",
            "ProgrammingError",
    "IntegrityError", "DataError", "NotSupportedError")])
print("bases", issubclass(S.IntegrityError, S.DatabaseError), issubclass(S.DatabaseError, S.Error),
      issubclass(S.InterfaceError, S.Error), issubclass(S.Error, Exception))
print("types", S.Connection.__name__, S.Cursor.__name__, S.Row.__name__, S.Cache.__name__)
print("constants", S.PARSE_DECLTYPES, S.PARSE_COLNAMES, S.SQLITE_OK, S.SQLITE_DENY,
        S.SQLITE_IGNORE)

db = S.connect(":memory:")
print("new", type(db).__name__, db.isolation_level if type(db.isolation_level) is str
        else db.isolation_level.decode("ascii"),
      db.total_changes, db.row_factory, db.text_factory is (str if PY3 else unicode))
c = db.cursor()
print("cursor", type(c) is S.Cursor, c.description, c.rowcount, c.lastrowid, c.arraysize,
        c.connection is db)
show("create", lambda: c.execute("create table t (i integer, f float, s text, b blob)") is c)

# Values in.
ROWS = [
    (1, 1.5, u("text"), None), (-1, -0.5, u("\xe9\n"), blob(b("blob\0\xff"))),
            (2**62, 1e300, u(""), blob(b(""))),
    (True, 2, b("ascii str") if not PY3 else u("ascii str"), blob(bytearray(b("from bytearray")))),
    (None, None, None, None),
]
for k, row in enumerate(ROWS):
    show("insert %d" % k, lambda: (c.execute("insert into t values (?, ?, ?, ?)", row) is c,
            c.rowcount, c.lastrowid))
show_rows("select", lambda: c.execute("select * from t"))
array = load("array").array
mmap = load("mmap")
m = mmap.mmap(-1, 6)
m[:] = b("mapped")
for name, source in (("array", array(b("h"), [1, 2])), ("mmap", m),
        ("slice", blob(b("0123456789"), 2, 3)),
                     ("of array", blob(array(b("h"), [1, 2]))), ("of mmap", blob(m)),
                         ("memoryview", memoryview(b("abc")))):
    show("insert " + name, lambda: c.execute("insert into t (i, b) values (77, ?)",
            (source,)) is c)
show_rows("blobs", lambda: c.execute("select b, typeof(b), length(b) from t where i = 77"))
held = c.execute("select b from t where i = 77").fetchone()[0]
c.execute("delete from t where i = 77")
gc.collect()
show("blob outlives its row", lambda: bytes(held))
show("blob length", lambda: (len(held), type(held) is blob))
zlib = load("zlib")
show("blob to a binary", lambda: zlib.crc32(held) & 0xffffffff)
show("blob back in", lambda: list(c.execute("select length(?)", (held,))))
show("str with high bytes", lambda: list(c.execute("select ?", (b("\xe9"),))))
kind("huge", c.execute, "select ?", (2**64,))
kind("list", c.execute, "select ?", ([],))
kind("object", c.execute, "select ?", (object(),))


class Own(object):
    def __conform__(self, protocol):
        if protocol is S.PrepareProtocol:
            return 42


show("__conform__", lambda: list(c.execute("select ?", (Own(),))))


class Adapted(object):
    pass


S.register_adapter(Adapted, lambda o: u("adapted"))
show("adapter", lambda: list(c.execute("select ?", (Adapted(),))))
show("adapt", lambda: (S.adapt(Adapted()), S.adapt(5)))
kind("adapt not", S.adapt, object())
print("adapters", (Adapted, S.PrepareProtocol) in S.adapters)


class IntSub(int):
    pass


class TextSub(str if PY3 else unicode):
    pass


show("subclasses", lambda: list(c.execute("select ?, ?", (IntSub(5), TextSub("sub")))))

# Parameters.
show("named", lambda: list(c.execute("select :a, :b", {"a": 1, "b": 2})))
show("named missing", c.execute, "select :a, :b", {"a": 1})


class Missing(dict):
    def __missing__(self, key):
        return u("missing")


show("named __missing__", lambda: list(c.execute("select :a", Missing())))
show("numbered", lambda: list(c.execute("select ?2, ?1", (1, 2))))
show("list", lambda: list(c.execute("select ?", [7])))
show("too few", c.execute, "select ?, ?", (1,))
show("too many", c.execute, "select ?", (1, 2))
show("no sequence", c.execute, "select ?", 5)


class Sequence(object):
    def __len__(self):
        return 1

    def __getitem__(self, k):
        return 10 + k


show("sequence", lambda: list(c.execute("select ?", Sequence())))


class Failing(object):
    def __len__(self):
        return 1

    def __getitem__(self, k):
        raise LookupError("item")


kind("failing sequence", c.execute, "select ?", Failing())
show("executemany", lambda: (c.executemany("insert into t (i) values (?)", [(100,), (101,)]) is c,
        c.rowcount))
show("executemany iterator", lambda: (c.executemany("insert into t (i) values (?)",
        ((k,) for k in range(3))) is c, c.rowcount))
show("executemany select", c.executemany, "select ?", [(1,)])
show("executemany number", c.executemany, "insert into t (i) values (?)", 5)


def broken():
    yield (5,)
    raise LookupError("broken")


show("executemany broken", c.executemany, "insert into t (i) values (?)", broken())
show("executescript", lambda: c.executescript("create table u (x); "
                  "insert into u values (1); insert into u values (2);") is c)
show("executescript bad", c.executescript, "create nonsense;")
show("executescript number", c.executescript, 5)
show("execute number", c.execute, 5)
show("execute nothing", c.execute)
show("syntax", c.execute, "selec 1")
show("two statements", c.execute, "select 1; select 2")
show("no table", c.execute, "select * from nowhere")
show("zero", c.execute, "select 1\0")
show("empty", lambda: list(c.execute("")))
show("comment", lambda: list(c.execute("-- nothing")))
db.execute("create table unique_ones (x unique)")
db.execute("insert into unique_ones values (1)")
kind("integrity", db.execute, "insert into unique_ones values (1)")

# Results.
c.execute("select 1 as a, 2 as b union select 3, 4 union select 5, 6")
show("description", lambda: [[x if x is None
        else (x.decode("ascii") if type(x) is bytes else x) == y for x, y in zip(column, (name,))]
                             for column, name in zip(c.description, ("a", "b"))])
show("description lengths", lambda: [len(column) for column in c.description])
show("fetchone", c.fetchone)
show("fetchmany", lambda: (c.fetchmany(), c.fetchmany(10), c.fetchmany(1), c.fetchone(),
        c.fetchall()))
show("arraysize", lambda: (setattr(c, "arraysize", 2),
        c.execute("select 1 union select 2 union select 3").fetchmany()))
show("fetchmany keyword", lambda: c.execute("select 1 union select 2").fetchmany(size=5))
show("fetchmany text", c.fetchmany, b("x"))
show("next", lambda: [next(iter(c.execute("select 5")))])
kind("next at end", next, c)
show("description none", lambda: c.execute("insert into u values (9)").description)
show("not executed", db.cursor().fetchone)

# Factories.
db.row_factory = S.Row
r = db.execute("select 1 as one, 'two' as Two").fetchone()
print("row", type(r) is S.Row, len(r), r[0], value(r[1]), value(r[b("one")]), value(r[b("TWO")]),
        value(tuple(r)), value(r[-1]))
show("row keys", lambda: sorted(k if type(k) is bytes else k.encode("ascii") for k in r.keys()))
kind("row missing", lambda: r[b("three")])
kind("row beyond", lambda: r[2])
kind("row float", lambda: r[1.5])
print("row compare", r == db.execute("select 1 as one, 'two' as Two").fetchone(), r != 5,
        r == db.execute("select 1 as x, 'two'").fetchone(),
      hash(r) == hash(db.execute("select 1 as one, 'two' as Two").fetchone()))
print("row iterates", [value(x) for x in r])
show("row made", lambda: len(S.Row(db.execute("select 1"), (5, 6))))
kind("row bad", S.Row, 5, (1,))
kind("row bad tuple", lambda: S.Row(db.execute("select 1"), [5]))


class MyRow(S.Row):
    def first(self):
        return self[0]


db.row_factory = MyRow
show("row subclass", lambda: db.execute("select 8").fetchone().first())
db.row_factory = lambda cursor, row: {"n": len(row), "first": row[0]}
show("row function", lambda: sorted(db.execute("select 3, 4").fetchone().values()))
db.row_factory = lambda cursor, row: [][1]
kind("row failing", lambda: db.execute("select 3").fetchone())
db.row_factory = None
db.text_factory = bytes if PY3 else str
show("text as bytes", lambda: db.execute("select 'a'||char(233)").fetchone())
db.text_factory = lambda x: [bytearray(x)]
show("text function", lambda: type(db.execute("select 'abc'").fetchone()[0]).__name__ == "list")
db.text_factory = S.OptimizedUnicode
show("text optimized", lambda: db.execute("select char(233)").fetchone())
db.text_factory = str if PY3 else unicode
kind("undecodable", lambda: db.execute("select cast(x'ff' as text)").fetchone())

# Functions.
db.create_function("twice", 1, lambda x: x * 2)
show("function", lambda: db.execute("select twice(4), twice(1.5), twice('ab')").fetchone())
db.create_function("kinds", -1, lambda *args: u(" ").join(u("none") if x is None else u("blob")
        if isinstance(x, blob) else
                                                        u("float") if isinstance(x, float)
                                                            else u("int") if isinstance(x, int)
                                                                else u("text") for x in args))
show("function kinds", lambda: db.execute("select kinds(1, 1.5, 'a', null, x'00')").fetchone())
db.create_function("blobs", 1, lambda x: blob(bytes(x) + b("!")))
show_rows("function blob", lambda: db.execute("select blobs(x'4142')"))
db.create_function("nothing", 0, lambda: None)
show("function None", lambda: db.execute("select nothing()").fetchone())
db.create_function("failing", 0, lambda: [][1])
show("function failing", lambda: db.execute("select failing()").fetchone())
db.create_function("listing", 0, lambda: [])
kind("function list", lambda: db.execute("select listing()").fetchone())
show("function few", lambda: db.execute("select twice()"))
kind("function number", db.create_function, 5, 1, 1)


class Sum(object):
    def __init__(self):
        self.all = []

    def step(self, x):
        self.all.append(x)

    def finalize(self):
        return sum(self.all) if self.all else None


class BadSum(Sum):
    def step(self, x):
        raise LookupError("step")


class NoStep(object):
    pass


class NoInit(Sum):
    def __init__(self):
        raise LookupError("init")


db.create_aggregate("total2", 1, Sum)
show("aggregate", lambda: db.execute("select total2(x) from u").fetchone())
show("aggregate empty", lambda: db.execute("select total2(x) from u where x > 1000").fetchone())
for name, aggregate in (("badsum", BadSum), ("nostep", NoStep), ("noinit", NoInit)):
    db.create_aggregate(name, 1, aggregate)
    kind("aggregate " + name, lambda: db.execute("select %s(x) from u" % name).fetchone())
db.create_collation(b("backwards"), lambda a, b: (a < b) - (a > b))
show("collation", lambda: list(db.execute("select s from "
         "(select 'a' as s union select 'c' union select 'b') order by s collate backwards")))
db.create_collation(b("backwards"), None)
kind("collation gone", db.execute, "select 1 as x order by x collate backwards")
kind("collation name", db.create_collation, b("b\xe9d"), lambda a, b: 0)
kind("collation number", db.create_collation, b("bad"), 5)
seen = []


def authorize(action, one, two, database, trigger):
    seen.append(action)
    return S.SQLITE_DENY if u("secret") in (one,
            one and one.decode("ascii") if type(one) is bytes else one) else S.SQLITE_OK


db.execute("create table secret (x)")
db.set_authorizer(authorize)
kind("authorizer", db.execute, "select * from secret")
show("authorizer allows", lambda: (list(db.execute("select 1")), len(seen) > 2))
db.set_authorizer(lambda *args: S.SQLITE_OK)
ticks = []
db.set_progress_handler(lambda: ticks.append(1), 1)
db.execute("select 1 union select 2").fetchall()
print("progress", len(ticks) > 2)
db.set_progress_handler(lambda: 1, 1)
kind("progress stops", lambda: db.execute("select 1 union select 2").fetchall())
db.set_progress_handler(None, 1)

# Types that are declared.
d2 = S.connect(":memory:", detect_types=S.PARSE_DECLTYPES | S.PARSE_COLNAMES)
show("converter", lambda: S.register_converter(b("point"),
        lambda data: tuple(int(x) for x in bytes(data).split(b(";")))))
d2.execute("create table p (p point, q number)")
d2.execute("insert into p values (?, ?)", (u("4;5"), 6))
show("declared", lambda: d2.execute("select p, q from p").fetchone())
show("named column", lambda: d2.execute("select '7;8' as 'x [point]'").fetchone())
show("null", lambda: d2.execute("select p from (select null as p)").fetchone())
d2.execute("insert into p values ('bad', 1)")
kind("converter failing", lambda: d2.execute("select p from p").fetchall())

# Transactions.
show("changes", lambda: d2.total_changes)
show("rollback", lambda: (d2.rollback(), d2.execute("select count(*) from p").fetchone()))
d2.execute("insert into p values ('1;1', 1)")
d2.commit()
show("commit", lambda: (d2.rollback(), d2.execute("select count(*) from p").fetchone()))
with d2:
    d2.execute("insert into p values ('2;2', 2)")
try:
    with d2:
        d2.execute("insert into p values ('3;3', 3)")
        raise LookupError("inside")
except LookupError as error:
    print("with:", error)
show("after with", lambda: d2.execute("select count(*) from p").fetchone())
show("isolation", lambda: (setattr(d2, "isolation_level", None), d2.isolation_level))
kind("isolation bad", setattr, d2, "isolation_level", 5)
show("iterdump", lambda: d2.iterdump is not None)
show("complete_statement", lambda: (S.complete_statement("select 1;"),
        S.complete_statement("select 1")))

# Closing; lives.
cursor = d2.cursor()
d2.close()
show("closed", d2.execute, "select 1")
show("closed cursor", cursor.execute, "select 1")
show("closed twice", d2.close)
show("closed commit", d2.commit)
cursor = db.cursor()
cursor.close()
show("cursor closed", cursor.execute, "select 1")
kind("cursor of number", S.Cursor, 5)
kind("connect nothing", S.connect)
kind("connect number", S.connect, 5)
show("connect keyword", lambda: type(S.connect(database=":memory:", timeout=1)) is S.Connection)
kind("connect missing", S.connect, "/nowhere/at/all")


class MyConnection(S.Connection):
    def __init__(self, *args, **kwargs):
        S.Connection.__init__(self, *args, **kwargs)
        self.opened = True

    def one(self, sql):
        return self.execute(sql).fetchone()[0]


class MyCursor(S.Cursor):
    def all(self):
        return self.fetchall()


mine = S.connect(":memory:", factory=MyConnection)
show("connection subclass", lambda: (type(mine) is MyConnection, mine.opened,
        mine.one("select 5")))
show("cursor subclass", lambda: mine.cursor(MyCursor).execute("select 1 union select 2").all())
cursor = mine.cursor()
gone = weakref.ref(mine)
del mine
gc.collect()
show("cursor keeps it", lambda: (gone() is not None, cursor.execute("select 6").fetchone()))
rows = cursor.execute("select 1 union select 2")
del cursor
gc.collect()
show("rows", lambda: list(rows))
del rows
gc.collect()
print("and lets go", gone() is None)


class NoBase(S.Connection):
    def __init__(self, name):
        pass


show("not initialised", lambda: NoBase(":memory:").cursor())


class NoBaseCursor(S.Cursor):
    def __init__(self, name):
        pass


show("cursor not initialised", lambda: NoBaseCursor(db).fetchall())
k = MyConnection(":memory:")
k.create_function("me", 0, lambda: k.one("select 9"))
show("inside", lambda: k.one("select me()"))
k.self = k
gone = weakref.ref(k)
del k
gc.collect()
cache = S.Cache(lambda key: [key], 2)
print("cache", [cache.get(x) is cache.get(x) for x in (1, 2, 3)])
lock = db.cursor()
lock.execute("create table many (x)")
lock.executemany("insert into many values (?)", [(k,) for k in range(2000)])
show("many", lambda: sum(x for x, in lock.execute("select x from many")))
out = []
for x, in lock.execute("select x from many limit 5"):
    out.append(x)
    gc.collect()
show("collected while read", lambda: out)
del db
gc.collect()
show("last", lambda: lock.execute("select count(*) from many").fetchone())
