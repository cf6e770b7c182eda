/* percent.h - the % operator of str and unicode, for characters of either width.
 *
 * Included after text.h, with its macros.  The file that includes it defines
 *
 *     TEXT(convert)(value, conversion)  what %s, %r and %c insert: a new reference
 *                             to a string of this kind, NULL with a guest exception,
 *                             or Py_NotImplemented (borrowed): only unicode can
 *     TEXT_FLOAT_ERROR        the message for what is no number, where %.200s is
 *                             its type's name, or NULL to keep the error
 *     TEXT_SHOWN(c)           the character as messages show it */

/* A string while it grows.  Once it has failed nothing more happens to it. */
struct TEXT(builder) {
    TEXT_CHAR *text;
    Py_ssize_t used, room;
    int failed;
};

static inline TEXT_CHAR *
TEXT(extend)(struct TEXT(builder) *builder, Py_ssize_t size)
{
    if (builder->failed) {
        return NULL;
    }
    if (size > builder->room - builder->used) {
        Py_ssize_t room;
        if (__builtin_add_overflow(builder->used, size, &room)
            || room > PY_SSIZE_T_MAX / 2 / (Py_ssize_t)sizeof(TEXT_CHAR) - 64) {
            builder->failed = 1;
            PyErr_NoMemory();
            return NULL;
        }
        room = 2 * room + 64;
        TEXT_CHAR *grown = realloc(builder->text, (size_t)room * sizeof *grown);
        if (grown == NULL) {
            builder->failed = 1;
            PyErr_NoMemory();
            return NULL;
        }
        builder->text = grown;
        builder->room = room;
    }
    builder->used += size;
    return builder->text + builder->used - size;
}

static inline void
TEXT(append)(struct TEXT(builder) *builder, const TEXT_CHAR *text, Py_ssize_t size)
{
    TEXT_CHAR *room = TEXT(extend)(builder, size);
    if (room != NULL) {
        TEXT(copy)(room, text, size);
    }
}

static inline void
TEXT(append_ascii)(struct TEXT(builder) *builder, const char *text, Py_ssize_t size)
{
    TEXT_CHAR *room = TEXT(extend)(builder, size);
    for (Py_ssize_t i = 0; room != NULL && i < size; i++) {
        room[i] = (TEXT_CHAR)(unsigned char)text[i];
    }
}

static inline void
TEXT(append_fill)(struct TEXT(builder) *builder, TEXT_CHAR c, Py_ssize_t times)
{
    TEXT_CHAR *room = times > 0 ? TEXT(extend)(builder, times) : NULL;
    for (Py_ssize_t i = 0; room != NULL && i < times; i++) {
        room[i] = c;
    }
}

static inline PyObject *
TEXT(build)(struct TEXT(builder) *builder)
{
    PyObject *made = builder->failed ? NULL
                     : builder->used > 0 ? TEXT_NEW(builder->text, builder->used)
                                         : TEXT_NEW(NULL, 0);
    free(builder->text);
    return made;
}

/* How far a format has been worked off. */
struct TEXT(format) {
    const TEXT_CHAR *start, *at, *end;
    PyObject *values;           /* as they were given */
    PyObject *mapping;          /* the same, or NULL if there are no keys to look up */
    PyObject *value;            /* what a key was looked up to, owned, or NULL */
    Py_ssize_t next, count;     /* of a tuple; a single value: -2 before, -1 after */
};

/* The next value, borrowed, or NULL with an exception. */
static inline PyObject *
TEXT(next_value)(struct TEXT(format) *format)
{
    if (format->value != NULL) {
        /* Of the key: it serves once. */
        if (format->next < format->count) {
            format->next++;
            return format->value;
        }
    }
    else if (format->count < 0) {
        if (format->next < format->count) {
            format->next++;
            return format->values;
        }
    }
    else if (format->next < format->count) {
        return PyTuple_GET_ITEM(format->values, format->next++);
    }
    PyErr_SetString(PyExc_TypeError, "not enough arguments for format string");
    return NULL;
}

