/* text.h - what str and unicode have in common, for characters of either width.
 *
 * Included once by stringobject.c and once by unicodeobject.c, which define before
 *
 *     TEXT_CHAR               the type of a character
 *     TEXT(name)              the names of the functions made here
 *     TEXT_NEW(text, length)  a new object with a copy, or with room if text is NULL
 *     TEXT_DATA(object)       the characters of an object
 *     TEXT_LENGTH(object)     how many they are
 *     TEXT_IS_EXACT(object)   whether it is of the type itself
 *     TEXT_FIND_CHAR(text, c, length)  the first c, or NULL
 *     TEXT_IS_SPACE(c), TEXT_IS_LINE_END(c), TEXT_IS_LOWER(c), TEXT_IS_UPPER(c),
 *     TEXT_IS_TITLE(c), TEXT_TO_LOWER(c), TEXT_TO_UPPER(c), TEXT_TO_TITLE(c)
 *
 * What returns an object returns a new reference, or NULL with a guest exception. */

/* Characters that belong to somebody else. */
struct TEXT(piece) {
    const TEXT_CHAR *text;
    Py_ssize_t length;
};

enum TEXT(sides) { TEXT(LEFT) = 1, TEXT(RIGHT) = 2 };

/* ---- Looking ---- */

static inline int
TEXT(equal)(const TEXT_CHAR *a, const TEXT_CHAR *b, Py_ssize_t length)
{
    return memcmp(a, b, (size_t)length * sizeof *a) == 0;
}

/* Where part begins in text for the first time, or -1. */
static inline Py_ssize_t
TEXT(find)(const TEXT_CHAR *text, Py_ssize_t length, const TEXT_CHAR *part, Py_ssize_t size)
{
    if (size == 0) {
        return 0;
    }
    if (sizeof *text == 1) {
        const TEXT_CHAR *found = length < size ? NULL
                                               : memmem(text, (size_t)length, part, (size_t)size);
        return found != NULL ? found - text : -1;
    }
    const TEXT_CHAR *at = text, *end = text + length - size + 1;
    while (at < end && (at = TEXT_FIND_CHAR(at, part[0], (size_t)(end - at))) != NULL) {
        if (TEXT(equal)(at, part, size)) {
            return at - text;
        }
        at++;
    }
    return -1;
}

/* Where it begins for the last time, or -1. */
static inline Py_ssize_t
TEXT(find_last)(const TEXT_CHAR *text, Py_ssize_t length, const TEXT_CHAR *part, Py_ssize_t size)
{
    for (Py_ssize_t at = length - size; at >= 0; at--) {
        if (size == 0 || (text[at] == part[0] && TEXT(equal)(text + at, part, size))) {
            return at;
        }
    }
    return -1;
}

/* How often part occurs, none overlapping another, up to most times. */
static inline Py_ssize_t
TEXT(count)(const TEXT_CHAR *text, Py_ssize_t length, const TEXT_CHAR *part, Py_ssize_t size,
            Py_ssize_t most)
{
    Py_ssize_t count = 0, at;
    if (size == 0) {
        return length < most ? length + 1 : most;
    }
    while (count < most && (at = TEXT(find)(text, length, part, size)) >= 0) {
        count++;
        text += at + size;
        length -= at + size;
    }
    return count;
}

/* As slices are meant: negative ones count from the end, none is outside. */
static inline void
TEXT(clip)(Py_ssize_t *start, Py_ssize_t *end, Py_ssize_t length)
{
    if (*end > length) {
        *end = length;
    }
    else if (*end < 0) {
        *end = *end + length < 0 ? 0 : *end + length;
    }
    if (*start < 0) {
        *start = *start + length < 0 ? 0 : *start + length;
    }
}

/* find and find_last within a slice; -1 if there is none. */
static inline Py_ssize_t
TEXT(find_within)(const TEXT_CHAR *text, Py_ssize_t length, const TEXT_CHAR *part, Py_ssize_t size,
                  Py_ssize_t start, Py_ssize_t end, int direction)
{
    TEXT(clip)(&start, &end, length);
    if (end - start < size || start > end) {
        return -1;
    }
    Py_ssize_t at = direction > 0 ? TEXT(find)(text + start, end - start, part, size)
                                  : TEXT(find_last)(text + start, end - start, part, size);
    return at >= 0 ? at + start : -1;
}

