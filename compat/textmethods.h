/* textmethods.h - the methods of str and unicode that differ only in what they are made of.
 *
 * Included once by stringobject.c and once by unicodeobject.c, after text.h; they define
 * before, beside what that wants,
 *
 *     TEXT_FIND_FORMAT(name)  the format of find, rfind, index and rindex
 *     TEXT_FILL, TEXT_FILL_CONVERTER  "c", or "O&" and what follows it: a fill character
 *     static Py_ssize_t TEXT(search)(self, part, start, end, direction)  where any part is:
 *         -1 if nowhere, -2 with an exception
 *     static Py_ssize_t TEXT(count_any)(self, part, start, end)  -1 with an exception
 *     static int TEXT(ends_at)(self, part, start, end, direction)  whether it begins
 *         (direction < 0) or ends with any part; -1 with an exception
 *     static PyObject *TEXT(strip_set)(self, set, sides, name)  set is not None; name is
 *         that of the method
 *     TEXT_ENCODE, TEXT_DECODE  functions (self, encoding, errors)
 *
 * They are static and called as the methods are; each returns a new reference, or NULL with
 * a guest exception. */

/* The arguments of find and its like.  Returns 0 with an exception. */
static int
parse_search(PyObject *args, const char *format, PyObject **part, Py_ssize_t *start,
             Py_ssize_t *end)
{
    PyObject *from = Py_None, *to = Py_None;
    *start = 0;
    *end = PY_SSIZE_T_MAX;
    return PyArg_ParseTuple(args, format, part, &from, &to)
           && (from == Py_None || _PyEval_SliceIndex(from, start))
           && (to == Py_None || _PyEval_SliceIndex(to, end));
}

static PyObject *
search(PyObject *self, PyObject *args, const char *format, int direction, int must)
{
    PyObject *part;
    Py_ssize_t start, end;
    if (!parse_search(args, format, &part, &start, &end)) {
        return NULL;
    }
    Py_ssize_t at = TEXT(search)(self, part, start, end, direction);
    if (at == -1 && must) {
        PyErr_SetString(PyExc_ValueError, "substring not found");
        return NULL;
    }
    return at < -1 ? NULL : PyInt_FromSsize_t(at);
}

static PyObject *
find(PyObject *self, PyObject *args)
{
    return search(self, args, TEXT_FIND_FORMAT("find"), 1, 0);
}

static PyObject *
rfind(PyObject *self, PyObject *args)
{
    return search(self, args, TEXT_FIND_FORMAT("rfind"), -1, 0);
}

static PyObject *
index_of(PyObject *self, PyObject *args)
{
    return search(self, args, TEXT_FIND_FORMAT("index"), 1, 1);
}

static PyObject *
rindex_of(PyObject *self, PyObject *args)
{
    return search(self, args, TEXT_FIND_FORMAT("rindex"), -1, 1);
}

static PyObject *
count(PyObject *self, PyObject *args)
{
    PyObject *part;
    Py_ssize_t start, end;
    if (!parse_search(args, "O|OO:count", &part, &start, &end)) {
        return NULL;
    }
    Py_ssize_t times = TEXT(count_any)(self, part, start, end);
    return times < 0 ? NULL : PyInt_FromSsize_t(times);
}

static PyObject *
match_any(PyObject *self, PyObject *args, const char *format, int direction)
{
    PyObject *part;
    Py_ssize_t start, end;
    int result = 0;
    if (!parse_search(args, format, &part, &start, &end)) {
        return NULL;
    }
    if (!PyTuple_Check(part)) {
        result = TEXT(ends_at)(self, part, start, end, direction);
        if (result < 0 && PyErr_ExceptionMatches(PyExc_TypeError)) {
            PyErr_Format(PyExc_TypeError, "%s first arg must be str, unicode, or tuple, not %s",
                         direction < 0 ? "startswith" : "endswith", Py_TYPE(part)->tp_name);
        }
    }
    else {
        for (Py_ssize_t i = 0; result == 0 && i < PyTuple_GET_SIZE(part); i++) {
            result = TEXT(ends_at)(self, PyTuple_GET_ITEM(part, i), start, end, direction);
        }
    }
    return result < 0 ? NULL : PyBool_FromLong(result);
}

static PyObject *
starts_with(PyObject *self, PyObject *args)
{
    return match_any(self, args, "O|OO:startswith", -1);
}

static PyObject *
ends_with(PyObject *self, PyObject *args)
{
    return match_any(self, args, "O|OO:endswith", 1);
}

static PyObject *
split_lines(PyObject *self, PyObject *args)
{
    int keep = 0;
    return PyArg_ParseTuple(args, "|i:splitlines", &keep) ? TEXT(split_lines)(self, keep) : NULL;
}

