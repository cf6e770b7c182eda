# _Redland: a SWIG wrapper of the RDF library librdf; pointers, callbacks, what is refused.
import gc

R = module


def pointer(x):
    return type(x).__name__ in ("SwigPyObject", "PySwigObject")


w = R.librdf_new_world()
print("world", type(w).__name__, repr(w).split(" at ")[0].split(" of type")[0], pointer(w))
show("open", R.librdf_world_open, w)
s = R.librdf_new_storage(w, b("memory"), b("test"), b(""))
m = R.librdf_new_model(w, s, b(""))
print("made", pointer(s), pointer(m), bool(s), s == s, s != m)
kind("hash", hash, s)


def node(uri):
    return R.librdf_new_node_from_uri_string(w, b(uri))


def literal(value_):
    return R.librdf_new_node_from_literal(w, b(value_), None, 0)


for n in range(5):
    statement = R.librdf_new_statement_from_nodes(w, node("http://e/s%d" % n), node("http://e/p"), literal("lit%d" % n))
    show("add", R.librdf_model_add_statement, m, statement)
show("size", R.librdf_model_size, m)
show("contains", R.librdf_model_contains_statement, m, statement)
show("remove", lambda: (R.librdf_model_remove_statement(m, statement), R.librdf_model_size(m)))


def found():
    query = R.librdf_new_statement_from_nodes(w, None, node("http://e/p"), None)
    stream, out = R.librdf_model_find_statements(m, query), []
    while not R.librdf_stream_end(stream):
        row = R.librdf_stream_get_object(stream)
        out.append((R.librdf_node_get_literal_value(R.librdf_statement_get_object(row)),
                    R.librdf_node_to_string(R.librdf_statement_get_subject(row))))
        R.librdf_stream_next(stream)
    R.librdf_free_stream(stream)
    return sorted(out)


show("found", found)
u1 = R.librdf_new_uri(w, b("http://e/x"))
show("uri", lambda: (R.librdf_uri_to_string(u1), R.librdf_uri_equals(u1, R.librdf_new_uri(w, b("http://e/x"))), R.librdf_uri_equals(u1, R.librdf_new_uri(w, b("http://e/y")))))
show("node kinds", lambda: (R.librdf_node_is_resource(node("http://e/x")), R.librdf_node_is_literal(literal("x")), R.librdf_node_is_blank(literal("x"))))
show("language", lambda: R.librdf_node_get_literal_value_language(R.librdf_new_node_from_literal(w, b("x"), b("en"), 0)))
show("beyond ASCII", lambda: R.librdf_node_get_literal_value(literal("\xc3\xa9")))
show("equal", lambda: (R.librdf_node_equals(literal("a"), literal("a")), R.librdf_node_equals(literal("a"), literal("b"))))

# What is refused.
show("a number for a pointer", R.librdf_new_model, w, 5, b(""))
show("another pointer", R.librdf_model_size, w)
show("str for a pointer", R.librdf_model_size, b("x"))
show("too few", R.librdf_new_node_from_uri_string, w)
show("too many", R.librdf_new_node_from_uri_string, w, b("x"), b("y"))
show("a number for a str", R.librdf_new_node_from_uri_string, w, 5)
show("a list for a str", R.librdf_new_node_from_uri_string, w, [])
show("str for a number", R.librdf_new_node_from_literal, w, b("x"), None, b("y"))
show("float for a number", R.librdf_new_node_from_literal, w, b("x"), None, 1.5)
show("huge for a number", R.librdf_new_node_from_literal, w, b("x"), None, 2 ** 80)
kind("attribute", setattr, w, "x", 1)
kind("no attribute", lambda: w.nothing)
kind("call", lambda: w())
show("pointer's methods", lambda: (type(w.own()) in (int, bool), int(w) != 0, type(w.next()) is type(None)))
show("compare", lambda: (w == 5, s == w))

# Lives.
own = [literal("kept%d" % n) for n in range(100)]
values = [R.librdf_node_get_literal_value(x) for x in own]
del own
gc.collect()
show("values outlive", lambda: (values[0], values[-1], len(set(values))))
for n in range(200):
    node("http://e/%d" % n)
gc.collect()
show("many", lambda: len([node("http://e/%d" % n) for n in range(100)]))
new_node = R.librdf_new_node_from_uri_string
del R, module
gc.collect()
show("function outlives", lambda: pointer(new_node(w, b("http://e/z"))))