static inline Py_ssize_t
TEXT(count_within)(const TEXT_CHAR *text, Py_ssize_t length, const TEXT_CHAR *part,
                   Py_ssize_t size, Py_ssize_t start, Py_ssize_t end)
{
    TEXT(clip)(&start, &end, length);
    return start > end ? 0
                       : TEXT(count)(text + start, end - start, part, size, PY_SSIZE_T_MAX);
}

/* Whether the slice begins (direction < 0) or ends with part. */
static inline int
TEXT(matches)(const TEXT_CHAR *text, Py_ssize_t length, const TEXT_CHAR *part, Py_ssize_t size,
              Py_ssize_t start, Py_ssize_t end, int direction)
{
    TEXT(clip)(&start, &end, length);
    if (direction >= 0 && end - size > start) {
        start = end - size;
    }
    return start <= length && end - start >= size && TEXT(equal)(text + start, part, size);
}

/* -1, 0, 1. */
static inline int
TEXT(order)(const TEXT_CHAR *a, Py_ssize_t a_length, const TEXT_CHAR *b, Py_ssize_t b_length)
{
    Py_ssize_t common = a_length < b_length ? a_length : b_length;
    for (Py_ssize_t i = 0; i < common; i++) {
        if (a[i] != b[i]) {
            /* As unsigned characters. */
            return sizeof *a == 1 ? ((unsigned char)a[i] < (unsigned char)b[i] ? -1 : 1)
                                  : (a[i] < b[i] ? -1 : 1);
        }
    }
    return a_length < b_length ? -1 : a_length > b_length;
}

/* ---- Pieces as objects ---- */

static inline PyObject *
TEXT(same)(PyObject *self)
{
    if (TEXT_IS_EXACT(self)) {
        Py_INCREF(self);
        return self;
    }
    return TEXT_NEW(TEXT_DATA(self), TEXT_LENGTH(self));
}

/* Part of self, which is self if that is all of it. */
static inline PyObject *
TEXT(part)(PyObject *self, Py_ssize_t start, Py_ssize_t end)
{
    if (start == 0 && end == TEXT_LENGTH(self) && TEXT_IS_EXACT(self)) {
        Py_INCREF(self);
        return self;
    }
    return TEXT_NEW(TEXT_DATA(self) + start, end - start);
}

/* A list while it grows. */
struct TEXT(list) {
    PyObject **items;
    Py_ssize_t used, room;
};

