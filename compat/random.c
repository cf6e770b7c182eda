/* random.c - bytes from the system's source of randomness. */

#include "config.h"
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

/* Where the kernel is older than the call. */
static int
read_device(unsigned char *out, size_t size)
{
    int device = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    while (device >= 0 && size > 0) {
        ssize_t count = read(device, out, size);
        if (count > 0) {
            out += count;
            size -= (size_t)count;
        }
        else if (count == 0 || errno != EINTR) {
            break;
        }
    }
    if (device >= 0) {
        close(device);
    }
    return size == 0 ? 0 : -1;
}

/* Fill a buffer with random bytes.  Returns 0, or -1 with ValueError for a negative size, or
 * NotImplementedError where the system gives none, as in Python 2. */
int
_PyOS_URandom(void *buffer, Py_ssize_t size)
{
    unsigned char *out = buffer;
    if (size < 0) {
        PyErr_SetString(PyExc_ValueError, "negative argument not allowed");
        return -1;
    }
    while (size > 0) {
        ssize_t count = getrandom(out, (size_t)size, 0);
        if (count > 0) {
            out += count;
            size -= count;
        }
        else if (errno != EINTR) {
            break;
        }
    }
    if (size > 0 && read_device(out, (size_t)size) < 0) {
        PyErr_SetString(PyExc_NotImplementedError, "/dev/urandom (or equivalent) not found");
        return -1;
    }
    return 0;
}
