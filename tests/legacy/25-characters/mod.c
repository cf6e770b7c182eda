/* What characters are, by the macros of the headers: ASCII ones from tables, others
 * by functions.  Characters that Unicode has changed since 5.2 are left out. */

#include "../texts.h"

static void
say_character(Py_UNICODE c)
{
    say("%x: %d%d%d%d%d%d%d%d%d%d %d %d %g %x %x %x\n", c, Py_UNICODE_ISSPACE(c) != 0,
        Py_UNICODE_ISLOWER(c) != 0, Py_UNICODE_ISUPPER(c) != 0, Py_UNICODE_ISTITLE(c) != 0,
        Py_UNICODE_ISLINEBREAK(c) != 0, Py_UNICODE_ISDECIMAL(c) != 0, Py_UNICODE_ISDIGIT(c) != 0,
        Py_UNICODE_ISNUMERIC(c) != 0, Py_UNICODE_ISALPHA(c) != 0, Py_UNICODE_ISALNUM(c) != 0,
        Py_UNICODE_TODECIMAL(c), Py_UNICODE_TODIGIT(c), Py_UNICODE_TONUMERIC(c),
        Py_UNICODE_TOLOWER(c), Py_UNICODE_TOUPPER(c), Py_UNICODE_TOTITLE(c));
}

static PyObject *
run(PyObject *module, PyObject *unused)
{
    static const Py_UNICODE more[] = {
        0x130, 0x131, 0x149, 0x17f, 0x1c4, 0x1c5, 0x1c6, 0x1f0, 0x390, 0x3a3, 0x3c2, 0x3c3, 0x3b0,
        0x410, 0x430, 0x587, 0x660, 0x661, 0x6f9, 0x966, 0xbf0, 0x1680, 0x1e96, 0x1e9e, 0x1f50,
        0x1f80,
        0x1f88, 0x1faf, 0x1fb3, 0x1fb4, 0x1fbc, 0x1fe4, 0x1fe5, 0x1fec, 0x1ff3, 0x1ffc, 0x2000,
        0x2028,
        0x2029, 0x202f, 0x205f, 0x2070, 0x2155, 0x2460, 0x3000, 0x3007, 0x4e00, 0x4e8c,
        0x5341, 0xac00, 0xd800, 0xdfff, 0xe000, 0xfb00, 0xfb06, 0xfb13, 0xfb17, 0xfeff, 0xff10,
        0xff21,
        0xff41, 0xfffd, 0xffff, 0x10400, 0x10428, 0x1d7ce, 0x20000, 0xe0001, 0x10ffff,
    };
    static const int wide[] = {0xaa, 0xba, 0xb5, 0xff};
    int c, i;
    for (c = 0; c < 256; c++) {
        say("%x: %d%d%d%d%d%d%d %x %x\n", c, Py_ISLOWER(c) != 0, Py_ISUPPER(c) != 0,
            Py_ISALPHA(c) != 0,
            Py_ISDIGIT(c) != 0, Py_ISXDIGIT(c) != 0, Py_ISALNUM(c) != 0, Py_ISSPACE(c) != 0,
            Py_TOLOWER(c), Py_TOUPPER(c));
    }
    for (c = 0; c < 0x250; c++) {
        /* These two have become letters of another kind. */
        if (c != wide[0] && c != wide[1]) {
            if (c < 0x180 || c == 0x1c5) {
                say_character((Py_UNICODE)c);
            }
        }
    }
    for (i = 0; i < COUNT(more); i++) {
        say_character(more[i]);
    }
    return finish();
}

MODULE(characters)