static inline int
TEXT(add)(struct TEXT(list) *list, PyObject *self, Py_ssize_t start, Py_ssize_t end)
{
    if (list->used == list->room) {
        Py_ssize_t room = list->room != 0 ? 2 * list->room : 12;
        PyObject **grown = realloc(list->items, (size_t)room * sizeof *grown);
        if (grown == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        list->items = grown;
        list->room = room;
    }
    PyObject *item = TEXT(part)(self, start, end);
    if (item == NULL) {
        return -1;
    }
    list->items[list->used++] = item;
    return 0;
}

/* The list object; all that was collected goes when failed. */
static inline PyObject *
TEXT(finish)(struct TEXT(list) *list, int failed, int reversed)
{
    PyObject *made = failed ? NULL : PyList_New(list->used);
    for (Py_ssize_t i = 0; i < list->used; i++) {
        if (made == NULL) {
            Py_DECREF(list->items[i]);
        }
        else {
            PyList_SET_ITEM(made, reversed ? list->used - 1 - i : i, list->items[i]);
        }
    }
    free(list->items);
    return made;
}

static inline PyObject *
TEXT(split_space)(PyObject *self, Py_ssize_t most)
{
    struct TEXT(list) list = {NULL, 0, 0};
    const TEXT_CHAR *text = TEXT_DATA(self);
    Py_ssize_t length = TEXT_LENGTH(self), at = 0;
    int failed = 0;
    while (!failed) {
        while (at < length && TEXT_IS_SPACE(text[at])) {
            at++;
        }
        if (at == length) {
            break;
        }
        Py_ssize_t start = at;
        if (most-- <= 0) {
            /* The rest, with the space behind it. */
            failed = TEXT(add)(&list, self, start, length) < 0;
            break;
        }
        while (at < length && !TEXT_IS_SPACE(text[at])) {
            at++;
        }
        failed = TEXT(add)(&list, self, start, at) < 0;
    }
    return TEXT(finish)(&list, failed, 0);
}

static inline PyObject *
TEXT(split_space_last)(PyObject *self, Py_ssize_t most)
{
    struct TEXT(list) list = {NULL, 0, 0};
    const TEXT_CHAR *text = TEXT_DATA(self);
    Py_ssize_t at = TEXT_LENGTH(self);
    int failed = 0;
    while (!failed) {
        while (at > 0 && TEXT_IS_SPACE(text[at - 1])) {
            at--;
        }
        if (at == 0) {
            break;
        }
        Py_ssize_t end = at;
        if (most-- <= 0) {
            failed = TEXT(add)(&list, self, 0, end) < 0;
            break;
        }
        while (at > 0 && !TEXT_IS_SPACE(text[at - 1])) {
            at--;
        }
        failed = TEXT(add)(&list, self, at, end) < 0;
    }
    return TEXT(finish)(&list, failed, 1);
}

/* At each separator, which is not empty. */
static inline PyObject *
TEXT(split)(PyObject *self, const TEXT_CHAR *part, Py_ssize_t size, Py_ssize_t most)
{
    struct TEXT(list) list = {NULL, 0, 0};
    const TEXT_CHAR *text = TEXT_DATA(self);
    Py_ssize_t length = TEXT_LENGTH(self), start = 0, at;
    int failed = 0;
    while (!failed && most-- > 0
           && (at = TEXT(find)(text + start, length - start, part, size)) >= 0) {
        failed = TEXT(add)(&list, self, start, start + at) < 0;
        start += at + size;
    }
    failed = failed || TEXT(add)(&list, self, start, length) < 0;
    return TEXT(finish)(&list, failed, 0);
}

static inline PyObject *
TEXT(split_last)(PyObject *self, const TEXT_CHAR *part, Py_ssize_t size, Py_ssize_t most)
{
    struct TEXT(list) list = {NULL, 0, 0};
    const TEXT_CHAR *text = TEXT_DATA(self);
    Py_ssize_t end = TEXT_LENGTH(self), at;
    int failed = 0;
    while (!failed && most-- > 0 && (at = TEXT(find_last)(text, end, part, size)) >= 0) {
        failed = TEXT(add)(&list, self, at + size, end) < 0;
        end = at;
    }
    failed = failed || TEXT(add)(&list, self, 0, end) < 0;
    return TEXT(finish)(&list, failed, 1);
}

static inline PyObject *
TEXT(split_lines)(PyObject *self, int keep)
{
    struct TEXT(list) list = {NULL, 0, 0};
    const TEXT_CHAR *text = TEXT_DATA(self);
    Py_ssize_t length = TEXT_LENGTH(self), at = 0;
    int failed = 0;
    while (!failed && at < length) {
        Py_ssize_t start = at, end;
        while (at < length && !TEXT_IS_LINE_END(text[at])) {
            at++;
        }
        end = at;
        if (at < length) {
            at += text[at] == '\r' && at + 1 < length && text[at + 1] == '\n' ? 2 : 1;
            if (keep) {
                end = at;
            }
        }
        failed = TEXT(add)(&list, self, start, end) < 0;
    }
    return TEXT(finish)(&list, failed, 0);
}

/* Before, separator, after.  The separator object is borrowed. */
static inline PyObject *
TEXT(partition)(PyObject *self, PyObject *separator, int direction)
{
    const TEXT_CHAR *text = TEXT_DATA(self), *part = TEXT_DATA(separator);
    Py_ssize_t length = TEXT_LENGTH(self), size = TEXT_LENGTH(separator);
    if (size == 0) {
        PyErr_SetString(PyExc_ValueError, "empty separator");
        return NULL;
    }
    Py_ssize_t at = direction > 0 ? TEXT(find)(text, length, part, size)
                                  : TEXT(find_last)(text, length, part, size);
    PyObject *made = PyTuple_New(3);
    if (made == NULL) {
        return NULL;
    }
    PyObject *items[3];
    if (at >= 0) {
        items[0] = TEXT_NEW(text, at);
        items[1] = separator;
        Py_INCREF(separator);
        items[2] = TEXT_NEW(text + at + size, length - at - size);
    }
    else {
        PyObject *none = TEXT_NEW(text, 0);
        Py_INCREF(self);
        Py_XINCREF(none);
        items[0] = direction > 0 ? self : none;
        items[1] = none;
        items[2] = direction > 0 ? none : self;
    }
    int failed = 0;
    for (int i = 0; i < 3; i++) {
        failed |= items[i] == NULL;
        PyTuple_SET_ITEM(made, i, items[i]);
    }
    if (failed) {
        Py_CLEAR(made);
    }
    return made;
}

/* ---- Changed copies ---- */

static inline void
TEXT(copy)(TEXT_CHAR *to, const TEXT_CHAR *from, Py_ssize_t length)
{
    if (length > 0) {
        memcpy(to, from, (size_t)length * sizeof *to);
    }
}

/* Without a number of characters from set at its ends, or without space if set
 * is NULL. */
static inline PyObject *
TEXT(strip)(PyObject *self, int sides, const TEXT_CHAR *set, Py_ssize_t size)
{
    const TEXT_CHAR *text = TEXT_DATA(self);
    Py_ssize_t start = 0, end = TEXT_LENGTH(self);
#define STRIPPED(c) \
    (set == NULL ? TEXT_IS_SPACE(c) : size > 0 && TEXT_FIND_CHAR(set, c, (size_t)size) != NULL)
    if (sides & TEXT(LEFT)) {
        while (start < end && STRIPPED(text[start])) {
            start++;
        }
    }
    if (sides & TEXT(RIGHT)) {
        while (end > start && STRIPPED(text[end - 1])) {
            end--;
        }
    }
#undef STRIPPED
    return TEXT(part)(self, start, end);
}

/* With up to most occurrences of a part replaced; most < 0: all. */
static inline PyObject *
TEXT(replace)(PyObject *self, struct TEXT(piece) from, struct TEXT(piece) to, Py_ssize_t most)
{
    const TEXT_CHAR *text = TEXT_DATA(self);
    Py_ssize_t length = TEXT_LENGTH(self);
    Py_ssize_t count = most == 0 || (from.length == 0 && to.length == 0)
                           ? 0
                           : TEXT(count)(text, length, from.text, from.length,
                                         most < 0 ? PY_SSIZE_T_MAX : most);
    if (count == 0) {
        return TEXT(same)(self);
    }
    Py_ssize_t grows = to.length - from.length, size;
    if (__builtin_mul_overflow(grows, count, &size)
        || __builtin_add_overflow(size, length, &size)) {
        PyErr_SetString(PyExc_OverflowError, "replace string is too long");
        return NULL;
    }
    PyObject *made = TEXT_NEW(NULL, size);
    if (made == NULL) {
        return NULL;
    }
    TEXT_CHAR *out = TEXT_DATA(made);
    const TEXT_CHAR *end = text + length;
    while (count-- > 0) {
        /* An empty part is before each character and at the end. */
        Py_ssize_t at = from.length == 0
                            ? 0
                            : TEXT(find)(text, end - text, from.text, from.length);
        TEXT(copy)(out, text, at);
        out += at;
        text += at + from.length;
        TEXT(copy)(out, to.text, to.length);
        out += to.length;
        if (from.length == 0 && text < end) {
            *out++ = *text++;
        }
    }
    TEXT(copy)(out, text, end - text);
    return made;
}

static inline PyObject *
TEXT(repeat)(PyObject *self, Py_ssize_t times)
{
    const TEXT_CHAR *text = TEXT_DATA(self);
    Py_ssize_t length = TEXT_LENGTH(self), size;
    if (times < 0) {
        times = 0;
    }
    if (times == 1) {
        return TEXT(same)(self);
    }
    if (__builtin_mul_overflow(length, times, &size)
        || size > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof *text - 64) {
        PyErr_SetString(PyExc_OverflowError, "repeated string is too long");
        return NULL;
    }
    PyObject *made = TEXT_NEW(NULL, size);
    if (made == NULL || size == 0) {
        return made;
    }
    TEXT_CHAR *out = TEXT_DATA(made);
    Py_ssize_t done = length;
    TEXT(copy)(out, text, length);
    while (done < size) {
        Py_ssize_t more = done < size - done ? done : size - done;
        TEXT(copy)(out + done, out, more);
        done += more;
    }
    return made;
}

/* With fill before and after it. */
static inline PyObject *
TEXT(pad)(PyObject *self, Py_ssize_t left, Py_ssize_t right, TEXT_CHAR fill)
{
    Py_ssize_t length = TEXT_LENGTH(self), size;
    left = left < 0 ? 0 : left;
    right = right < 0 ? 0 : right;
    if (left == 0 && right == 0) {
        return TEXT(same)(self);
    }
    if (__builtin_add_overflow(length, left, &size)
        || __builtin_add_overflow(size, right, &size)) {
        PyErr_SetString(PyExc_OverflowError, "padded string is too long");
        return NULL;
    }
    PyObject *made = TEXT_NEW(NULL, size);
    if (made != NULL) {
        TEXT_CHAR *out = TEXT_DATA(made);
        while (left-- > 0) {
            *out++ = fill;
        }
        TEXT(copy)(out, TEXT_DATA(self), length);
        out += length;
        while (right-- > 0) {
            *out++ = fill;
        }
    }
    return made;
}

static inline PyObject *
TEXT(center)(PyObject *self, Py_ssize_t width, TEXT_CHAR fill)
{
    if (width <= TEXT_LENGTH(self)) {
        return TEXT(same)(self);
    }
    Py_ssize_t margin = width - TEXT_LENGTH(self);
    /* The odd one is on the left if the width is odd too. */
    Py_ssize_t left = margin / 2 + (margin & width & 1);
    return TEXT(pad)(self, left, margin - left, fill);
}

static inline PyObject *
TEXT(zfill)(PyObject *self, Py_ssize_t width)
{
    if (width <= TEXT_LENGTH(self)) {
        return TEXT(same)(self);
    }
    Py_ssize_t fill = width - TEXT_LENGTH(self);
    PyObject *made = TEXT(pad)(self, fill, 0, '0');
    if (made != NULL && TEXT_LENGTH(made) > fill) {
        /* A sign stays in front. */
        TEXT_CHAR *out = TEXT_DATA(made);
        if (out[fill] == '+' || out[fill] == '-') {
            out[0] = out[fill];
            out[fill] = '0';
        }
    }
    return made;
}

static inline PyObject *
TEXT(expand_tabs)(PyObject *self, int width)
{
    const TEXT_CHAR *text = TEXT_DATA(self);
    Py_ssize_t length = TEXT_LENGTH(self), size = 0, column = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_ssize_t step = 1;
        if (text[i] == '\t') {
            step = width > 0 ? width - column % width : 0;
            column += step;
        }
        else {
            column = text[i] == '\n' || text[i] == '\r' ? 0 : column + 1;
        }
        if (__builtin_add_overflow(size, step, &size)) {
            PyErr_SetString(PyExc_OverflowError, "new string is too long");
            return NULL;
        }
    }
    PyObject *made = TEXT_NEW(NULL, size);
    if (made == NULL) {
        return NULL;
    }
    TEXT_CHAR *out = TEXT_DATA(made);
    column = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        if (text[i] != '\t') {
            *out++ = text[i];
            column = text[i] == '\n' || text[i] == '\r' ? 0 : column + 1;
            continue;
        }
        for (Py_ssize_t step = width > 0 ? width - column % width : 0; step > 0; step--) {
            *out++ = ' ';
            column++;
        }
    }
    return made;
}

