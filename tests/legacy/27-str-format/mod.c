/* str.format and unicode.format, called by the C functions in tp_methods. */

#include "../texts.h"

static PyMethodDef *
find(PyTypeObject *type, const char *name)
{
    PyMethodDef *method = type->tp_methods;
    while (strcmp(method->ml_name, name) != 0) {
        method++;
    }
    return method;
}

static const struct {
    const char *template, *args, *kwargs;
} cases[] = {
    {"''", "()", NULL}, {"'abc'", "()", NULL}, {"'{{}}'", "()", NULL}, {"'{{{0}}}'", "(5,)", NULL},
    {"'{}'", "('x',)", NULL}, {"'{} {}'", "('x', 'y')", NULL},
    {"'{0} {1} {0}'", "('x', 'y')", NULL},
    {"'{a} {b}'", "()", "{'a': 'x', 'b': 'y'}"}, {"'{0} {a}'", "('x',)", "{'a': 'y'}"},
    {"'{'", "()", NULL}, {"'}'", "()", NULL}, {"'a{'", "()", NULL}, {"'a}b'", "()", NULL},
    {"'{0'", "('x',)", NULL}, {"'{0!r'", "('x',)", NULL}, {"'{0{}'", "('x',)", NULL},
    {"'{}{0}'", "('x',)", NULL}, {"'{0}{}'", "('x', 'y')", NULL}, {"'{}'", "()", NULL},
    {"'{1}'", "('x',)", NULL},
    {"'{99999999999999999999}'", "('x',)", NULL},
    {"'{0!r} {0!s} {0}'", "('a\\'b',)", NULL}, {"'{0!r:>8}|{0!s:<5}|'", "('ab',)", NULL},
    {"'{0!x}'", "('x',)", NULL}, {"'{0!}'", "('x',)", NULL}, {"'{0!rx}'", "('x',)", NULL},
    {"'{!r}'", "('x',)", NULL},
    {"'{0[0]} {0[2]}'", "(['a', 'b', 'c'],)", NULL}, {"'{0[a]}'", "({'a': 'x'},)", NULL},
    {"'{0[a][1]}'", "({'a': 'xyz'},)", NULL},
    {"'{0[5]}'", "(['a'],)", NULL}, {"'{0[}'", "(['a'],)", NULL}, {"'{0[]}'", "(['a'],)", NULL},
    {"'{0.}'", "(['a'],)", NULL},
    {"'{0[0]x}'", "(['a'],)", NULL}, {"'{[0]}'", "(['a'],)", NULL},
    {"'{a[0]}'", "()", "{'a': ['x']}"},
    {"'{0:{1}}|'", "('x', '>5')", NULL}, {"'{0:{1}{2}}|'", "('x', '>', 5)", NULL},
    {"'{:{}}|'", "('x', '^5')", NULL},
    {"'{0:{1:{2}}}'", "('x', '5', '6')", NULL}, {"'{0:{a}}|'", "('x',)", "{'a': '*<4'}"},
    {"'{:5}|{:<5}|{:>5}|{:^5}|{:*^6}|'", "('x', 'x', 'x', 'x', 'xy')", NULL},
    {"'{:.2}|{:5.2}|{:>5.1s}|{:s}|'", "('abc', 'abc', 'abc', 'abc')", NULL},
    {"'{:0<5}|{:<05}|'", "('x', 'y')", NULL},
    {"'{:05}'", "('x',)", NULL}, {"'{:=5}'", "('x',)", NULL}, {"'{:+}'", "('x',)", NULL},
    {"'{: }'", "('x',)", NULL},
    {"'{:#}'", "('x',)", NULL}, {"'{:,}'", "('x',)", NULL}, {"'{:d}'", "('x',)", NULL},
    {"'{:5.1fx}'", "('x',)", NULL},
    {"'{:.}'", "('x',)", NULL}, {"'{:99999999999999999999}'", "('x',)", NULL},
    {"'{:\\x01}'", "('x',)", NULL},
    {"'{} {} {} {}'", "(1, 2.5, None, [1, 'a'])", NULL}, {"'{}'", "(u'x',)", NULL},
    {"'{!r}'", "(u'\\u1234',)", NULL},
    {"'{0.real}'", "(3,)", NULL}, {"'{0.nothing}'", "('x',)", NULL},
    {"'{}'", "(123456789012345678901L,)", NULL},
};

static void
try(const char *template_text, const char *args_text, const char *kwargs_text)
{
    PyObject *template = value_of(template_text), *args = value_of(args_text),
        *kwargs = value_of(kwargs_text);
    PyMethodDef *method = find(Py_TYPE(template), "format");
    say("%s.format%s%s = ", template_text, args_text, kwargs_text != NULL ? kwargs_text : "");
    say_object(((PyCFunctionWithKeywords)(void (*)(void))method->ml_meth)(template, args, kwargs));
    say("\n");
    Py_DECREF(template);
    Py_DECREF(args);
    Py_XDECREF(kwargs);
}

static void
say_items(PyObject *iterator)
{
    PyObject *item;
    if (iterator == NULL) {
        say_error();
        return;
    }
    while ((item = PyIter_Next(iterator)) != NULL) {
        say_object(item);
        say(" ");
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred()) {
        say_error();
    }
}

static PyObject *
run(PyObject *module, PyObject *unused)
{
    static const char *const templates[] = {"'a{0.x[1]}b{c!r:>{d}}d'", "''", "'{}'", "u'a{b:c}'"};
    static const char *const names[] = {"'a.x[1].z[b]'", "'0'", "'12.a'", "u'a[\\u1234]'"};
    char text[200];
    int i;
    for (i = 0; i < COUNT(cases); i++) {
        try(cases[i].template, cases[i].args, cases[i].kwargs);
        snprintf(text, sizeof text, "u%s", cases[i].template);
        try(text, cases[i].args, cases[i].kwargs);
    }
    try("'{a}'", "()", NULL);
    try("'{a}'", "()", "{'b': 3}");
    try("u'{:*^5}|{a}'", "('x',)", "{'a': u'\\u1235'}");
    try("u'{}'", "('\\xff',)", NULL);
    for (i = 0; i < COUNT(templates); i++) {
        PyObject *template = value_of(templates[i]);
        say("%s: ", templates[i]);
        say_items(find(Py_TYPE(template), "_formatter_parser")->ml_meth(template, NULL));
        say("\n");
        Py_DECREF(template);
    }
    for (i = 0; i < COUNT(names); i++) {
        PyObject *name = value_of(names[i]), *pair;
        pair = find(Py_TYPE(name), "_formatter_field_name_split")->ml_meth(name, NULL);
        say("%s: ", names[i]);
        if (pair == NULL) {
            say_error();
        }
        else {
            say_value(PyTuple_GET_ITEM(pair, 0));
            say(" ");
            Py_INCREF(PyTuple_GET_ITEM(pair, 1));
            say_items(PyTuple_GET_ITEM(pair, 1));
            Py_DECREF(pair);
        }
        say("\n");
        Py_DECREF(name);
    }
    return finish();
}

MODULE(str_format)
