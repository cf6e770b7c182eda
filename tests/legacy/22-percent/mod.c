/* The % operator of str and unicode. */

#include "../texts.h"

static const struct {
    const char *format, *values;
} cases[] = {
    {"''", "()"}, {"'abc'", "()"}, {"'abc'", "{}"}, {"'abc'", "[]"}, {"'abc'", "3"},
    {"'abc'", "(3,)"},
    {"'%s'", "'x'"}, {"'%s %s'", "('x', 3)"}, {"'%s'", "('x', 3)"}, {"'%s %s'", "('x',)"},
    {"'%s'", "None"}, {"'%s'", "u'x'"}, {"'%s %s'", "('a', u'x')"}, {"'%d %s %d'", "(1, u'x', 2)"},
    {"'%r %r'", "('a\\'', u'\\u1234')"},
    {"'%.2s|%5s|%-5s|%5.1s|'", "('abc', 'abc', 'abc', 'abc')"},
    {"'%.3r|%8r|'", "('abcd', 'ab')"}, {"'%s'", "[1, 2]"}, {"'%s'", "(1.5,)"},
    {"'%%'", "()"}, {"'%5%|%-5%|%05%|'", "()"}, {"'100%'", "()"}, {"'%'", "3"}, {"'%5'", "3"},
    {"'%.'", "3"}, {"'%-'", "3"}, {"'%l'", "3"}, {"'%y'", "3"}, {"'ab%y'", "3"}, {"'%\\x01'", "3"},
    {"'%d'", "3"}, {"'%i'", "3"}, {"'%u'", "-3"}, {"'%d'", "True"}, {"'%d'", "3.99"},
    {"'%d'", "-3.99"},
    {"'%d'", "12345678901234567890L"}, {"'%d'", "1e30.0"}, {"'%d'", "'3'"}, {"'%d'", "None"},
    {"'%x'", "'3'"}, {"'%i'", "'3'"}, {"'%d'", "nan.0"}, {"'%d'", "inf.0"}, {"'%d'", "[1]"},
    {"'%5d|%-5d|%05d|%+d|% d|%+5d|%-+5d|'", "(3, 3, 3, 3, 3, 3, 3)"},
    {"'%5d|%-5d|%05d|%+d|% d|%+5d|%-+5d|'", "(-3, -3, -3, -3, -3, -3, -3)"},
    {"'%.3d|%5.3d|%-5.3d|%05.3d|%+.3d|'", "(3, 3, 3, 3, 3)"}, {"'%.0d|%.0x|%.0o|'", "(0, 0, 0)"},
    {"'%.0d|%.0x|%.0o|'", "(0L, 0L, 0L)"}, {"'%-05d|% 05d|'", "(3, 3)"},
    {"'%x %X %o %#x %#X %#o'", "(255, 255, 8, 255, 255, 8)"},
    {"'%x %X %o %#x %#X %#o'", "(255L, 255L, 8L, 255L, 255L, 8L)"},
    {"'%x %X %o %#x %#X %#o'", "(-255, -255, -8, -255, -255, -8)"},
    {"'%x %X %o %#x %#X %#o'", "(-255L, -255L, -8L, -255L, -255L, -8L)"},
    {"'%#x %#X %#o'", "(0, 0, 0)"}, {"'%#x %#X %#o'", "(0L, 0L, 0L)"},
    {"'%8x|%08x|%-8x|%#8x|%#08x|%-#8x|'", "(255, 255, 255, 255, 255, 255)"},
    {"'%#.5x|%#.5o|%+#x|% #x|%+#8.4x|'", "(255, 255, 255, 255, 255)"},
    {"'%#.5x|%#.5o|%+#x|% #x|%+#8.4x|'", "(255L, 255L, 255L, 255L, 255L)"},
    {"'%x'", "123456789012345678901234567890L"}, {"'%o'", "-123456789012345678901234567890L"},
    {"'%.40d'", "123456789012345678901234567890L"}, {"'%x'", "3.7"},
    {"'%ld %hd %Ld'", "(1, 2, 3)"}, {"'%lld'", "1"},
    {"'%f %F %e %E %g %G'", "(1.5, 1.5, 1.5, 1.5, 1.5, 1.5)"},
    {"'%.0f|%.2f|%10.3f|%-10.3f|%010.3f|%+f|% f|%#.0f|'",
        "(2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5)"},
    {"'%.0f|%.2f|%10.3f|%-10.3f|%010.3f|%+f|% f|%#.0f|'",
     "(-2.5, -2.5, -2.5, -2.5, -2.5, -2.5, -2.5, -2.5)"},
    {"'%f %F %e %g %5.1f|%05.1f|'", "(nan.0, nan.0, nan.0, nan.0, nan.0, nan.0)"},
    {"'%f %F %e %g %+f|%010f|'", "(inf.0, inf.0, -inf.0, inf.0, inf.0, inf.0)"},
    {"'%f'", "3"}, {"'%f'", "3L"}, {"'%f'", "True"}, {"'%f'", "'x'"}, {"'%f'", "None"},
    {"'%g'", "u'x'"},
    {"'%.60f'", "0.1"}, {"'%f'", "1e300.0"}, {"'%g'", "1e300.0"}, {"'%#g'", "1.5"},
    {"'%.3g'", "1234567.0"},
    {"'%c%c'", "(65, 'b')"}, {"'%5c|%-5c|%05c|'", "(65, 65, 65)"}, {"'%c'", "256"}, {"'%c'", "-1"},
    {"'%c'", "'ab'"}, {"'%c'", "''"}, {"'%c'", "3.0"}, {"'%c'", "None"}, {"'%c'", "u'a'"},
    {"'%c'", "u'\\u1234'"}, {"'%c'", "u'ab'"}, {"'%c'", "255"}, {"'%c'", "65L"}, {"'%c'", "[]"},
    {"'%*d|%-*d|%.*f|%*.*f|'", "(5, 3, 5, 3, 2, 3.14159, 8, 3, 3.14159)"}, {"'%*d|'", "(-5, 3)"},
    {"'%.*d|'", "(-5, 3)"}, {"'%*d'", "('x', 3)"}, {"'%*d'", "(3L, 3)"}, {"'%*d'", "(5,)"},
    {"'%.*d'", "(5,)"},
    {"'%99999999999999999999d'", "3"}, {"'%.99999999999999999999d'", "3"},
    {"'%(a)s %(b)d'", "{'a': 'x', 'b': 3}"}, {"'%(a)s %(b)d'", "{'a': u'x', 'b': 3}"},
    {"'%(a)s'", "3"}, {"'%(a)s'", "(3,)"}, {"'%(a)s'", "'abc'"}, {"'%(a'", "{'a': 3}"},
    {"'%(a)'", "{'a': 3}"}, {"'%((a))s'", "{'(a)': 3}"}, {"'%(a)s%%'", "{'a': 3}"},
    {"'%(a)s %s'", "{'a': 3}"},
    {"'%s %(a)s'", "{'a': 3}"}, {"'%(a)5.1f|%(a)-5d|'", "{'a': 3}"}, {"'%(a)*d'", "{'a': 3}"},
    {"'%(1)s'", "{'1': u'x'}"}, {"'%()s'", "{'': 3}"}, {"'%(a)c'", "{'a': 65}"},
    {"'a%sb%sc'", "(u'\\u1234', 'x')"}, {"'%s %*d %s'", "('x', 5, 3, u'y')"},
    {"'%*s|'", "(5, u'x')"},
    {"'\\xff%s'", "u'x'"}, {"'%s %s'", "('\\xff', u'x')"}, {"'%s'", "'\\xff'"},
};

