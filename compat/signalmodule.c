/* signalmodule.c - signals and forks: the host's. */

#include "config.h"
#include "hostcall.h"

/* As if the user had pressed control and C.  Any thread, without the lock. */
void
PyErr_SetInterrupt(void)
{
    host_PyErr_SetInterrupt();
}

/* Whether the user has; asking takes it back. */
int
PyOS_InterruptOccurred(void)
{
    return host_PyOS_InterruptOccurred();
}

/* The host has installed its handlers. */
void
PyOS_InitInterrupts(void)
{
}

void
PyOS_FiniInterrupts(void)
{
}

/* To be called in the child of a fork. */
void
PyOS_AfterFork(void)
{
    if (HOST_HAS(PyOS_AfterFork_Child)) {
        /* From 3.13 on the host lets go of locks that it believes to have taken before
         * the fork, of which 2.7's API does not tell it. */
        if (py2abi_front->host_minor >= 13 && HOST_HAS(PyOS_BeforeFork)) {
            host_PyOS_BeforeFork();
        }
        host_PyOS_AfterFork_Child();
    }
    else if (HOST_HAS(PyOS_AfterFork)) {
        host_PyOS_AfterFork();
    }
    py2abi_returned(0);
}

/* The descriptor that a byte is written to when a signal comes, -1 for none.
 * Returns the one before; -1 also when it cannot be one. */
int
PySignal_SetWakeupFd(int fd)
{
    HostObject *before = py2abi_hostcall(py2abi_hostcall_import("signal", "set_wakeup_fd"), 1,
                                         host_PyLong_FromLong(fd));
    int result = (int)py2abi_hostcall_long(before, -1);
    py2abi_returned(0);
    return result;
}
