/* The methods of str and unicode, called by their C functions: out of tp_methods,
 * with the conventions that the flags there tell. */

#include "../texts.h"

static PyObject *
call(PyObject *self, const char *name, PyObject *args)
{
    PyMethodDef *method = Py_TYPE(self)->tp_methods;
    while (strcmp(method->ml_name, name) != 0) {
        method++;
    }
    if (method->ml_flags & METH_KEYWORDS) {
        return ((PyCFunctionWithKeywords)(void (*)(void))method->ml_meth)(self, args, NULL);
    }
    if (method->ml_flags == METH_NOARGS) {
        return method->ml_meth(self, NULL);
    }
    return method->ml_meth(self, method->ml_flags == METH_O ? PyTuple_GET_ITEM(args, 0) : args);
}

/* What is tried on the str and, as u'...', on the unicode of the same text. */
static const struct {
    const char *self, *method, *args;
} both[] = {
    {"''", "lower", "()"}, {"'aBc-Def'", "lower", "()"}, {"'aBc-Def'", "upper", "()"},
    {"'aBc-Def'", "swapcase", "()"}, {"'aBC-dEF'", "capitalize", "()"},
    {"'aBC-dEF gh1i'", "title", "()"}, {"''", "title", "()"}, {"'1a b'", "title", "()"},
    {"'abc'", "islower", "()"}, {"'aBc'", "islower", "()"}, {"'1'", "islower", "()"},
    {"'1a'", "islower", "()"}, {"''", "islower", "()"}, {"'ABC'", "isupper", "()"},
    {"'ABc'", "isupper", "()"}, {"'A1'", "isupper", "()"}, {"''", "isupper", "()"},
    {"'Ab Cd'", "istitle", "()"}, {"'Ab cd'", "istitle", "()"}, {"'ABc'", "istitle", "()"},
    {"'1A'", "istitle", "()"}, {"''", "istitle", "()"},
    {"' \\t\\n\\r\\x0b\\x0c'", "isspace", "()"},
    {"''", "isspace", "()"}, {"' a'", "isspace", "()"}, {"'\\x1c'", "isspace", "()"},
    {"'abc'", "isalpha", "()"}, {"'ab1'", "isalpha", "()"}, {"''", "isalpha", "()"},
    {"'ab1'", "isalnum", "()"}, {"'ab-'", "isalnum", "()"}, {"'123'", "isdigit", "()"},
    {"'12a'", "isdigit", "()"}, {"''", "isdigit", "()"},

    {"'abcabc'", "find", "('bc',)"}, {"'abcabc'", "find", "('bc', 2)"},
    {"'abcabc'", "find", "('bc', 2, 5)"}, {"'abcabc'", "find", "('bc', -2)"},
    {"'abcabc'", "find", "('',)"}, {"'abc'", "find", "('', 3)"}, {"'abc'", "find", "('', 4)"},
    {"'abc'", "find", "('x',)"}, {"'abc'", "find", "('abcd',)"}, {"'abc'", "find", "(3,)"},
    {"'abc'", "find", "('b', None, None)"}, {"'abc'", "find", "('b', None, -2)"},
    {"'abc'", "find", "('b', 10L, 99999999999999999999L)"}, {"'abc'", "find", "('b', 'x')"},
    {"'abc'", "find", "()"}, {"'aab'", "find", "('ab',)"}, {"'abc'", "find", "(u'c',)"},
    {"'abcabc'", "rfind", "('bc',)"}, {"'abcabc'", "rfind", "('bc', 0, 5)"},
    {"'abcabc'", "rfind", "('',)"}, {"'abcabc'", "rfind", "('', 1, 2)"},
    {"'abc'", "rfind", "('x',)"}, {"'abc'", "rfind", "(u'a',)"},
    {"'abc'", "index", "('c',)"}, {"'abc'", "index", "('x',)"}, {"'abc'", "rindex", "('a',)"},
    {"'abc'", "rindex", "('x',)"}, {"'abc'", "index", "(None,)"},
    {"'aaaa'", "count", "('aa',)"}, {"'aaaa'", "count", "('',)"},
    {"'aaaa'", "count", "('a', 1, 3)"},
    {"'aaaa'", "count", "('', 5)"}, {"'aaaa'", "count", "('b',)"}, {"'aaaa'", "count", "(u'a',)"},
    {"'aaaa'", "count", "(3,)"},
    {"'abc'", "startswith", "('ab',)"}, {"'abc'", "startswith", "('b',)"},
    {"'abc'", "startswith", "('b', 1)"}, {"'abc'", "startswith", "('abc', 0, 2)"},
    {"'abc'", "startswith", "('',)"}, {"'abc'", "startswith", "('', 4)"},
    {"'abc'", "startswith", "(('x', 'a'),)"}, {"'abc'", "startswith", "((),)"},
    {"'abc'", "startswith", "(('x', 3),)"}, {"'abc'", "startswith", "(3,)"},
    {"'abc'", "startswith", "(u'a',)"}, {"'abc'", "endswith", "('bc',)"},
    {"'abc'", "endswith", "('b', 0, 2)"}, {"'abc'", "endswith", "('abcd',)"},
    {"'abc'", "endswith", "('',)"}, {"'abc'", "endswith", "('', 9)"},
    {"'abc'", "endswith", "(('x', u'c'),)"}, {"'abc'", "endswith", "(None,)"},
    {"'abc'", "endswith", "('bc', -2)"}, {"'abc'", "endswith", "('abc', -2)"},

    {"'abcabc'", "replace", "('b', 'XX')"}, {"'abcabc'", "replace", "('b', 'XX', 1)"},
    {"'abcabc'", "replace", "('b', '', -1)"}, {"'abcabc'", "replace", "('b', 'X', 0)"},
    {"'abc'", "replace", "('', '-')"}, {"'abc'", "replace", "('', '-', 2)"},
    {"''", "replace", "('', '-')"}, {"''", "replace", "('a', '-')"},
    {"'abc'", "replace", "('', '')"}, {"'aaa'", "replace", "('aa', 'b')"},
    {"'abc'", "replace", "('bc', 'x')"}, {"'abc'", "replace", "('b', u'x')"},
    {"'abc'", "replace", "(u'b', 'x')"}, {"'abc'", "replace", "('b', 3)"},
    {"'abc'", "replace", "(3, 'b')"}, {"'abc'", "replace", "('b', 'x', 'y')"},

    {"' a b  c '", "split", "()"}, {"' a b  c '", "split", "(None, 1)"},
    {"' a b  c '", "split", "(None, 0)"}, {"'  '", "split", "()"}, {"''", "split", "()"},
    {"'a,b,,c'", "split", "(',',)"}, {"'a,b,,c'", "split", "(',', 2)"},
    {"'a,b,,c'", "split", "(',', 0)"}, {"''", "split", "(',',)"}, {"'a::b:c'", "split", "('::',)"},
    {"'a,b'", "split", "('',)"}, {"'a,b'", "split", "(3,)"}, {"'a,b'", "split", "(u',',)"},
    {"'a\\x1cb'", "split", "()"}, {"'abc'", "split", "()"}, {"'abc'", "split", "(',',)"},
    {"' a b  c '", "rsplit", "()"}, {"' a b  c '", "rsplit", "(None, 1)"},
    {"' a b  c '", "rsplit", "(None, 0)"}, {"'a,b,,c'", "rsplit", "(',',)"},
    {"'a,b,,c'", "rsplit", "(',', 2)"}, {"'a::b::c'", "rsplit", "('::', 1)"},
    {"'a,b'", "rsplit", "('',)"}, {"'a,b'", "rsplit", "(u',', 1)"}, {"'aaa'", "rsplit", "('aa',)"},
    {"'a\\nb\\r\\nc\\rd'", "splitlines", "()"}, {"'a\\nb\\r\\nc\\rd'", "splitlines", "(1,)"},
    {"'a\\n\\n'", "splitlines", "()"}, {"''", "splitlines", "()"}, {"'\\n'", "splitlines", "(1,)"},
    {"'a\\x0bb\\x0cc\\x1cd\\x85e'", "splitlines", "()"}, {"'a'", "splitlines", "('x',)"},
    {"'a-b-c'", "partition", "('-',)"}, {"'a-b-c'", "partition", "('x',)"},
    {"'a-b-c'", "partition", "('',)"}, {"'a-b-c'", "partition", "(u'-',)"},
    {"'a-b-c'", "partition", "(3,)"}, {"'a-b-c'", "rpartition", "('-',)"},
    {"'a-b-c'", "rpartition", "('x',)"}, {"'a-b-c'", "rpartition", "('',)"},
    {"'a-b-c'", "rpartition", "(u'x',)"},

    {"' \\tabc\\n '", "strip", "()"}, {"' \\tabc\\n '", "lstrip", "()"},
    {"' \\tabc\\n '", "rstrip", "()"}, {"'xyabcyx'", "strip", "('xy',)"},
    {"'xyabcyx'", "lstrip", "('xy',)"}, {"'xyabcyx'", "rstrip", "('xy',)"},
    {"'abc'", "strip", "('',)"}, {"'abc'", "strip", "(None,)"}, {"'abc'", "strip", "(u'a',)"},
    {"'abc'", "strip", "(3,)"}, {"'abc'", "lstrip", "(3,)"}, {"'xxx'", "strip", "('x',)"},
    {"'abc'", "ljust", "(6,)"}, {"'abc'", "ljust", "(6, '*')"}, {"'abc'", "ljust", "(2,)"},
    {"'abc'", "rjust", "(6,)"}, {"'abc'", "rjust", "(6, '*')"}, {"'abc'", "rjust", "(-2,)"},
    {"'abc'", "center", "(6,)"}, {"'abc'", "center", "(7, '*')"}, {"'ab'", "center", "(5, '*')"},
    {"'abc'", "center", "(6, '**')"}, {"'abc'", "center", "(6, 3)"}, {"'abc'", "center", "()"},
    {"'abc'", "ljust", "(-9223372036854775808L,)"}, {"'abc'", "center", "(-9223372036854775808L,)"},
    {"'abc'", "zfill", "(-9223372036854775808L,)"}, {"'abc'", "rjust", "(9223372036854775807L,)"},
    {"'42'", "zfill", "(5,)"}, {"'-42'", "zfill", "(5,)"}, {"'+42'", "zfill", "(2,)"},
    {"''", "zfill", "(3,)"}, {"'a'", "zfill", "('x',)"},
    {"'a\\tbc\\td\\n\\te'", "expandtabs", "()"}, {"'a\\tbc\\td\\n\\te'", "expandtabs", "(4,)"},
    {"'a\\tbc'", "expandtabs", "(0,)"}, {"'a\\tbc'", "expandtabs", "(-1,)"},
    {"'a'", "expandtabs", "('x',)"},

    {"'-'", "join", "(['a', 'b', 'c'],)"}, {"'-'", "join", "([],)"}, {"'-'", "join", "(['a'],)"},
    {"'-'", "join", "(('a', u'b'),)"}, {"'-'", "join", "(['a', 3],)"}, {"'-'", "join", "(3,)"},
    {"'-'", "join", "('abc',)"}, {"''", "join", "(['a', 'b'],)"}, {"'-'", "join", "([u'a'],)"},
    {"'-'", "join", "(['', ''],)"}, {"'-'", "join", "([3],)"}, {"'-'", "join", "(u'xyz',)"},

    {"'abc'", "encode", "('utf-8',)"}, {"'abc'", "encode", "()"}, {"'abc'", "encode", "('hex',)"},
    {"'abc'", "encode", "('utf-16-le',)"}, {"'abc'", "encode", "('nothing-of-this',)"},
    {"'abc'", "encode", "(3,)"}, {"'abc'", "encode", "('base64',)"},
    {"'616263'", "decode", "('hex',)"}, {"'abc'", "decode", "()"},
    {"'abc'", "decode", "('ascii',)"},
    {"'abc'", "decode", "('latin-1', 'strict')"}, {"'abc'", "decode", "('nothing-of-this',)"},
    {"'a+AOk-b'", "decode", "('utf-7',)"}, {"'\\\\x41\\\\u0041'", "decode", "('unicode_escape',)"},
    {"'abc'", "__getnewargs__", "()"}, {"'abc'", "__sizeof__", "()"},
    {"'abc'", "__format__", "('',)"}, {"'abc'", "__format__", "('>5',)"},
    {"'abc'", "__format__", "(u'*^6',)"}, {"'abc'", "__format__", "(3,)"},
};