/* (key): look it up.  at is behind the parenthesis. */
static inline int
TEXT(look_up)(struct TEXT(format) *format)
{
    const TEXT_CHAR *key = format->at;
    int depth = 1;
    if (format->mapping == NULL) {
        PyErr_SetString(PyExc_TypeError, "format requires a mapping");
        return -1;
    }
    for (; format->at < format->end && depth > 0; format->at++) {
        depth += *format->at == '(' ? 1 : *format->at == ')' ? -1 : 0;
    }
    if (depth > 0 || format->at == format->end) {
        PyErr_SetString(PyExc_ValueError, depth > 0 ? "incomplete format key"
                                                    : "incomplete format");
        return -1;
    }
    PyObject *name = TEXT_NEW(key, format->at - 1 - key);
    if (name == NULL) {
        return -1;
    }
    PyObject *value = PyObject_GetItem(format->mapping, name);
    Py_DECREF(name);
    Py_XSETREF(format->value, value);
    format->count = -1;
    format->next = -2;
    return value != NULL ? 0 : -1;
}

/* A number in the format, or * for one among the values. */
static inline int
TEXT(read_number)(struct TEXT(format) *format, int *number, const char *too_big)
{
    *number = 0;
    if (format->at < format->end && *format->at == '*') {
        PyObject *value = TEXT(next_value)(format);
        if (value == NULL) {
            return -1;
        }
        if (!PyInt_Check(value)) {
            PyErr_SetString(PyExc_TypeError, "* wants int");
            return -1;
        }
        *number = _PyInt_AsInt(value);
        format->at++;
        return *number == -1 && PyErr_Occurred() ? -1 : 0;
    }
    while (format->at < format->end && *format->at >= '0' && *format->at <= '9') {
        if (__builtin_mul_overflow(*number, 10, number)
            || __builtin_add_overflow(*number, (int)(*format->at - '0'), number)) {
            PyErr_SetString(PyExc_ValueError, too_big);
            return -1;
        }
        format->at++;
    }
    return 0;
}

/* One conversion; at is behind its %.  Returns 0, -1 with an exception, or 1 if
 * only unicode can do it: at and next are then as before it. */
