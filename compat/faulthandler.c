/* faulthandler.c - a crash says which Python 2 binary it was in.
 *
 * The host's faulthandler prints Python's frames, and a binary has none.  Where that is
 * enabled, or the user asks for it, a handler of ours comes first: it writes the guest
 * functions that the thread is in, puts back the handler that was there before, and
 * returns.  The instruction fails once more, and that handler (or the system, which may
 * write a core file) finds everything as it was.
 *
 * A handler may not allocate, so it cannot ask for a thread-local variable that the thread
 * may not have yet: the thread is found by a key of the C library's. */

#include "config.h"
#include "dispatch.h"
#include "guest.h"
#include "hostcall.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct fault {
    int number;
    const char *name;
    struct sigaction before;
    volatile sig_atomic_t is_told;
} faults[] = {
    {.number = SIGSEGV, .name = "SIGSEGV"},
    {.number = SIGBUS, .name = "SIGBUS"},
    {.number = SIGILL, .name = "SIGILL"},
    {.number = SIGFPE, .name = "SIGFPE"},
    {.number = SIGABRT, .name = "SIGABRT"},
};
enum { FAULTS = sizeof faults / sizeof faults[0] };

static pthread_key_t thread_key;
static int has_key;

/* To be called once, before the first thread enters guest code. */
void
py2abi_faulthandler_begin(void)
{
    has_key = has_key || pthread_key_create(&thread_key, NULL) == 0;
}

/* Note which thread of the guests' the calling thread is from now on; NULL: none. */
void
py2abi_faulthandler_enter(struct py2abi_thread *thread)
{
    if (has_key) {
        pthread_setspecific(thread_key, thread);
    }
}

/* ---- In the handler ---- */

static void
put(const char *text)
{
    ssize_t written = write(STDERR_FILENO, text, strlen(text));
    (void)written; /* There is nowhere left to complain to. */
}

static void
put_frame(const struct py2abi_frame *frame)
{
    const char *type = frame->of != NULL ? frame->of->tp_name : NULL;
    if (type == NULL || strchr(type, '.') == NULL) {
        put(frame->guest->name);
        put(type != NULL ? "." : "");
    }
    put(type != NULL ? type : "");
    put(".");
    put(frame->function != NULL ? frame->function : "?");
    put(" of ");
    put(frame->guest->path);
    put("\n");
}

/* The innermost first. */
static void
put_frames(const struct py2abi_frame *frame, const char *signal_name)
{
    int count = 0;
    for (; frame != NULL && count < 20; frame = frame->outer) {
        if (frame->guest != NULL) {
            put("py2abi: ");
            put(count++ == 0 ? signal_name : "called");
            put(" in ");
            put_frame(frame);
        }
    }
}

static void
handle(int number, siginfo_t *info, void *context)
{
    int error = errno;
    struct fault *fault = faults;
    (void)context;
    while (fault->number != number) {
        fault++;
    }
    const struct py2abi_thread *thread = pthread_getspecific(thread_key);
    if (thread != NULL && thread->frame != NULL && !fault->is_told) {
        put_frames(thread->frame, fault->name);
        py2abi_trace_crash();
    }
    if (fault->is_told) {
        /* Who was there before us had us before him: both have had their turn. */
        signal(number, SIG_DFL);
    }
    else {
        fault->is_told = 1;
        sigaction(number, &fault->before, NULL);
    }
    if (info->si_code <= 0) {
        raise(number); /* Somebody sent it, so it would not come again. */
    }
    errno = error;
}

/* ---- Before a crash ---- */

/* Whether the host's faulthandler is enabled.  Leaves no exception. */
int
py2abi_faulthandler_is_enabled(void)
{
    HostObject *function = py2abi_hostcall_import("faulthandler", "is_enabled");
    HostObject *answer = py2abi_hostcall(function, 0);
    int is_enabled = answer != NULL && host_PyObject_IsTrue(answer) > 0;
    host_XDECREF(answer);
    host_PyErr_Clear();
    return is_enabled;
}

/* Install the handler in front of what is there now, unless it is there already.  GIL
 * held. */
void
py2abi_faulthandler_enable(void)
{
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    struct sigaction now;
    sigemptyset(&action.sa_mask);
    for (int i = 0; has_key && i < FAULTS; i++) {
        if (sigaction(faults[i].number, NULL, &now) == 0
            && !((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == handle)
            && ((now.sa_flags & SA_SIGINFO) || now.sa_handler != SIG_IGN)) {
            faults[i].before = now;
            sigaction(faults[i].number, &action, NULL);
        }
    }
}