/* ---- Upper and lower case ---- */

static inline void
TEXT(lower_to)(TEXT_CHAR *out, const TEXT_CHAR *text, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i < length; i++) {
        out[i] = (TEXT_CHAR)TEXT_TO_LOWER(text[i]);
    }
}

static inline void
TEXT(upper_to)(TEXT_CHAR *out, const TEXT_CHAR *text, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i < length; i++) {
        out[i] = (TEXT_CHAR)TEXT_TO_UPPER(text[i]);
    }
}

static inline void
TEXT(swap_case_to)(TEXT_CHAR *out, const TEXT_CHAR *text, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i < length; i++) {
        TEXT_CHAR c = text[i];
        out[i] = (TEXT_CHAR)(TEXT_IS_UPPER(c)   ? TEXT_TO_LOWER(c)
                             : TEXT_IS_LOWER(c) ? TEXT_TO_UPPER(c)
                                                : c);
    }
}

static inline void
TEXT(capitalize_to)(TEXT_CHAR *out, const TEXT_CHAR *text, Py_ssize_t length)
{
    TEXT(lower_to)(out, text, length);
    if (length > 0) {
        out[0] = (TEXT_CHAR)TEXT_TO_UPPER(text[0]);
    }
}

static inline void
TEXT(title_to)(TEXT_CHAR *out, const TEXT_CHAR *text, Py_ssize_t length)
{
    int in_word = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        TEXT_CHAR c = text[i];
        int has_case = TEXT_IS_LOWER(c) || TEXT_IS_UPPER(c) || TEXT_IS_TITLE(c);
        out[i] = (TEXT_CHAR)(in_word ? TEXT_TO_LOWER(c) : TEXT_TO_TITLE(c));
        in_word = has_case;
    }
}

