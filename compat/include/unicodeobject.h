/* unicodeobject.h - strings of characters, four bytes each. */

#include "Python.h"

#ifndef PY2ABI_27_UNICODEOBJECT_H
#define PY2ABI_27_UNICODEOBJECT_H

typedef unsigned int Py_UCS4;

#define Py_UNICODE_WIDE
#define PY_UNICODE_TYPE Py_UCS4
typedef PY_UNICODE_TYPE Py_UNICODE;

typedef struct {
    PyObject_HEAD
    Py_ssize_t length;
    Py_UNICODE *str;
    long hash;
    PyObject *defenc;
} PyUnicodeObject;

#define PyUnicode_Check(op) PY2ABI_HAS(op, Py_TPFLAGS_UNICODE_SUBCLASS)
#define PyUnicode_CheckExact(op) PY2ABI_IS(op, PyUnicode_Type)
#define PyUnicode_GET_SIZE(op) (PY2ABI_AS(PyUnicodeObject, op)->length)
#define PyUnicode_GET_DATA_SIZE(op) (PyUnicode_GET_SIZE(op) * sizeof(Py_UNICODE))
#define PyUnicode_AS_UNICODE(op) (PY2ABI_AS(PyUnicodeObject, op)->str)
#define PyUnicode_AS_DATA(op) ((const char *)PyUnicode_AS_UNICODE(op))
#define Py_UNICODE_REPLACEMENT_CHARACTER ((Py_UNICODE)0xFFFD)

#define Py_UNICODE_ISSPACE(c) \
    ((c) < 128U ? _Py_ascii_whitespace[(c)] : _PyUnicode_IsWhitespace(c))
#define Py_UNICODE_ISLOWER(c) _PyUnicode_IsLowercase(c)
#define Py_UNICODE_ISUPPER(c) _PyUnicode_IsUppercase(c)
#define Py_UNICODE_ISTITLE(c) _PyUnicode_IsTitlecase(c)
#define Py_UNICODE_ISLINEBREAK(c) _PyUnicode_IsLinebreak(c)
#define Py_UNICODE_ISDECIMAL(c) _PyUnicode_IsDecimalDigit(c)
#define Py_UNICODE_ISDIGIT(c) _PyUnicode_IsDigit(c)
#define Py_UNICODE_ISNUMERIC(c) _PyUnicode_IsNumeric(c)
#define Py_UNICODE_ISALPHA(c) _PyUnicode_IsAlpha(c)
#define Py_UNICODE_ISALNUM(c) \
    (Py_UNICODE_ISALPHA(c) || Py_UNICODE_ISDECIMAL(c) || Py_UNICODE_ISDIGIT(c) \
     || Py_UNICODE_ISNUMERIC(c))
#define Py_UNICODE_TOLOWER(c) _PyUnicode_ToLowercase(c)
#define Py_UNICODE_TOUPPER(c) _PyUnicode_ToUppercase(c)
#define Py_UNICODE_TOTITLE(c) _PyUnicode_ToTitlecase(c)
#define Py_UNICODE_TODECIMAL(c) _PyUnicode_ToDecimalDigit(c)
#define Py_UNICODE_TODIGIT(c) _PyUnicode_ToDigit(c)
#define Py_UNICODE_TONUMERIC(c) _PyUnicode_ToNumeric(c)

#define Py_UNICODE_COPY(target, source, length) \
    Py_MEMCPY((target), (source), (length) * sizeof(Py_UNICODE))
#define Py_UNICODE_FILL(target, value, length) \
    do { \
        Py_UNICODE *py2abi_text = (target), py2abi_char = (value); \
        Py_ssize_t py2abi_left = (length); \
        while (py2abi_left-- > 0) { \
            *py2abi_text++ = py2abi_char; \
        } \
    } while (0)
