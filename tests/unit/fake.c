/* fake.c - something that looks like a Python, as far as the macros say.
 *
 *     FAKE_VERSION   what Py_GetVersion answers
 *     FAKE_ERRORS    it can raise exceptions, but has no buffer functions
 *     FAKE_PYTHON2   it has the four functions, and they answer 42
 */

const char *Py_GetVersion(void);

const char *
Py_GetVersion(void)
{
    return FAKE_VERSION " (fake)";
}

#ifdef FAKE_ERRORS
void PyErr_SetString(void *type, const char *text);
void *PyErr_Occurred(void);

static int system_error;
extern void *PyExc_SystemError;
void *PyExc_SystemError = &system_error;
extern const char *fake_message;
const char *fake_message;

void
PyErr_SetString(void *type, const char *text)
{
    static char copy[256];
    unsigned i = 0;
    while (type == PyExc_SystemError && text[i] != '\0' && i < sizeof copy - 1) {
        copy[i] = text[i];
        i++;
    }
    fake_message = copy;
}

void *
PyErr_Occurred(void)
{
    return (void *)fake_message;
}
#endif

#ifdef FAKE_PYTHON2
int PyObject_AsCharBuffer(void *obj, const char **buffer, long *len);
int PyObject_AsReadBuffer(void *obj, const void **buffer, long *len);
int PyObject_AsWriteBuffer(void *obj, void **buffer, long *len);
int PyObject_CheckReadBuffer(void *obj);

int
PyObject_AsCharBuffer(void *obj, const char **buffer, long *len)
{
    *buffer = obj;
    *len = 1;
    return 0;
}

int
PyObject_AsReadBuffer(void *obj, const void **buffer, long *len)
{
    *buffer = obj;
    *len = 2;
    return 0;
}

int
PyObject_AsWriteBuffer(void *obj, void **buffer, long *len)
{
    (void)obj;
    (void)buffer;
    (void)len;
    return 42;
}

int
PyObject_CheckReadBuffer(void *obj)
{
    return obj == Py_GetVersion ? 0 : 42;
}
#endif