/* A copy through one of these. */
static inline PyObject *
TEXT(map)(PyObject *self, void (*function)(TEXT_CHAR *, const TEXT_CHAR *, Py_ssize_t))
{
    Py_ssize_t length = TEXT_LENGTH(self);
    PyObject *made = TEXT_NEW(NULL, length);
    if (made != NULL) {
        function(TEXT_DATA(made), TEXT_DATA(self), length);
    }
    return made;
}

static inline int
TEXT(is_lower)(const TEXT_CHAR *text, Py_ssize_t length)
{
    int found = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        if (TEXT_IS_UPPER(text[i]) || TEXT_IS_TITLE(text[i])) {
            return 0;
        }
        found |= TEXT_IS_LOWER(text[i]) != 0;
    }
    return found;
}

static inline int
TEXT(is_upper)(const TEXT_CHAR *text, Py_ssize_t length)
{
    int found = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        if (TEXT_IS_LOWER(text[i]) || TEXT_IS_TITLE(text[i])) {
            return 0;
        }
        found |= TEXT_IS_UPPER(text[i]) != 0;
    }
    return found;
}

static inline int
TEXT(is_title)(const TEXT_CHAR *text, Py_ssize_t length)
{
    int in_word = 0, found = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        if (TEXT_IS_UPPER(text[i]) || TEXT_IS_TITLE(text[i])) {
            if (in_word) {
                return 0;
            }
            in_word = found = 1;
        }
        else if (TEXT_IS_LOWER(text[i])) {
            if (!in_word) {
                return 0;
            }
        }
        else {
            in_word = 0;
        }
    }
    return found;
}

#define TEXT_IS_ALL(name, test)                                                                   \
    static inline int TEXT(name)(const TEXT_CHAR *text, Py_ssize_t length)                        \
    {                                                                                             \
        for (Py_ssize_t i = 0; i < length; i++) {                                                 \
            if (!test(text[i])) {                                                                 \
                return 0;                                                                         \
            }                                                                                     \
        }                                                                                         \
        return length > 0;                                                                        \
    }
