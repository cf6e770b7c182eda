/* codecs.c - the registry of codecs, which is the host's.
 *
 * Names cross as text, strings as the codecs expect them.  A codec that the guest
 * registers is called by the host like any other function of the guest's. */

#include "config.h"
#include "strings27.h"

#include <string.h>

/* A function of the host's module of codecs, with arguments (taken over, also on
 * failure; NULL fails).  Returns what it does as a new guest reference, or NULL
 * with a guest exception. */
static PyObject *
call_codecs(const char *name, HostObject *args)
{
    HostObject *module = args != NULL ? host_PyImport_ImportModule("codecs") : NULL;
    HostObject *function = module != NULL ? host_PyObject_GetAttrString(module, name) : NULL;
    HostObject *result = function != NULL ? host_PyObject_CallObject(function, args) : NULL;
    host_XDECREF(function);
    host_XDECREF(module);
    host_XDECREF(args);
    return py2abi_mirror_result(result);
}

/* A tuple of one; takes the item over. */
static HostObject *
one_argument(HostObject *item)
{
    HostObject *args = item != NULL ? host_PyTuple_New(1) : NULL;
    if (args == NULL) {
        host_XDECREF(item);
        return NULL;
    }
    host_PyTuple_SetItem(args, 0, item);
    return args;
}

int
PyCodec_Register(PyObject *search)
{
    if (search == NULL) {
        PyErr_BadArgument();
        return -1;
    }
    if (!PyCallable_Check(search)) {
        PyErr_SetString(PyExc_TypeError, "argument must be callable");
        return -1;
    }
    PyObject *result = call_codecs("register", one_argument(py2abi_host(search,
                                                                       PY2ABI_AS_VALUE)));
    Py_XDECREF(result);
    return result != NULL ? 0 : -1;
}

PyObject *
_PyCodec_Lookup(const char *encoding)
{
    if (encoding == NULL) {
        PyErr_BadArgument();
        return NULL;
    }
    return call_codecs("lookup", one_argument(host_PyUnicode_FromString(encoding)));
}

/* An item of what the look-up gives. */
static PyObject *
codec_item(const char *encoding, Py_ssize_t i)
{
    PyObject *codec = _PyCodec_Lookup(encoding), *item = NULL;
    if (codec == NULL) {
        return NULL;
    }
    if (PyTuple_Check(codec) && PyTuple_GET_SIZE(codec) == 4) {
        item = PyTuple_GET_ITEM(codec, i);
        Py_INCREF(item);
    }
    else {
        PyErr_SetString(PyExc_TypeError, "codec search functions must return 4-tuples");
    }
    Py_DECREF(codec);
    return item;
}

PyObject *
PyCodec_Encoder(const char *encoding)
{
    return codec_item(encoding, 0);
}

PyObject *
PyCodec_Decoder(const char *encoding)
{
    return codec_item(encoding, 1);
}

/* Call an attribute of a codec with the name of an error handler, if there is one. */
static PyObject *
make_incremental(PyObject *codec, const char *errors, const char *attribute)
{
    PyObject *function = PyObject_GetAttrString(codec, attribute);
    if (function == NULL) {
        return NULL;
    }
    HostObject *callable = py2abi_host(function, PY2ABI_AS_VALUE), *args = NULL, *result = NULL;
    Py_DECREF(function);
    if (callable != NULL) {
        args = errors == NULL ? host_PyTuple_New(0)
                              : one_argument(host_PyUnicode_FromString(errors));
        result = args != NULL ? host_PyObject_CallObject(callable, args) : NULL;
    }
    host_XDECREF(args);
    host_XDECREF(callable);
    return py2abi_mirror_result(result);
}

PyObject *
_PyCodecInfo_GetIncrementalEncoder(PyObject *codec, const char *errors)
{
    return make_incremental(codec, errors, "incrementalencoder");
}

PyObject *
_PyCodecInfo_GetIncrementalDecoder(PyObject *codec, const char *errors)
{
    return make_incremental(codec, errors, "incrementaldecoder");
}

static PyObject *
incremental(const char *encoding, const char *errors, const char *attribute)
{
    PyObject *codec = _PyCodec_Lookup(encoding), *made = NULL;
    if (codec != NULL) {
        made = make_incremental(codec, errors, attribute);
        Py_DECREF(codec);
    }
    return made;
}

PyObject *
PyCodec_IncrementalEncoder(const char *encoding, const char *errors)
{
    return incremental(encoding, errors, "incrementalencoder");
}

PyObject *
PyCodec_IncrementalDecoder(const char *encoding, const char *errors)
{
    return incremental(encoding, errors, "incrementaldecoder");
}

static PyObject *
stream_codec(const char *encoding, PyObject *stream, const char *errors, Py_ssize_t i)
{
    PyObject *factory = codec_item(encoding, i);
    if (factory == NULL) {
        return NULL;
    }
    HostObject *callable = py2abi_host(factory, PY2ABI_AS_VALUE), *result = NULL;
    HostObject *host = callable != NULL ? py2abi_host(stream, PY2ABI_AS_VALUE) : NULL;
    HostObject *how = host != NULL ? host_PyUnicode_FromString(errors != NULL ? errors : "strict")
                                   : NULL;
    HostObject *args = how != NULL ? host_PyTuple_New(2) : NULL;
    Py_DECREF(factory);
    if (args != NULL) {
        host_PyTuple_SetItem(args, 0, host);
        host_PyTuple_SetItem(args, 1, how);
        result = host_PyObject_CallObject(callable, args);
        host_DECREF(args);
    }
    else {
        host_XDECREF(host);
        host_XDECREF(how);
    }
    host_XDECREF(callable);
    return py2abi_mirror_result(result);
}

