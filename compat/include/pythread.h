/* pythread.h - threads and locks. */

#include "Python.h"

#ifndef PY2ABI_27_PYTHREAD_H
#define PY2ABI_27_PYTHREAD_H

typedef void *PyThread_type_lock;
typedef void *PyThread_type_sema;

#define WAIT_LOCK 1
#define NOWAIT_LOCK 0

#endif
