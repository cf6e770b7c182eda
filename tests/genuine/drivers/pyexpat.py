# pyexpat: parsers with every kind of handler.
import gc
import sys
import weakref

P = module


def text(x):
    """What was parsed, without regard to the kind of text."""
    if type(x) is bytes:
        x = x.decode("latin-1")
    if type(x) is tuple:
        return "(" + ", ".join(text(y) for y in x) + ")"
    if type(x) is list:
        return "[" + ", ".join(text(y) for y in x) + "]"
    if type(x) is dict:
        return "{" + ", ".join(sorted(text(k) + ": " + text(v) for k, v in x.items())) + "}"
    if type(x) is type(u("")):
        return "".join(chr(ord(c)) if ord(c) < 127 else "\\u%04x" % ord(c) for c in x)
    return repr(x) if x is None or isinstance(x, (int, float)) else type(x).__name__


print("module", P.native_encoding if type(P.native_encoding) is str
        else P.native_encoding.decode("ascii"),
      P.XML_PARAM_ENTITY_PARSING_ALWAYS, P.error is P.ExpatError, issubclass(P.error, Exception),
              P.error.__name__)
print("errors", sorted(n for n in dir(P.errors) if n.startswith("XML_"))[:5])
print("model", sorted(n for n in dir(P.model) if n.startswith("XML_")))
print("ErrorString text", text(P.ErrorString(4)))
show("ErrorString bad", P.ErrorString, b("x"))

HANDLERS = ("StartElementHandler", "EndElementHandler", "CharacterDataHandler",
        "ProcessingInstructionHandler",
            "CommentHandler", "StartCdataSectionHandler", "EndCdataSectionHandler",
                "NotationDeclHandler",
            "UnparsedEntityDeclHandler", "StartNamespaceDeclHandler", "EndNamespaceDeclHandler",
            "StartDoctypeDeclHandler", "EndDoctypeDeclHandler", "ElementDeclHandler",
                "AttlistDeclHandler",
            "EntityDeclHandler", "XmlDeclHandler", "SkippedEntityHandler", "NotStandaloneHandler")
DOCUMENT = b("""<?xml version="1.0" encoding="iso-8859-1" standalone="no"?>
<?xml-stylesheet href="stylesheet.css"?>
<!-- comment data \xe9 -->
<!DOCTYPE quotations SYSTEM "quotations.dtd" [
<!ELEMENT root (a|b+,c?)*>
<!ATTLIST root attr1 CDATA #IMPLIED attr2 (x|y) "x">
<!NOTATION notation SYSTEM "notation.jpeg">
<!ENTITY acirc "&#226;">
<!ENTITY external_entity SYSTEM "entity.file">
<!ENTITY unparsed_entity SYSTEM "entity.file" NDATA notation>
]>
<root attr1="value1" attr2="y">
<myns:subelement xmlns:myns="http://www.python.org/namespace">
     Contents of subelements \xe9
</myns:subelement>
<sub2><![CDATA[contents of CDATA section]]></sub2>
&acirc;
</root>
""")


def log(name, out):
    def handler(*args):
        out.append("%s %s" % (name[:-7], text(args)))
        return 1
    return handler


def run(document, encoding=None, separator=None, **attributes):
    out = []
    p = P.ParserCreate(encoding, separator)
    for name in HANDLERS:
        setattr(p, name, log(name, out))
    for name in attributes:
        setattr(p, name, attributes[name])
    try:
        p.Parse(document, 1)
    except P.error as error:
        out.append("error %s %d %d %d" % (error, error.code, error.lineno, error.offset))
    except (LookupError, ValueError) as error:
        out.append("error %s" % type(error).__name__)
    return out


for title, options in (("plain", {}), ("namespaces", {"separator": b("!")}),
        ("buffered", {"buffer_text": True}),
                       ("ordered", {"ordered_attributes": 1}),
                           ("specified", {"specified_attributes": 1}),
                       ("str", {"returns_unicode": 0})):
    print(title)
    try:
        for line in run(DOCUMENT, **options):
            print("   ", line)
    except Exception as error:
        print("    ", type(error).__name__, error)

# Documents that are broken, and encodings.
for bad in ("", "<a>", "<a></b>", "text", "<a b='1' b='2'/>", "<a>&nope;</a>", "<a>\xff</a>",
        "<a/><b/>",
            "<?xml version='1.0' encoding='no-such'?><a/>", "<a>&#0;</a>", "<p:a/>", "<a", "</a>",
                "<a>\0</a>"):
    print(value(b(bad)), [line for line in run(b(bad), separator=b(" "))
            if line.startswith("error")])
