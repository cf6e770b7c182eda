/* abstract.h - what can be done with an object of any type. */

#include "Python.h"

#ifndef PY2ABI_27_ABSTRACT_H
#define PY2ABI_27_ABSTRACT_H

#define PyObject_DelAttr(op, name) PyObject_SetAttr((op), (name), NULL)
#define PyObject_DelAttrString(op, name) PyObject_SetAttrString((op), (name), NULL)

#define PyObject_CheckBuffer(op) \
    (Py_TYPE(op)->tp_as_buffer != NULL && PY2ABI_HAS(op, Py_TPFLAGS_HAVE_NEWBUFFER) \
     && Py_TYPE(op)->tp_as_buffer->bf_getbuffer != NULL)
#define PyIter_Check(op) \
    (PY2ABI_HAS(op, Py_TPFLAGS_HAVE_ITER) && Py_TYPE(op)->tp_iternext != NULL \
     && Py_TYPE(op)->tp_iternext != &_PyObject_NextNotImplemented)
#define PyIndex_Check(op) \
    (Py_TYPE(op)->tp_as_number != NULL && PY2ABI_HAS(op, Py_TPFLAGS_HAVE_INDEX) \
     && Py_TYPE(op)->tp_as_number->nb_index != NULL)

/* Of lists, and of what else PySequence_Fast gives, which is tuples. */
#define PySequence_Fast_GET_SIZE(op) Py_SIZE(op)
#define PySequence_Fast_ITEMS(op) \
    (PyList_Check(op) ? PY2ABI_AS(PyListObject, op)->ob_item \
                      : PY2ABI_AS(PyTupleObject, op)->ob_item)
#define PySequence_Fast_GET_ITEM(op, i) (PySequence_Fast_ITEMS(op)[i])
/* Without the checks of PySequence_GetItem. */
#define PySequence_ITEM(op, i) (Py_TYPE(op)->tp_as_sequence->sq_item((op), (i)))

#define PY_ITERSEARCH_COUNT 1
#define PY_ITERSEARCH_INDEX 2
#define PY_ITERSEARCH_CONTAINS 3

#define PyMapping_DelItem(op, key) PyObject_DelItem((op), (key))
#define PyMapping_DelItemString(op, key) PyObject_DelItemString((op), (key))
#define PyMapping_Keys(op) PyObject_CallMethod((op), (char *)"keys", NULL)
#define PyMapping_Values(op) PyObject_CallMethod((op), (char *)"values", NULL)
#define PyMapping_Items(op) PyObject_CallMethod((op), (char *)"items", NULL)

#endif
