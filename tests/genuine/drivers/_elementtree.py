# _elementtree: elements as sequences and trees, the builder and the parser, iterparse's events.
import copy
import gc
import tempfile
import weakref

E = module
Element, SubElement = E.Element, E.SubElement


class Name(object):
    """Something that can be referred to weakly."""


def told(label, function, *args, **kwargs):
    """Errors of expat are the library's SyntaxError: its type and place count."""
    try:
        result = function(*args, **kwargs)
    except SyntaxError as error:
        print("%s: syntax error %s" % (label, error))
    except Exception as error:
        print("%s: %s: %s" % (label, type(error).__name__, message(error)))
    else:
        print("%s: %s" % (label, value(result)))


def attributes(d):
    """Names are text in Python 3."""
    return sorted((k.encode("latin-1") if type(k) is not bytes else k, v) for k, v in d.items())


def tree(e):
    """An element as a tuple."""
    return (e.tag, attributes(e.attrib), e.text, e.tail, [tree(c) for c in e])


# Elements.
e = Element(b("tag"), {b("a"): b("1")}, b=b("2"))
print("element", type(e).__name__, type(e) is type(Element(b("x"))))
told("parts", lambda: (e.tag, e.attrib[b("a")], e.text, e.tail, len(e)))
told("keyword attribute", lambda: sorted(str(k if type(k) is str else k.decode()) for k in e.attrib) == ["a", "b"])
told("text", lambda: (setattr(e, "text", b("some")), e.text, setattr(e, "tail", u("t\xe9")), e.tail))
told("tag", lambda: (setattr(e, "tag", u("other")), e.tag, setattr(e, "tag", b("tag"))))
told("append", lambda: (e.append(Element(b("c1"))), e.append(Element(b("c2"))), len(e), [c.tag for c in e]))
told("SubElement", lambda: (SubElement(e, b("c3"), {b("k"): b("v")}).attrib, len(e), e[2].tag))
told("index", lambda: (e[0].tag, e[-1].tag))
told("index beyond", lambda: e[10])
told("index text", lambda: e[b("x")])
told("slice", lambda: ([c.tag for c in e[:2]], [c.tag for c in e[1:]], [c.tag for c in e[::2]], e[5:]))
told("put", lambda: (e.__setitem__(0, Element(b("new"))), e[0].tag))
told("put slice", lambda: (e.__setitem__(slice(0, 2), [Element(b("x")), Element(b("y")), Element(b("z"))]), [c.tag for c in e]))
told("put no sequence", lambda: e.__setitem__(slice(0, 2), 5))
told("delete", lambda: (e.__delitem__(0), [c.tag for c in e]))
told("delete slice", lambda: (e.__delitem__(slice(0, 2)), [c.tag for c in e]))
told("delete beyond", lambda: e.__delitem__(10))
told("insert", lambda: (e.insert(0, Element(b("first"))), e.insert(-1, Element(b("i"))), [c.tag for c in e]))
told("extend", lambda: (e.extend([Element(b("p")), Element(b("q"))]), len(e)))
told("remove", lambda: (e.remove(e[0]), [c.tag for c in e]))
told("remove what is not there", e.remove, Element(b("no")))
for bad in (None, 5, b("x"), []):
    kind("append %s" % name_of(bad), e.append, bad)
    kind("insert %s" % name_of(bad), e.insert, 0, bad)
    kind("remove %s" % name_of(bad), e.remove, bad)
    kind("SubElement of %s" % name_of(bad), SubElement, bad, b("x"))
kind("extend 5", e.extend, 5)
kind("extend of 5", e.extend, [5])
kind("Element()", Element)
kind("Element of no dictionary", Element, b("x"), 5)
told("get", lambda: (e.get(b("a")), e.get(b("no")), e.get(b("no"), 5)))
told("set", lambda: (e.set(b("new"), b("value")), e.get(b("new"))))
told("keys", lambda: (len(e.keys()), attributes(dict(e.items()))))
kind("get()", e.get)
kind("set(1)", e.set, 1)
told("find", lambda: (e.find(b("p")).tag, e.find(b("nothing"))) if not PY3 else (e.find("p") or b("p"), None))
told("clear", lambda: (e.clear(), len(e), e.text, e.tail, e.attrib, e.tag))
told("truth", lambda: (bool(e), e.append(Element(b("x"))), bool(e)))
told("makeelement", lambda: tree(e.makeelement(b("made"), {b("k"): b("v")})))
told("repr", lambda: repr(Element(b("t"))).startswith("<Element 't' at"))
kind("attribute", setattr, e, "x", 1)
kind("no attribute", lambda: e.nothing)
kind("compare", lambda: e == Element(b("tag")))
deep = Element(b("root"))
for n in range(3):
    child = SubElement(deep, b("child"))
    child.text = b("t%d" % n)
    SubElement(child, b("leaf")).tail = b("end")
told("iter", lambda: [x.tag for x in deep.iter()])
told("iter tag", lambda: [x.text for x in deep.iter(b("child"))])
told("itertext", lambda: list(deep.itertext()))
told("getiterator", lambda: len(list(deep.getiterator())))
told("getchildren", lambda: len(deep.getchildren()))
told("copy", lambda: tree(copy.copy(deep)) == tree(deep) and copy.copy(deep)[0] is deep[0])
told("deepcopy", lambda: (tree(copy.deepcopy(deep)) == tree(deep), copy.deepcopy(deep)[0] is deep[0]))