static void
try(const char *format_text, const char *values_text)
{
    PyObject *format = value_of(format_text), *values = value_of(values_text);
    say("%s %% %s = ", format_text, values_text);
    say_object(PyUnicode_Check(format) ? PyUnicode_Format(format, values)
                                       : PyString_Format(format, values));
    say("\n");
    Py_DECREF(format);
    Py_DECREF(values);
}

/* A str of its own, which is unicode, or no string at all. */
static PyObject *odd_result;

static PyObject *
odd_str(PyObject *self)
{
    Py_INCREF(odd_result);
    return odd_result;
}

static PyTypeObject odd_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    "odd", sizeof(PyObject),
};

static PyObject *
run(PyObject *module, PyObject *unused)
{
    static const char *const results[] = {"'text'", "u'\\u1234'", "3"};
    char text[200];
    int i;
    for (i = 0; i < COUNT(cases); i++) {
        try(cases[i].format, cases[i].values);
        snprintf(text, sizeof text, "u%s", cases[i].format);
        try(text, cases[i].values);
    }
    try("'%(a)s'", "{'b': 3}");
    try("u'%\\u1234'", "3");
    try("u'%(\\u1234)s'", "{u'\\u1234': 3}");
    try("u'\\u1234%c'", "0x10ffff");
    try("u'%c'", "0x110000");
    odd_type.ob_type = &PyType_Type;
    odd_type.tp_flags |= Py_TPFLAGS_DEFAULT; /* It may be ready. */
    odd_type.tp_str = odd_type.tp_repr = odd_str;
    if (PyType_Ready(&odd_type) == 0) {
        PyObject *odd = (PyObject *)PyObject_New(PyObject, &odd_type);
        PyObject *str = PyString_FromString("a%sb"), *unicode = PyUnicode_FromString("a%sb");
        for (i = 0; i < COUNT(results); i++) {
            odd_result = value_of(results[i]);
            say("str %s: ", results[i]);
            say_object(PyString_Format(str, odd));
            say(" ");
            say_object(PyUnicode_Format(unicode, odd));
            say("\n");
            Py_DECREF(odd_result);
        }
        Py_DECREF(odd);
        Py_DECREF(str);
        Py_DECREF(unicode);
    }
    say_object(PyString_Format(NULL, Py_None));
    say(" ");
    say_object(PyString_Format(Py_None, Py_None));
    say(" ");
    say_object(PyUnicode_Format(Py_None, Py_None));
    say("\n");
    return finish();
}

MODULE(percent)
