/* formatter.c - the format method of str and unicode, and format specifications
 * of strings.
 *
 * Templates of both kinds are worked off as characters of four bytes; those of a
 * str stand for its bytes.  Objects format themselves (PyObject_Format). */

#include "config.h"
#include "strings27.h"

#include <stdlib.h>
#include <string.h>

/* A part of a template. */
struct span {
    const Py_UNICODE *at, *end;
};

/* The result while it grows. */
struct output {
    Py_UNICODE *text;
    Py_ssize_t used, room;
};

/* What one call of format works with. */
struct call {
    PyObject *args, *kwargs;
    int is_unicode;
    Py_ssize_t next;               /* the number of the next field without one */
    int is_automatic, is_manual;   /* how fields are numbered, once one is */
};

static int
put(struct output *output, const Py_UNICODE *text, Py_ssize_t length)
{
    if (length > output->room - output->used) {
        Py_ssize_t room = 2 * (output->used + length) + 64;
        Py_UNICODE *grown = room < PY_SSIZE_T_MAX / (Py_ssize_t)sizeof *grown
                                ? realloc(output->text, (size_t)room * sizeof *grown)
                                : NULL;
        if (grown == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        output->text = grown;
        output->room = room;
    }
    if (length > 0) {
        memcpy(output->text + output->used, text, (size_t)length * sizeof *text);
    }
    output->used += length;
    return 0;
}

/* Characters as an object of the template's kind. */
static PyObject *
make(const Py_UNICODE *text, Py_ssize_t length, int is_unicode)
{
    if (is_unicode) {
        return PyUnicode_FromUnicode(length > 0 ? text : NULL, length);
    }
    PyObject *string = PyString_FromStringAndSize(NULL, length);
    for (Py_ssize_t i = 0; string != NULL && i < length; i++) {
        PyString_AS_STRING(string)[i] = (char)text[i];
    }
    return string;
}

static PyObject *
make_span(struct span span, int is_unicode)
{
    return make(span.at, span.end - span.at, is_unicode);
}

/* The characters of a string of either kind, to be freed, or NULL with
 * MemoryError. */
static Py_UNICODE *
widen(PyObject *string, struct span *span)
{
    Py_ssize_t length = PyUnicode_Check(string) ? PyUnicode_GET_SIZE(string)
                                                : PyString_GET_SIZE(string);
    Py_UNICODE *text = malloc(((size_t)length + 1) * sizeof *text);
    if (text == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        text[i] = PyUnicode_Check(string) ? PyUnicode_AS_UNICODE(string)[i]
                                          : (unsigned char)PyString_AS_STRING(string)[i];
    }
    span->at = text;
    span->end = text + length;
    return text;
}

/* A number that is all of the span: -1 if it is none, -2 with an exception if it
 * is too big. */
static Py_ssize_t
read_index(struct span span)
{
    Py_ssize_t index = 0;
    if (span.at == span.end) {
        return -1;
    }
    for (; span.at < span.end; span.at++) {
        int digit = Py_UNICODE_TODECIMAL(*span.at);
        if (digit < 0) {
            return -1;
        }
        if (__builtin_mul_overflow(index, 10, &index)
            || __builtin_add_overflow(index, digit, &index)) {
            PyErr_SetString(PyExc_ValueError, "Too many decimal digits in format string");
            return -2;
        }
    }
    return index;
}

/* ---- Templates ---- */

struct field {
    struct span literal;
    int has_field, is_nested;
    struct span name, spec;
    Py_UNICODE conversion;
};

static int
fail(const char *message)
{
    PyErr_SetString(PyExc_ValueError, message);
    return -1;
}

/* What is between the braces. */
static int
parse_field(struct span field, struct field *parsed)
{
    parsed->name.at = field.at;
    while (field.at < field.end && *field.at != ':' && *field.at != '!') {
        field.at++;
    }
    parsed->name.end = field.at;
    parsed->conversion = 0;
    parsed->spec.at = parsed->spec.end = field.end;
    if (field.at == field.end) {
        return 0;
    }
    if (*field.at++ == '!') {
        if (field.at == field.end) {
            return fail("end of format while looking for conversion specifier");
        }
        parsed->conversion = *field.at++;
        if (field.at < field.end && *field.at++ != ':') {
            return fail("expected ':' after format specifier");
        }
    }
    parsed->spec.at = field.at;
    return 0;
}

/* The next literal text, and the field behind it, if there is one.  Returns 1, 0
 * at the end, -1 with an exception. */
static int
next_field(struct span *rest, struct field *parsed)
{
    memset(parsed, 0, sizeof *parsed);
    if (rest->at == rest->end) {
        return 0;
    }
    parsed->literal.at = rest->at;
    while (rest->at < rest->end && *rest->at != '{' && *rest->at != '}') {
        rest->at++;
    }
    parsed->literal.end = rest->at;
    if (rest->at == rest->end) {
        return 1;
    }
    Py_UNICODE brace = *rest->at++;
    int is_last = rest->at == rest->end;
    if (!is_last && *rest->at == brace) {
        parsed->literal.end = rest->at++; /* with one of the two */
        return 1;
    }
    if (brace == '}') {
        return fail("Single '}' encountered in format string");
    }
    if (is_last) {
        return fail("Single '{' encountered in format string");
    }
    struct span field = *rest;
    parsed->has_field = 1;
    for (int depth = 1; rest->at < rest->end; rest->at++) {
        if (*rest->at == '{') {
            parsed->is_nested = 1;
            depth++;
        }
        else if (*rest->at == '}' && --depth == 0) {
            field.end = rest->at++;
            return parse_field(field, parsed) < 0 ? -1 : 1;
        }
    }
    return fail("unmatched '{' in format");
}

/* The first part of a field's name; at is behind it afterwards. */
static struct span
first_name(struct span *name)
{
    struct span first = {name->at, name->at};
    while (name->at < name->end && *name->at != '.' && *name->at != '[') {
        name->at++;
    }
    first.end = name->at;
    return first;
}

/* The next attribute or item of a field's name.  Returns 1, 0 at the end, -1 with
 * an exception; index is -1 unless it is a number. */
static int
next_name(struct span *name, int *is_attribute, struct span *part, Py_ssize_t *index)
{
    if (name->at == name->end) {
        return 0;
    }
    Py_UNICODE kind = *name->at++;
    if (kind != '.' && kind != '[') {
        return fail("Only '.' or '[' may follow ']' in format field specifier");
    }
    *is_attribute = kind == '.';
    part->at = name->at;
    *index = -1;
    if (*is_attribute) {
        *part = first_name(name);
    }
    else {
        while (name->at < name->end && *name->at != ']') {
            name->at++;
        }
        if (name->at == name->end) {
            return fail("Missing ']' in format string");
        }
        part->end = name->at++;
        *index = read_index(*part);
        if (*index == -2) {
            return -1;
        }
    }
    if (part->at == part->end) {
        return fail("Empty attribute in format string");
    }
    return 1;
}

/* ---- Fields ---- */

/* The argument that a field begins with: a new reference. */
static PyObject *
get_argument(struct call *call, struct span first)
{
    Py_ssize_t index = read_index(first);
    int is_empty = first.at == first.end;
    if (index == -2) {
        return NULL;
    }
    if (is_empty || index >= 0) {
        if (is_empty ? call->is_manual : call->is_automatic) {
            PyErr_SetString(PyExc_ValueError,
                            is_empty ? "cannot switch from manual field specification to "
                                       "automatic field numbering"
                                     : "cannot switch from automatic field numbering to "
                                       "manual field specification");
            return NULL;
        }
        call->is_automatic |= is_empty;
        call->is_manual |= !is_empty;
        return PySequence_GetItem(call->args, is_empty ? call->next++ : index);
    }
    PyObject *key = make_span(first, call->is_unicode), *value = NULL;
    if (key == NULL) {
        return NULL;
    }
    if (call->kwargs != NULL) {
        value = PyDict_GetItem(call->kwargs, key);
    }
    if (value == NULL) {
        PyErr_SetObject(PyExc_KeyError, key);
    }
    else {
        Py_INCREF(value);
    }
    Py_DECREF(key);
    return value;
}

static PyObject *
get_part(PyObject *object, int is_attribute, struct span part, Py_ssize_t index, int is_unicode)
{
    PyObject *key, *value;
    if (index >= 0 && PySequence_Check(object)) {
        return PySequence_GetItem(object, index);
    }
    key = index >= 0 ? PyLong_FromSsize_t(index) : make_span(part, is_unicode);
    if (key == NULL) {
        return NULL;
    }
    value = is_attribute ? PyObject_GetAttr(object, key) : PyObject_GetItem(object, key);
    Py_DECREF(key);
    return value;
}

static PyObject *
get_object(struct call *call, struct span name)
{
    struct span first = first_name(&name), part;
    Py_ssize_t index;
    int is_attribute, status;
    PyObject *object = get_argument(call, first);
    while (object != NULL && (status = next_name(&name, &is_attribute, &part, &index)) != 0) {
        PyObject *inner = status < 0 ? NULL
                                     : get_part(object, is_attribute, part, index,
                                                call->is_unicode);
        Py_SETREF(object, inner);
    }
    return object;
}

static PyObject *
convert(PyObject *object, Py_UNICODE conversion, int is_unicode)
{
    switch (conversion) {
    case 'r':
        return PyObject_Repr(object);
    case 's':
        return is_unicode ? PyObject_Unicode(object) : PyObject_Str(object);
    default:
        return PyErr_Format(PyExc_ValueError,
                            conversion > 32 && conversion < 127
                                ? "Unknown conversion specifier %c"
                                : "Unknown conversion specifier \\x%x",
                            (int)conversion);
    }
}

/* Whether an object is formatted as its text: containers, None. */
static int
is_formatted_as_text(PyObject *object)
{
    return object == Py_None || PyList_CheckExact(object) || PyTuple_CheckExact(object)
           || PyDict_CheckExact(object);
}

/* A string by a specification of either kind. */
static PyObject *
format_text(PyObject *text, PyObject *spec)
{
    if (PyUnicode_Check(text)) {
        PyObject *unicode = PyUnicode_FromObject(spec), *made = NULL;
        if (unicode != NULL) {
            made = _PyUnicode_FormatAdvanced(text, PyUnicode_AS_UNICODE(unicode),
                                             PyUnicode_GET_SIZE(unicode));
            Py_DECREF(unicode);
        }
        return made;
    }
    char *characters;
    Py_ssize_t length;
    return PyString_AsStringAndSize(spec, &characters, &length) < 0
               ? NULL
               : _PyBytes_FormatAdvanced(text, characters, length);
}

/* What an object formats itself to, as a string of the template's kind. */
static PyObject *
format_object(PyObject *object, struct span spec, int is_unicode)
{
    PyObject *as_object = make_span(spec, is_unicode), *text = NULL;
    if (as_object == NULL) {
        return NULL;
    }
    if (PyString_CheckExact(object) || PyUnicode_CheckExact(object)) {
        text = format_text(object, as_object);
    }
    else if (is_formatted_as_text(object)) {
        PyObject *own = is_unicode ? PyObject_Unicode(object) : PyObject_Str(object);
        text = own != NULL ? format_text(own, as_object) : NULL;
        Py_XDECREF(own);
    }
    else {
        text = PyObject_Format(object, as_object);
    }
    Py_DECREF(as_object);
    if (text != NULL && (is_unicode ? !PyUnicode_Check(text) : !PyString_Check(text))) {
        Py_SETREF(text, is_unicode ? PyObject_Unicode(text) : PyObject_Str(text));
    }
    return text;
}

static int work_off(struct call *call, struct span template, int depth, struct output *output);

static int
put_field(struct call *call, const struct field *field, int depth, struct output *output)
{
    PyObject *object = get_object(call, field->name), *text = NULL;
    struct output nested = {NULL, 0, 0};
    struct span spec = field->spec, characters;
    int status = -1;
    if (object != NULL && field->conversion != 0) {
        Py_SETREF(object, convert(object, field->conversion, call->is_unicode));
    }
    if (object == NULL) {
        return -1;
    }
    if (!field->is_nested || work_off(call, spec, depth - 1, &nested) == 0) {
        if (field->is_nested) {
            spec.at = nested.text;
            spec.end = nested.text + nested.used;
        }
        text = format_object(object, spec, call->is_unicode);
    }
    if (text != NULL) {
        Py_UNICODE *wide = widen(text, &characters);
        if (wide != NULL) {
            status = put(output, wide, characters.end - wide);
            free(wide);
        }
    }
    free(nested.text);
    Py_XDECREF(text);
    Py_DECREF(object);
    return status;
}

/* Append what a template becomes.  depth: how many templates may still be in each
 * other.  Returns 0 or -1 with an exception. */
static int
work_off(struct call *call, struct span template, int depth, struct output *output)
{
    struct field field;
    int status;
    if (depth <= 0) {
        return fail("Max string recursion exceeded");
    }
    while ((status = next_field(&template, &field)) > 0) {
        if (put(output, field.literal.at, field.literal.end - field.literal.at) < 0
            || (field.has_field && put_field(call, &field, depth, output) < 0)) {
            return -1;
        }
    }
    return status;
}

PyObject *
py2abi_strings_format_method(PyObject *self, PyObject *args, PyObject *kwargs)
{
    struct call call = {.args = args, .kwargs = kwargs, .is_unicode = PyUnicode_Check(self)};
    struct output output = {NULL, 0, 0};
    struct span template;
    Py_UNICODE *wide = widen(self, &template);
    PyObject *made = NULL;
    if (wide == NULL) {
        return NULL;
    }
    if (work_off(&call, template, 2, &output) == 0) {
        made = make(output.text, output.used, call.is_unicode);
    }
    free(output.text);
    free(wide);
    return made;
}

/* ---- What the module string asks of templates ---- */

/* Append a tuple of items, which are taken over, to a list; a NULL fails. */
static int
append_tuple(PyObject *list, Py_ssize_t count, PyObject *const items[])
{
    PyObject *tuple = PyTuple_New(count);
    int failed = tuple == NULL;
    for (Py_ssize_t i = 0; i < count; i++) {
        failed |= items[i] == NULL;
        if (tuple == NULL) {
            Py_XDECREF(items[i]);
        }
        else {
            PyTuple_SET_ITEM(tuple, i, items[i]);
        }
    }
    failed = failed || PyList_Append(list, tuple) < 0;
    Py_XDECREF(tuple);
    return failed ? -1 : 0;
}

static PyObject *
none(void)
{
    Py_RETURN_NONE;
}

/* An iterator over (literal, name, specification, conversion). */
PyObject *
py2abi_strings_parse_format(PyObject *self, PyObject *unused)
{
    struct span rest;
    struct field field;
    int status = -1, is_unicode = PyUnicode_Check(self);
    Py_UNICODE *wide = widen(self, &rest);
    PyObject *list = wide != NULL ? PyList_New(0) : NULL, *iterator = NULL;
    (void)unused;
    while (list != NULL && (status = next_field(&rest, &field)) > 0) {
        PyObject *items[] = {
            make_span(field.literal, is_unicode),
            field.has_field ? make_span(field.name, is_unicode) : none(),
            field.has_field ? make_span(field.spec, is_unicode) : none(),
            field.conversion != 0 ? make(&field.conversion, 1, is_unicode) : none(),
        };
        if (append_tuple(list, 4, items) < 0) {
            break;
        }
    }
    if (list != NULL && status == 0) {
        iterator = PyObject_GetIter(list);
    }
    Py_XDECREF(list);
    free(wide);
    return iterator;
}

/* The first part of a field's name, and an iterator over (is attribute, name or
 * number) of the others. */
PyObject *
py2abi_strings_split_field_name(PyObject *self, PyObject *unused)
{
    struct span name, part;
    Py_ssize_t index;
    int status = -1, is_attribute, is_unicode = PyUnicode_Check(self);
    Py_UNICODE *wide = widen(self, &name);
    PyObject *list = wide != NULL ? PyList_New(0) : NULL, *made = NULL;
    (void)unused;
    if (list != NULL) {
        struct span first = first_name(&name);
        while ((status = next_name(&name, &is_attribute, &part, &index)) > 0) {
            PyObject *items[] = {
                PyBool_FromLong(is_attribute),
                index >= 0 ? PyLong_FromSsize_t(index) : make_span(part, is_unicode),
            };
            if (append_tuple(list, 2, items) < 0) {
                status = -1;
                break;
            }
        }
        index = status == 0 ? read_index(first) : -2;
        if (index != -2) {
            PyObject *items[] = {
                index >= 0 ? PyLong_FromSsize_t(index) : make_span(first, is_unicode),
                PyObject_GetIter(list),
            };
            made = PyTuple_New(2);
            for (int i = 0; i < 2; i++) {
                if (made == NULL || items[i] == NULL) {
                    Py_XDECREF(items[i]);
                    Py_CLEAR(made);
                }
                else {
                    PyTuple_SET_ITEM(made, i, items[i]);
                }
            }
        }
    }
    Py_XDECREF(list);
    free(wide);
    return made;
}

/* ---- Format specifications ---- */

struct spec {
    Py_UNICODE fill, align, type;
    int has_sign, is_alternate, has_thousands;
    Py_ssize_t width, precision; /* -1: none */
};

static int
is_align(Py_UNICODE c)
{
    return c == '<' || c == '>' || c == '=' || c == '^';
}

static int
read_size(struct span *rest, Py_ssize_t *size)
{
    struct span digits = {rest->at, rest->at};
    while (rest->at < rest->end && Py_UNICODE_TODECIMAL(*rest->at) >= 0) {
        rest->at++;
    }
    digits.end = rest->at;
    *size = read_index(digits);
    return *size == -2 ? -1 : 0;
}

/* [[fill]align][sign][#][0][width][,][.precision][type] */
static int
parse_spec(struct span rest, struct spec *spec)
{
    *spec = (struct spec){.fill = ' ', .align = '<', .type = 's', .width = -1, .precision = -1};
    int has_align = 0, has_fill = 0;
    if (rest.end - rest.at >= 2 && is_align(rest.at[1])) {
        spec->fill = rest.at[0];
        spec->align = rest.at[1];
        has_align = has_fill = 1;
        rest.at += 2;
    }
    else if (rest.at < rest.end && is_align(rest.at[0])) {
        spec->align = *rest.at++;
        has_align = 1;
    }
    if (rest.at < rest.end && (*rest.at == '+' || *rest.at == '-' || *rest.at == ' ')) {
        spec->has_sign = 1;
        rest.at++;
    }
    if (rest.at < rest.end && *rest.at == '#') {
        spec->is_alternate = 1;
        rest.at++;
    }
    if (rest.at < rest.end && *rest.at == '0' && !has_fill) {
        spec->fill = '0';
        if (!has_align) {
            spec->align = '=';
        }
        rest.at++;
    }
    if (read_size(&rest, &spec->width) < 0) {
        return -1;
    }
    if (rest.at < rest.end && *rest.at == ',') {
        spec->has_thousands = 1;
        rest.at++;
    }
    if (rest.at < rest.end && *rest.at == '.') {
        rest.at++;
        if (read_size(&rest, &spec->precision) < 0) {
            return -1;
        }
        if (spec->precision == -1) {
            return fail("Format specifier missing precision");
        }
    }
    if (rest.end - rest.at > 1) {
        return fail("Invalid conversion specification");
    }
    if (rest.at < rest.end) {
        spec->type = *rest.at;
    }
    if (spec->has_thousands && strchr("defgEG%F", (int)(spec->type & 0x7f)) == NULL) {
        PyErr_Format(PyExc_ValueError, "Cannot specify ',' with '%c'.", (int)spec->type);
        return -1;
    }
    return 0;
}

static PyObject *
format_string(PyObject *string, struct span text, int is_unicode)
{
    struct spec spec;
    if (parse_spec(text, &spec) < 0) {
        return NULL;
    }
    if (spec.type != 's') {
        return PyErr_Format(PyExc_ValueError,
                            !is_unicode || (spec.type > 32 && spec.type < 128)
                                ? "Unknown format code '%c' for object of type '%.200s'"
                                : "Unknown format code '\\x%x' for object of type '%.200s'",
                            (int)spec.type, Py_TYPE(string)->tp_name);
    }
    if (spec.has_sign || spec.is_alternate || spec.align == '=') {
        fail(spec.has_sign       ? "Sign not allowed in string format specifier"
             : spec.is_alternate ? "Alternate form (#) not allowed in string format specifier"
                                 : "'=' alignment not allowed in string format specifier");
        return NULL;
    }
    struct span characters;
    Py_UNICODE *wide = widen(string, &characters);
    if (wide == NULL) {
        return NULL;
    }
    Py_ssize_t length = characters.end - characters.at;
    if (spec.precision >= 0 && length > spec.precision) {
        length = spec.precision;
    }
    Py_ssize_t margin = spec.width > length ? spec.width - length : 0;
    Py_ssize_t left = spec.align == '>' ? margin : spec.align == '^' ? margin / 2 : 0;
    PyObject *made = is_unicode ? PyUnicode_FromUnicode(NULL, length + margin)
                                : PyString_FromStringAndSize(NULL, length + margin);
    for (Py_ssize_t i = 0; made != NULL && i < length + margin; i++) {
        Py_UNICODE c = i >= left && i < left + length ? wide[i - left] : spec.fill;
        if (is_unicode) {
            PyUnicode_AS_UNICODE(made)[i] = c;
        }
        else {
            PyString_AS_STRING(made)[i] = (char)c;
        }
    }
    free(wide);
    return made;
}

PyObject *
_PyBytes_FormatAdvanced(PyObject *object, char *text, Py_ssize_t length)
{
    if (length == 0) {
        return PyObject_Str(object);
    }
    PyObject *string = PyString_FromStringAndSize(text, length), *made = NULL;
    struct span spec;
    Py_UNICODE *wide = string != NULL ? widen(string, &spec) : NULL;
    if (wide != NULL) {
        made = format_string(object, spec, 0);
    }
    free(wide);
    Py_XDECREF(string);
    return made;
}

PyObject *
_PyUnicode_FormatAdvanced(PyObject *object, Py_UNICODE *text, Py_ssize_t length)
{
    if (length == 0) {
        return PyObject_Unicode(object);
    }
    return format_string(object, (struct span){text, text + length}, 1);
}