# The builder.
t = E.TreeBuilder()
told("build", lambda: (t.start(b("a"), {}), t.data(b("text")), t.start(b("b"), {b("k"): b("v")}), t.end(b("b")), t.data(u("\xe9")), t.end(b("a")))[0].tag)
told("built", lambda: tree(t.close()))
told("close nothing", lambda: E.TreeBuilder().close())
kind("end of nothing", E.TreeBuilder().end, b("x"))
kind("start()", E.TreeBuilder().start)
kind("start of no dictionary", E.TreeBuilder().start, b("x"), 5)
kind("TreeBuilder of two", E.TreeBuilder, 1, 2)

# The parser.
XML = b("<?xml version='1.0'?><root a='1'>text<b>in &amp; out</b>tail<c/><d x='\xc3\xa9'>\xc3\xa9</d></root>")
told("XML", lambda: tree(E.XML(XML)))
told("fromstring", lambda: E.fromstring(b("<a/>")).tag)
told("in pieces", lambda: (lambda p: ([p.feed(XML[n:n + 7]) for n in range(0, len(XML), 7)], tree(p.close()))[1])(E.XMLParser()))
told("namespaces", lambda: [x.tag for x in E.XML(b("<a xmlns='http://n'><b xmlns:p='http://p' p:k='v'/></a>")).iter()])
told("latin-1", lambda: E.XML(b("<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>")).text)
told("entity", lambda: E.XML(b("<a>&#233;&lt;&#x41;</a>")).text)
told("cdata", lambda: E.XML(b("<a><![CDATA[<x>]]></a>")).text)
told("comment", lambda: tree(E.XML(b("<a><!-- c --><?pi x?>t</a>"))))
for bad in ("", "<a>", "<a></b>", "no xml", "<a>&undefined;</a>", "<a/><b/>", "<a b='1' b='2'/>", "\xff"):
    told("wrong %d" % len(bad), lambda: E.XML(b(bad)))
for bad in (None, 5, []):
    kind("XML(%s)" % name_of(bad), E.XML, bad)
p = E.XMLParser()
told("feed after an error", lambda: p.feed(b("<a></b>")))
kind("then close", lambda: p.close())
kind("XMLParser of 5", lambda: type(E.XMLParser(5)) is not None)
kind("no encoding", lambda: E.XML(b("<?xml version='1.0' encoding='no-such'?><a/>")))


class Target(object):
    """What a user's target is told."""

    def __init__(self):
        self.told = []

    def start(self, tag, attrib):
        self.told.append((b("start"), tag, attributes(attrib)))

    def end(self, tag):
        self.told.append((b("end"), tag))

    def data(self, text):
        self.told.append((b("data"), text))

    def comment(self, text):
        self.told.append((b("comment"), text))

    def pi(self, target, data):
        self.told.append((b("pi"), target, data))

    def close(self):
        return self.told


told("target", lambda: (lambda p: (p.feed(b("<a k='v'>t<!--c--><?pi d?><b/></a>")), p.close())[1])(E.XMLParser(target=Target())))


class Fails(Target):
    def start(self, tag, attrib):
        raise KeyError("on purpose")


kind("target fails", lambda: E.XMLParser(target=Fails()).feed(b("<a/>")))
events = []
p = E.XMLParser(E.TreeBuilder())
p._setevents(events, (b("start"), b("end"), b("start-ns"), b("end-ns")))
p.feed(b("<a xmlns:p='http://p'><p:b/></a>"))
p.close()
told("events", lambda: [(name, x.tag if hasattr(x, "tag") else x) for name, x in events])
kind("events wrong", E.XMLParser(E.TreeBuilder())._setevents, [], (b("nothing"),))
kind("events no list", E.XMLParser(E.TreeBuilder())._setevents, 5)
f = tempfile.TemporaryFile()
f.write(XML)
f.seek(0)
told("parse", lambda: tree(E.parse(f).getroot()))
f.seek(0)
told("_parse", lambda: E.XMLParser()._parse(f).tag)
kind("_parse 5", E.XMLParser()._parse, 5)
f.close()

# Lives.
root = E.XML(b("<r>") + b("<i>x</i>") * 500 + b("</r>"))
children = [c for c in root][::100]
texts = [c.text for c in root]
del root
gc.collect()
told("children outlive", lambda: ([c.text for c in children], len(texts), set(texts)))
thing = Name()
gone = weakref.ref(thing)
e = Element(b("holds"))
e.text = thing
thing = None
gc.collect()
told("text is held", lambda: e.text is gone())
e.text = None
gc.collect()
told("and let go", lambda: gone() is None)
it = deep.iter()
next(it)
del deep
gc.collect()
told("iterator outlives", lambda: len(list(it)))
loop = Element(b("loop"))
loop.append(loop)
told("cycle", lambda: loop[0] is loop)
loop.remove(loop)
feed = E.XMLParser().feed
gc.collect()
told("method outlives", lambda: feed(b("<a>")))
many = Element(b("many"))
for n in range(1000):
    SubElement(many, b("i"), {b("n"): b("%d" % n)})
told("many", lambda: (len(many), many[999].get(b("n")), len(many[10:20])))
kind("delete every other", lambda: many.__delitem__(slice(None, None, 2)))
told("deleted", lambda: (many.__delitem__(slice(0, 500)), len(many), many[0].get(b("n"))))

# Iterators that its own Python code has made.
f = tempfile.TemporaryFile()
f.write(b("<a><b>x</b><c/></a>"))
f.seek(0)
told("iterparse", lambda: [(event, found.tag) for event, found in E.iterparse(f)])
f.seek(0)
events = E.iterparse(f, (b("start"), b("end")))
told("events", lambda: [event for event, found in events])
told("no more", lambda: list(events))
told("root", lambda: events.root.tag)
told("damaged", lambda: list(E.iterparse(tempfile.TemporaryFile())))