static inline int
TEXT(format_one)(struct TEXT(format) *format, struct TEXT(builder) *builder)
{
    const TEXT_CHAR *start = format->at;
    Py_ssize_t next = format->next;
    int flags = 0, width = -1, precision = -1;
    if (format->at < format->end && *format->at == '(') {
        format->at++;
        if (TEXT(look_up)(format) < 0) {
            return -1;
        }
    }
    for (; format->at < format->end; format->at++) {
        TEXT_CHAR c = *format->at;
        int flag = c == '-'   ? PY2ABI_FLAG_LEFT
                   : c == '+' ? PY2ABI_FLAG_SIGN
                   : c == ' ' ? PY2ABI_FLAG_BLANK
                   : c == '#' ? PY2ABI_FLAG_ALTERNATE
                   : c == '0' ? PY2ABI_FLAG_ZERO
                              : 0;
        if (flag == 0) {
            break;
        }
        flags |= flag;
    }
    if (TEXT(read_number)(format, &width, "width too big") < 0) {
        return -1;
    }
    if (width < 0) {
        flags |= PY2ABI_FLAG_LEFT;
        width = width == INT_MIN ? INT_MAX : -width;
    }
    if (format->at < format->end && *format->at == '.') {
        format->at++;
        if (TEXT(read_number)(format, &precision, "prec too big") < 0) {
            return -1;
        }
        precision = precision < 0 ? 0 : precision;
    }
    if (format->at < format->end
        && (*format->at == 'h' || *format->at == 'l' || *format->at == 'L')) {
        format->at++;
    }
    if (format->at == format->end) {
        PyErr_SetString(PyExc_ValueError, "incomplete format");
        return -1;
    }
    TEXT_CHAR c = *format->at++;
    PyObject *value = NULL, *text = NULL; /* text: new, of this kind or ASCII characters */
    int is_number = 0;
    if (c != '%') {
        value = TEXT(next_value)(format);
        if (value == NULL) {
            return -1;
        }
    }
    switch (c) {
    case '%':
        text = PyString_FromString("%");
        break;
    case 's':
    case 'r':
    case 'c':
        text = TEXT(convert)(value, (int)c);
        if (text == Py_NotImplemented) {
            format->at = start;
            format->next = next;
            return 1;
        }
        break;
    case 'i':
    case 'd':
    case 'u':
    case 'o':
    case 'x':
    case 'X': {
        PyObject *integer = py2abi_strings_to_integer(value);
        if (integer == NULL) {
            PyErr_Format(PyExc_TypeError, "%%%c format: a number is required, not %.200s",
                         c == 'i' ? 'd' : (int)c, Py_TYPE(value)->tp_name);
            return -1;
        }
        text = py2abi_strings_format_integer(integer, flags, precision, c == 'i' ? 'd' : (int)c);
        Py_DECREF(integer);
        is_number = 1;
        break;
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        text = py2abi_strings_format_float(value, flags, precision, (int)c);
        if (text == NULL && TEXT_FLOAT_ERROR != NULL) {
            PyErr_Format(PyExc_TypeError, TEXT_FLOAT_ERROR, Py_TYPE(value)->tp_name);
        }
        is_number = 1;
        break;
    default:
        PyErr_Format(PyExc_ValueError, "unsupported format character '%c' (0x%x) at index %zd",
                     TEXT_SHOWN(c), (int)c, format->at - 1 - format->start);
        return -1;
    }
    if (text == NULL) {
        return -1;
    }

    /* What the characters are, and what comes before them. */
    int is_ascii = c == '%' || is_number;
    Py_ssize_t length = is_ascii ? PyString_GET_SIZE(text) : TEXT_LENGTH(text);
    const char *digits = is_ascii ? PyString_AS_STRING(text) : "";
    char prefix[3];
    int prefix_length = 0, skip = 0;
    if (is_number) {
        if (*digits == '-' || *digits == '+') {
            prefix[prefix_length++] = *digits;
            skip = 1;
        }
        else if (flags & (PY2ABI_FLAG_SIGN | PY2ABI_FLAG_BLANK)) {
            prefix[prefix_length++] = flags & PY2ABI_FLAG_SIGN ? '+' : ' ';
        }
        if (flags & PY2ABI_FLAG_ALTERNATE && (c == 'x' || c == 'X')) {
            prefix[prefix_length++] = digits[skip];
            prefix[prefix_length++] = digits[skip + 1];
            skip += 2;
        }
        length -= skip;
    }
    else if (precision >= 0 && length > precision && (c == 's' || c == 'r')) {
        length = precision;
    }
    Py_ssize_t fill = width - prefix_length - length;
    int zeros = is_number && flags & PY2ABI_FLAG_ZERO;
    if (!zeros && !(flags & PY2ABI_FLAG_LEFT)) {
        TEXT(append_fill)(builder, ' ', fill);
    }
    TEXT(append_ascii)(builder, prefix, prefix_length);
    if (zeros && !(flags & PY2ABI_FLAG_LEFT)) {
        TEXT(append_fill)(builder, '0', fill);
    }
    if (is_ascii) {
        TEXT(append_ascii)(builder, digits + skip, length);
    }
    else {
        TEXT(append)(builder, TEXT_DATA(text), length);
    }
    if (flags & PY2ABI_FLAG_LEFT) {
        TEXT(append_fill)(builder, ' ', fill);
    }
    Py_DECREF(text);
    if (builder->failed) {
        return -1;
    }
    if (format->mapping != NULL && format->next < format->count && c != '%') {
        PyErr_SetString(PyExc_TypeError, "not all arguments converted during string formatting");
        return -1;
    }
    return 0;
}

/* Work a format off.  Returns 0, -1 with an exception, or 1 if only unicode can
 * do the rest. */
static inline int
TEXT(format_all)(struct TEXT(format) *format, struct TEXT(builder) *builder)
{
    while (format->at < format->end) {
        const TEXT_CHAR *sign = TEXT_FIND_CHAR(format->at, '%',
                                               (size_t)(format->end - format->at));
        const TEXT_CHAR *plain = sign != NULL ? sign : format->end;
        TEXT(append)(builder, format->at, plain - format->at);
        format->at = plain;
        if (sign != NULL) {
            format->at++;
            int status = TEXT(format_one)(format, builder);
            if (status != 0) {
                format->at -= status > 0; /* The sign belongs to what is left. */
                return status;
            }
        }
    }
    if (format->mapping == NULL && format->next < format->count) {
        PyErr_SetString(PyExc_TypeError, "not all arguments converted during string formatting");
        return -1;
    }
    return builder->failed ? -1 : 0;
}

static inline struct TEXT(format)
TEXT(begin_format)(PyObject *format, PyObject *values)
{
    struct TEXT(format) state = {
        .start = TEXT_DATA(format), .at = TEXT_DATA(format),
        .end = TEXT_DATA(format) + TEXT_LENGTH(format), .values = values, .next = -2, .count = -1,
    };
    if (PyTuple_Check(values)) {
        state.next = 0;
        state.count = PyTuple_GET_SIZE(values);
    }
    else if (Py_TYPE(values)->tp_as_mapping != NULL
             && Py_TYPE(values)->tp_as_mapping->mp_subscript != NULL
             && !PyObject_TypeCheck(values, &PyBaseString_Type)) {
        state.mapping = values;
    }
    return state;
}