/* Whether a part of a string object is the same as all of another. */
#define Py_UNICODE_MATCH(string, offset, substring) \
    (memcmp((string)->str + (offset), (substring)->str, \
            (substring)->length * sizeof(Py_UNICODE)) \
     == 0)

/* The names carry the width, so that no extension runs with the wrong one. */
#define PyUnicode_AsASCIIString PyUnicodeUCS4_AsASCIIString
#define PyUnicode_AsCharmapString PyUnicodeUCS4_AsCharmapString
#define PyUnicode_AsEncodedObject PyUnicodeUCS4_AsEncodedObject
#define PyUnicode_AsEncodedString PyUnicodeUCS4_AsEncodedString
#define PyUnicode_AsLatin1String PyUnicodeUCS4_AsLatin1String
#define PyUnicode_AsRawUnicodeEscapeString PyUnicodeUCS4_AsRawUnicodeEscapeString
#define PyUnicode_AsUTF16String PyUnicodeUCS4_AsUTF16String
#define PyUnicode_AsUTF32String PyUnicodeUCS4_AsUTF32String
#define PyUnicode_AsUTF8String PyUnicodeUCS4_AsUTF8String
#define PyUnicode_AsUnicode PyUnicodeUCS4_AsUnicode
#define PyUnicode_AsUnicodeEscapeString PyUnicodeUCS4_AsUnicodeEscapeString
#define PyUnicode_AsWideChar PyUnicodeUCS4_AsWideChar
#define PyUnicode_ClearFreeList PyUnicodeUCS4_ClearFreelist
#define PyUnicode_Compare PyUnicodeUCS4_Compare
#define PyUnicode_Concat PyUnicodeUCS4_Concat
#define PyUnicode_Contains PyUnicodeUCS4_Contains
#define PyUnicode_Count PyUnicodeUCS4_Count
#define PyUnicode_Decode PyUnicodeUCS4_Decode
#define PyUnicode_DecodeASCII PyUnicodeUCS4_DecodeASCII
#define PyUnicode_DecodeCharmap PyUnicodeUCS4_DecodeCharmap
#define PyUnicode_DecodeLatin1 PyUnicodeUCS4_DecodeLatin1
#define PyUnicode_DecodeRawUnicodeEscape PyUnicodeUCS4_DecodeRawUnicodeEscape
#define PyUnicode_DecodeUTF16 PyUnicodeUCS4_DecodeUTF16
#define PyUnicode_DecodeUTF16Stateful PyUnicodeUCS4_DecodeUTF16Stateful
#define PyUnicode_DecodeUTF32 PyUnicodeUCS4_DecodeUTF32
#define PyUnicode_DecodeUTF32Stateful PyUnicodeUCS4_DecodeUTF32Stateful
#define PyUnicode_DecodeUTF8 PyUnicodeUCS4_DecodeUTF8
#define PyUnicode_DecodeUTF8Stateful PyUnicodeUCS4_DecodeUTF8Stateful
#define PyUnicode_DecodeUnicodeEscape PyUnicodeUCS4_DecodeUnicodeEscape
#define PyUnicode_Encode PyUnicodeUCS4_Encode
#define PyUnicode_EncodeASCII PyUnicodeUCS4_EncodeASCII
#define PyUnicode_EncodeCharmap PyUnicodeUCS4_EncodeCharmap
#define PyUnicode_EncodeDecimal PyUnicodeUCS4_EncodeDecimal
#define PyUnicode_EncodeLatin1 PyUnicodeUCS4_EncodeLatin1
#define PyUnicode_EncodeRawUnicodeEscape PyUnicodeUCS4_EncodeRawUnicodeEscape
#define PyUnicode_EncodeUTF16 PyUnicodeUCS4_EncodeUTF16
#define PyUnicode_EncodeUTF32 PyUnicodeUCS4_EncodeUTF32
#define PyUnicode_EncodeUTF8 PyUnicodeUCS4_EncodeUTF8
#define PyUnicode_EncodeUnicodeEscape PyUnicodeUCS4_EncodeUnicodeEscape
#define PyUnicode_Find PyUnicodeUCS4_Find
#define PyUnicode_Format PyUnicodeUCS4_Format
#define PyUnicode_FromEncodedObject PyUnicodeUCS4_FromEncodedObject
#define PyUnicode_FromFormat PyUnicodeUCS4_FromFormat
#define PyUnicode_FromFormatV PyUnicodeUCS4_FromFormatV
#define PyUnicode_FromObject PyUnicodeUCS4_FromObject
#define PyUnicode_FromOrdinal PyUnicodeUCS4_FromOrdinal
#define PyUnicode_FromString PyUnicodeUCS4_FromString
#define PyUnicode_FromStringAndSize PyUnicodeUCS4_FromStringAndSize
#define PyUnicode_FromUnicode PyUnicodeUCS4_FromUnicode
#define PyUnicode_FromWideChar PyUnicodeUCS4_FromWideChar
#define PyUnicode_GetDefaultEncoding PyUnicodeUCS4_GetDefaultEncoding
#define PyUnicode_GetMax PyUnicodeUCS4_GetMax
#define PyUnicode_GetSize PyUnicodeUCS4_GetSize
#define PyUnicode_Join PyUnicodeUCS4_Join
#define PyUnicode_Partition PyUnicodeUCS4_Partition
#define PyUnicode_RPartition PyUnicodeUCS4_RPartition
#define PyUnicode_RSplit PyUnicodeUCS4_RSplit
#define PyUnicode_Replace PyUnicodeUCS4_Replace
#define PyUnicode_Resize PyUnicodeUCS4_Resize
#define PyUnicode_RichCompare PyUnicodeUCS4_RichCompare
#define PyUnicode_SetDefaultEncoding PyUnicodeUCS4_SetDefaultEncoding
#define PyUnicode_Split PyUnicodeUCS4_Split
#define PyUnicode_Splitlines PyUnicodeUCS4_Splitlines
#define PyUnicode_Tailmatch PyUnicodeUCS4_Tailmatch
#define PyUnicode_Translate PyUnicodeUCS4_Translate
#define PyUnicode_TranslateCharmap PyUnicodeUCS4_TranslateCharmap
#define _PyUnicode_AsDefaultEncodedString _PyUnicodeUCS4_AsDefaultEncodedString
#define _PyUnicode_Fini _PyUnicodeUCS4_Fini
#define _PyUnicode_Init _PyUnicodeUCS4_Init
#define _PyUnicode_IsAlpha _PyUnicodeUCS4_IsAlpha
#define _PyUnicode_IsDecimalDigit _PyUnicodeUCS4_IsDecimalDigit
#define _PyUnicode_IsDigit _PyUnicodeUCS4_IsDigit
#define _PyUnicode_IsLinebreak _PyUnicodeUCS4_IsLinebreak
#define _PyUnicode_IsLowercase _PyUnicodeUCS4_IsLowercase
#define _PyUnicode_IsNumeric _PyUnicodeUCS4_IsNumeric
#define _PyUnicode_IsTitlecase _PyUnicodeUCS4_IsTitlecase
#define _PyUnicode_IsUppercase _PyUnicodeUCS4_IsUppercase
#define _PyUnicode_IsWhitespace _PyUnicodeUCS4_IsWhitespace
#define _PyUnicode_ToDecimalDigit _PyUnicodeUCS4_ToDecimalDigit
#define _PyUnicode_ToDigit _PyUnicodeUCS4_ToDigit
#define _PyUnicode_ToLowercase _PyUnicodeUCS4_ToLowercase
#define _PyUnicode_ToNumeric _PyUnicodeUCS4_ToNumeric
#define _PyUnicode_ToTitlecase _PyUnicodeUCS4_ToTitlecase
#define _PyUnicode_ToUppercase _PyUnicodeUCS4_ToUppercase

#endif