for encoding in ("utf-8", "iso-8859-1", "us-ascii", "utf-16", "koi8-r", "cp1252"):
    document = u("<a>\xe9</a>") if encoding not in ("us-ascii", "koi8-r") else u("<a>e</a>")
    print(encoding, run(document.encode(encoding), encoding=b(encoding))[1:2])
print("unicode document", run(u("<a>abc</a>")))
print("unknown encoding", run(b("<?xml version='1.0' encoding='cp1251'?><a>\xe4</a>"))[2:3])

# Attributes of parsers.
p = P.ParserCreate()
print("new", p.buffer_text, p.ordered_attributes, p.specified_attributes, p.buffer_size,
        p.buffer_used,
      p.namespace_prefixes, p.returns_unicode, p.ErrorCode, p.ErrorLineNumber,
              p.CurrentLineNumber, p.CurrentColumnNumber)
show("buffer_size", lambda: (setattr(p, "buffer_text", 1), setattr(p, "buffer_size", 100),
        p.buffer_size))
show("buffer_size text", setattr, p, "buffer_size", b("x"))
show("buffer_size zero", setattr, p, "buffer_size", 0)
show("buffer_size huge", setattr, p, "buffer_size", 2**40)
kind("del", lambda: delattr(p, "buffer_text"))
kind("unknown", lambda: p.no_such)
kind("readonly", lambda: setattr(p, "ErrorCode", 5) or p.ErrorCode)
show("handler none", lambda: (p.StartElementHandler, setattr(p, "StartElementHandler", None),
        p.StartElementHandler))
handler = lambda *args: None
show("handler", lambda: (setattr(p, "StartElementHandler", handler),
        p.StartElementHandler is handler))
show("intern", lambda: type(p.intern).__name__ == "dict")
print("base", p.SetBase(b("/base")), text(p.GetBase()))
show("GetInputContext", p.GetInputContext)
show("UseForeignDTD", lambda: (p.UseForeignDTD(True), p.UseForeignDTD()))
show("SetParamEntityParsing", lambda: p.SetParamEntityParsing(P.XML_PARAM_ENTITY_PARSING_ALWAYS))
show("SetParamEntityParsing text", p.SetParamEntityParsing, b("x"))
show("SetBase number", p.SetBase, 5)
show("Parse number", p.Parse, 5)
show("Parse nothing", p.Parse)
show("Parse parts", lambda: (p.Parse(b("<a"), 0), p.Parse(b(">"), False),
        p.Parse(b("</a>"), True)))
try:
    p.Parse(b("<more/>"), 1)
except P.error as error:
    print("finished", error, error.code)
show("create number", P.ParserCreate, 5)
show("create separator long", P.ParserCreate, None, b("ab"))
show("create separator empty", lambda: type(P.ParserCreate(None, b(""))) is P.XMLParserType)
show("create separator number", P.ParserCreate, None, 5)
show("create intern", lambda: P.ParserCreate(None, None, {}).intern)
show("create intern None", lambda: P.ParserCreate(None, None, None).intern is not None)
show("create intern number", P.ParserCreate, None, None, 5)
kind("create keyword", lambda: P.ParserCreate(wrong=5))

# Files.
class File(object):
    def __init__(self, data, step):
        self.data, self.step = data, step

    def read(self, n):
        n = min(n, self.step)
        part, self.data = self.data[:n], self.data[n:]
        return part


for step in (1, 7, 10000):
    out = []
    p = P.ParserCreate()
    p.StartElementHandler = log("StartElementHandler", out)
    p.EndElementHandler = log("EndElementHandler", out)
    show("file %d" % step, p.ParseFile, File(b("<a><b x='1'/></a>"), step))
    print(out)


class Wrong(File):
    def read(self, n):
        return self.data


show("file number", lambda: P.ParserCreate().ParseFile(Wrong(5, 0)))
show("file long", lambda: P.ParserCreate().ParseFile(Wrong(b("x") * 100000, 0)))
show("file none", lambda: P.ParserCreate().ParseFile(5))


class Failing(File):
    def read(self, n):
        raise LookupError("read")


show("file failing", lambda: P.ParserCreate().ParseFile(Failing(0, 0)))

# Handlers that fail, change things, or stay.
def fail(*args):
    raise LookupError("handler")