PyObject *
PyCodec_StreamReader(const char *encoding, PyObject *stream, const char *errors)
{
    return stream_codec(encoding, stream, errors, 2);
}

PyObject *
PyCodec_StreamWriter(const char *encoding, PyObject *stream, const char *errors)
{
    return stream_codec(encoding, stream, errors, 3);
}

/* Any object through any codec.  A str that goes into a codec for text is decoded
 * first, a unicode that goes through one for bytes is encoded. */
PyObject *
PyCodec_Encode(PyObject *object, const char *encoding, const char *errors)
{
    if (PyString_Check(object) || PyUnicode_Check(object)) {
        return py2abi_strings_encode_any(object, encoding, errors);
    }
    HostObject *host = py2abi_host(object, PY2ABI_AS_VALUE), *encoded = NULL;
    if (host != NULL) {
        encoded = host_PyCodec_Encode(host, encoding, errors);
        host_DECREF(host);
    }
    return py2abi_mirror_result(encoded);
}

PyObject *
PyCodec_Decode(PyObject *object, const char *encoding, const char *errors)
{
    if (PyUnicode_Check(object)) {
        object = _PyUnicode_AsDefaultEncodedString(object, NULL);
        if (object == NULL) {
            return NULL;
        }
    }
    if (PyString_Check(object)) {
        return py2abi_strings_decode_any(PyString_AS_STRING(object), PyString_GET_SIZE(object),
                                         encoding, errors);
    }
    HostObject *host = py2abi_host(object, PY2ABI_AS_VALUE), *decoded = NULL;
    if (host != NULL) {
        decoded = host_PyCodec_Decode(host, encoding, errors);
        host_DECREF(host);
    }
    return py2abi_mirror_result(decoded);
}

/* Those for text only: alternative names the function for the others. */
static int
check_text_codec(const char *encoding, const char *alternative)
{
    int is_text = py2abi_strings_is_text_codec(encoding);
    if (is_text == 0) {
        PyErr_Format(PyExc_LookupError,
                     "'%.400s' is not a text encoding; use %s to handle arbitrary codecs",
                     encoding, alternative);
    }
    return is_text > 0 ? 0 : -1;
}

PyObject *
_PyCodec_LookupTextEncoding(const char *encoding, const char *alternative)
{
    return check_text_codec(encoding, alternative) < 0 ? NULL : _PyCodec_Lookup(encoding);
}

PyObject *
_PyCodec_EncodeText(PyObject *object, const char *encoding, const char *errors)
{
    return check_text_codec(encoding, "codecs.encode()") < 0
               ? NULL
               : PyCodec_Encode(object, encoding, errors);
}

PyObject *
_PyCodec_DecodeText(PyObject *object, const char *encoding, const char *errors)
{
    return check_text_codec(encoding, "codecs.decode()") < 0
               ? NULL
               : PyCodec_Decode(object, encoding, errors);
}

/* ---- Error handlers ---- */

int
PyCodec_RegisterError(const char *name, PyObject *handler)
{
    if (!PyCallable_Check(handler)) {
        PyErr_SetString(PyExc_TypeError, "handler must be callable");
        return -1;
    }
    HostObject *host = py2abi_host(handler, PY2ABI_AS_VALUE);
    int status = host != NULL ? host_PyCodec_RegisterError(name, host) : -1;
    host_XDECREF(host);
    return (int)py2abi_returned(status);
}

PyObject *
PyCodec_LookupError(const char *name)
{
    return py2abi_mirror_result(host_PyCodec_LookupError(name));
}

/* What the host's handlers make of an exception, which crosses as itself. */
static PyObject *
handle(PyObject *exception, HostObject *(*handler)(HostObject *))
{
    HostObject *host = py2abi_host(exception, PY2ABI_AS_VALUE), *result = NULL;
    if (host != NULL) {
        result = handler(host);
        host_DECREF(host);
    }
    return py2abi_mirror_result(result);
}

PyObject *
PyCodec_StrictErrors(PyObject *exception)
{
    if (PyExceptionInstance_Check(exception)) {
        PyErr_SetObject(PyExceptionInstance_Class(exception), exception);
    }
    else {
        PyErr_SetString(PyExc_TypeError, "codec must pass exception instance");
    }
    return NULL;
}

PyObject *
PyCodec_IgnoreErrors(PyObject *exception)
{
    return handle(exception, host_PyCodec_IgnoreErrors);
}

PyObject *
PyCodec_ReplaceErrors(PyObject *exception)
{
    return handle(exception, host_PyCodec_ReplaceErrors);
}

PyObject *
PyCodec_XMLCharRefReplaceErrors(PyObject *exception)
{
    return handle(exception, host_PyCodec_XMLCharRefReplaceErrors);
}

PyObject *
PyCodec_BackslashReplaceErrors(PyObject *exception)
{
    return handle(exception, host_PyCodec_BackslashReplaceErrors);
}