static PyObject *
strip_sides(PyObject *self, PyObject *args, const char *format, int sides)
{
    PyObject *set = NULL;
    if (!PyArg_ParseTuple(args, format, &set)) {
        return NULL;
    }
    return set == NULL || set == Py_None
               ? TEXT(strip)(self, sides, NULL, 0)
               : TEXT(strip_set)(self, set, sides, strchr(format, ':') + 1);
}

static PyObject *
strip(PyObject *self, PyObject *args)
{
    return strip_sides(self, args, "|O:strip", TEXT(LEFT) | TEXT(RIGHT));
}

static PyObject *
lstrip(PyObject *self, PyObject *args)
{
    return strip_sides(self, args, "|O:lstrip", TEXT(LEFT));
}

static PyObject *
rstrip(PyObject *self, PyObject *args)
{
    return strip_sides(self, args, "|O:rstrip", TEXT(RIGHT));
}

static PyObject *
pad(PyObject *self, PyObject *args, const char *format, int side)
{
    Py_ssize_t width;
    TEXT_CHAR fill = ' ';
    if (!PyArg_ParseTuple(args, format, &width, TEXT_FILL_CONVERTER &fill)) {
        return NULL;
    }
    Py_ssize_t margin = width > TEXT_LENGTH(self) ? width - TEXT_LENGTH(self) : 0;
    return side < 0   ? TEXT(pad)(self, 0, margin, fill)
           : side > 0 ? TEXT(pad)(self, margin, 0, fill)
                      : TEXT(center)(self, width, fill);
}

static PyObject *
ljust(PyObject *self, PyObject *args)
{
    return pad(self, args, "n|" TEXT_FILL ":ljust", -1);
}

static PyObject *
rjust(PyObject *self, PyObject *args)
{
    return pad(self, args, "n|" TEXT_FILL ":rjust", 1);
}

static PyObject *
center(PyObject *self, PyObject *args)
{
    return pad(self, args, "n|" TEXT_FILL ":center", 0);
}

static PyObject *
zfill(PyObject *self, PyObject *args)
{
    Py_ssize_t width;
    return PyArg_ParseTuple(args, "n:zfill", &width) ? TEXT(zfill)(self, width) : NULL;
}

static PyObject *
expand_tabs(PyObject *self, PyObject *args)
{
    int width = 8;
    return PyArg_ParseTuple(args, "|i:expandtabs", &width) ? TEXT(expand_tabs)(self, width) : NULL;
}

#define MAPS(method, function)                                                                    \
    static PyObject *method(PyObject *self, PyObject *unused)                                     \
    {                                                                                             \
        (void)unused;                                                                             \
        return TEXT(map)(self, TEXT(function));                                                   \
    }
MAPS(lower, lower_to)
MAPS(upper, upper_to)
MAPS(swapcase, swap_case_to)
MAPS(capitalize, capitalize_to)
MAPS(title, title_to)

#define TELLS(method, function)                                                                   \
    static PyObject *method(PyObject *self, PyObject *unused)                                     \
    {                                                                                             \
        (void)unused;                                                                             \
        return PyBool_FromLong(function(TEXT_DATA(self), TEXT_LENGTH(self)));                     \
    }
TELLS(tell_lower, TEXT(is_lower))
TELLS(tell_upper, TEXT(is_upper))
TELLS(tell_title, TEXT(is_title))
TELLS(tell_space, TEXT(is_space))
TELLS(tell_alpha, TEXT(is_alpha))
TELLS(tell_alnum, TEXT(is_alnum))
TELLS(tell_digit, TEXT(is_digit))

static PyObject *
code(PyObject *self, PyObject *args, PyObject *kwargs, const char *format, const char *error,
     PyObject *(*function)(PyObject *, const char *, const char *))
{
    static char encoding_name[] = "encoding", errors_name[] = "errors";
    static char *keywords[] = {encoding_name, errors_name, NULL};
    char *encoding = NULL, *errors = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, format, keywords, &encoding, &errors)) {
        return NULL;
    }
    PyObject *made = function(self, encoding, errors);
    if (made != NULL && !PyString_Check(made) && !PyUnicode_Check(made)) {
        PyErr_Format(PyExc_TypeError, error, Py_TYPE(made)->tp_name);
        Py_CLEAR(made);
    }
    return made;
}

static PyObject *
encode(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return code(self, args, kwargs, "|ss:encode",
                "encoder did not return a string/unicode object (type=%.400s)", TEXT_ENCODE);
}

static PyObject *
decode(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return code(self, args, kwargs, "|ss:decode",
                "decoder did not return a string/unicode object (type=%.400s)", TEXT_DECODE);
}

#define WITH_KEYWORDS(function) ((PyCFunction)(void (*)(void))(function))