p = P.ParserCreate()
p.StartElementHandler = fail
show("failing handler", p.Parse, b("<a><b/></a>"), 1)
p = P.ParserCreate()
p.CharacterDataHandler = fail
p.buffer_text = 1
show("failing text", p.Parse, b("<a>text</a>"), 1)
p = P.ParserCreate()
seen = []


def change(name, attributes):
    seen.append(text(name))
    p.StartElementHandler = None
    p.EndElementHandler = lambda name: seen.append("end " + text(name))


p.StartElementHandler = change
show("changing", lambda: (p.Parse(b("<a><b/></a>"), 1), [s == s and len(s) for s in seen]))
p = P.ParserCreate()
p.StartElementHandler = lambda one: None
kind("few arguments", p.Parse, b("<a/>"), 1)
p = P.ParserCreate()
p.StartElementHandler = 5
kind("no handler", p.Parse, b("<a/>"), 1)
p = P.ParserCreate()
seen = []


def external(context, base, system, public):
    sub = p.ExternalEntityParserCreate(context)
    sub.StartElementHandler = lambda name, attributes: seen.append(text(name))
    seen.append(text((context, base, system, public)))
    sub.Parse(b("<inner/>"), 1)
    return 1


p.ExternalEntityRefHandler = external
show("external", p.Parse, b('<!DOCTYPE a [<!ENTITY e SYSTEM "file">]><a>&e;</a>'), 1)
print(seen)
p = P.ParserCreate()
p.ExternalEntityRefHandler = lambda *args: 0
kind("external refused", p.Parse, b('<!DOCTYPE a [<!ENTITY e SYSTEM "file">]><a>&e;</a>'), 1)
p = P.ParserCreate()
p.ExternalEntityRefHandler = lambda *args: None
kind("external None", p.Parse, b('<!DOCTYPE a [<!ENTITY e SYSTEM "file">]><a>&e;</a>'), 1)
kind("external no context", p.ExternalEntityParserCreate)
p = P.ParserCreate()
p.SetParamEntityParsing(2)
p.NotStandaloneHandler = lambda: 0
kind("not standalone", p.Parse, b('<!DOCTYPE a SYSTEM "x"><a/>'), 1)
seen = []
p = P.ParserCreate()
p.DefaultHandler = lambda data: seen.append(text(data))
p.Parse(b("<a b='1'>x<!-- c --></a>"), 1)
print("default", seen)
seen = []
p = P.ParserCreate()
p.DefaultHandlerExpand = lambda data: seen.append(text(data))
p.Parse(b("<a>x&amp;y</a>"), 1)
print("default expand", seen)
seen = []
p = P.ParserCreate()
p.StartElementHandler = lambda name, attributes: seen.append((p.CurrentLineNumber,
        p.CurrentColumnNumber, p.CurrentByteIndex,
                                                               p.GetInputContext() is not None))
p.Parse(b("<a>\n <b/>\n  <c/></a>"), 1)
print("positions", seen)
seen = []
p = P.ParserCreate()
p.buffer_text = True
p.buffer_size = 10
p.CharacterDataHandler = lambda data: seen.append(len(data))
p.Parse(b("<a>") + b("0123456") * 5 + b("</a>"), 1)
print("buffer", seen, p.buffer_used)

# Lives.
class Keeper(object):
    def __init__(self):
        self.parser = P.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.count = 0

    def start(self, name, attributes):
        self.count += 1


k = Keeper()
k.parser.Parse(b("<a><b/><c/></a>"), 1)
print("keeper", k.count)
gone = weakref.ref(k)
del k
gc.collect()
print("cycle", gone() is None)
p = P.ParserCreate()
parse = p.Parse
p.StartElementHandler = log("StartElementHandler", seen)
del p
gc.collect()
show("method keeps it", lambda: (parse(b("<last/>"), 1),
        seen[-1] if not PY3 else seen[-1].encode("ascii")))
kind("weak", weakref.ref, P.ParserCreate())
kind("make", type(P.ParserCreate()))
kind("subclass", type, "Sub", (type(P.ParserCreate()),), {})


def drop(name, attributes):
    global p
    p = None
    gc.collect()


p = P.ParserCreate()
p.StartElementHandler = drop
show("dropped while parsing", p.Parse, b("<a><b/></a>"), 1)
print("table", type(P.expat_CAPI).__name__)
big = b("<r>") + b("<i n='1'>text</i>") * 5000 + b("</r>")
counts = [0, 0]


def count(name, attributes):
    counts[0] += 1
    counts[1] += len(attributes)


p = P.ParserCreate()
p.StartElementHandler = count
p.Parse(big, 1)
print("big", counts)