static const struct {
    const char *self, *method, *args;
} one[] = {
    {"'abcabc'", "translate", "(None, 'b')"}, {"'abcabc'", "translate", "(None, 'x')"},
    {"'abc'", "translate", "('x',)"}, {"'abc'", "translate", "(None,)"},
    {"'abc'", "translate", "(3,)"},
    {"'abc'", "translate", "(None, u'b')"}, {"'abc'", "translate", "({97: u'x'},)"},
    {"'abc'", "translate", "()"},
    {"u'abc'", "translate", "({97: u'xyz', 98: None, 99: 100},)"},
    {"u'abc'", "translate", "({97: 3.5},)"}, {"u'abc'", "translate", "({},)"},
    {"u'a\\u1234c'", "translate", "({0x1234: u'-'},)"},
    {"'\\xe9a'", "upper", "()"}, {"'\\xe9A'", "lower", "()"}, {"'\\xe9'", "isalpha", "()"},
    {"u'\\xe9\\xdf\\u0149\\u01c6\\u01c5\\u0130\\u1f80\\ufb01'", "upper", "()"},
    {"u'\\xc9\\xdf\\u0149\\u01c4\\u01c5\\u0130\\u1f88\\ufb01'", "lower", "()"},
    {"u'\\xe9\\xdf \\u0149a \\u01c6 \\u01c4 \\u0130 \\u1f80a \\ufb01'", "title", "()"},
    {"u'\\xe9A\\xdfb\\u01c5'", "swapcase", "()"}, {"u'\\u01c6ABC'", "capitalize", "()"},
    {"u'\\u01c5'", "istitle", "()"}, {"u'\\u01c5a'", "islower", "()"},
    {"u'A\\u01c5'", "isupper", "()"},
    {"u'\\xa0\\u2003\\x1c'", "isspace", "()"}, {"u'\\u0661\\u0662'", "isdecimal", "()"},
    {"u'\\u0661\\xb2'", "isdecimal", "()"}, {"u'\\u0661\\xb2'", "isdigit", "()"},
    {"u'\\xbd\\u2155'", "isnumeric", "()"}, {"u'\\xbda'", "isalnum", "()"},
    {"u'\\xe9\\u4e00'", "isalpha", "()"}, {"u'a\\u2028b\\x85c'", "splitlines", "()"},
    {"u'a\\xa0b\\u2003 c'", "split", "()"}, {"u'\\u2003abc\\xa0'", "strip", "()"},
    {"u'\\u1234ab'", "find", "('a',)"}, {"u'\\u1234ab'", "find", "(u'\\u1234',)"},
    {"'ab'", "find", "(u'\\u1234',)"}, {"'ab'", "count", "(u'\\u1234',)"},
    {"u'a\\u1234a\\u1234'", "replace", "(u'\\u1234', '-')"},
    {"u'a\\u1234a\\u1234'", "rsplit", "(u'\\u1234', 1)"},
    {"u'a\\u1234a\\u1234'", "rfind", "(u'a\\u1234',)"},
    {"u'abc'", "center", "(7, u'\\u1234')"}, {"u'abc'", "ljust", "(5, '')"},
    {"u'-'", "join", "(['a', '\\xff'],)"}, {"u'-'", "join", "([u'\\u1234', 'a'],)"},
    {"u'\\u1234'", "join", "(['a', 'b'],)"}, {"'\\xff'", "join", "(['a', u'b'],)"},
    {"'\\xff'", "find", "(u'a',)"}, {"'\\xff'", "replace", "(u'a', 'b')"},
    {"u'\\xe9'", "encode", "('latin-1',)"}, {"u'\\u1234'", "encode", "('latin-1',)"},
    {"u'\\u1234'", "encode", "('latin-1', 'replace')"},
    {"u'\\u1234'", "encode", "('ascii', 'ignore')"},
    {"u'\\u1234'", "encode", "('ascii', 'xmlcharrefreplace')"},
    {"u'\\u1234'", "encode", "('ascii', 'backslashreplace')"},
    {"u'\\u1234'", "encode", "('ascii', 'no-such-handler')"},
    {"u'\\u1234'", "encode", "('utf-8',)"},
    {"'\\xe1\\x88\\xb4'", "decode", "('utf-8',)"}, {"'\\xe1'", "decode", "('utf-8',)"},
    {"'\\xe1a'", "decode", "('utf-8', 'replace')"}, {"'\\xe9'", "decode", "('ascii', 'ignore')"},
    {"'\\xe9'", "decode", "('latin-1',)"}, {"'a\\n\\x00\\xff'", "encode", "('string_escape',)"},
    {"'a\\\\n\\\\x00'", "decode", "('string_escape',)"},
    {"'\\\\x0'", "decode", "('string_escape',)"},
};

static void
try(const char *self_text, const char *name, const char *args_text)
{
    PyObject *self = value_of(self_text), *args = value_of(args_text);
    say("%s.%s%s = ", self_text, name, args_text);
    say_object(call(self, name, args));
    say("\n");
    Py_DECREF(self);
    Py_DECREF(args);
}

static PyObject *
run(PyObject *module, PyObject *unused)
{
    char text[300];
    int i;
    for (i = 0; i < COUNT(both); i++) {
        try(both[i].self, both[i].method, both[i].args);
        snprintf(text, sizeof text, "u%s", both[i].self);
        /* The names that unicode has not: nothing to compare. */
        try(text, both[i].method, both[i].args);
    }
    for (i = 0; i < COUNT(one); i++) {
        try(one[i].self, one[i].method, one[i].args);
    }
    return finish();
}

MODULE(string_methods)
