/* faulthandler.c - a crash says which Python 2 binary it was in.
 *
 * The host's faulthandler prints Python's frames, and a binary has none.  Where that is
 * enabled, or the user asks for it, a handler of ours writes the guest functions that the
 * thread is in, puts back the handler that was there before, and returns.  The instruction
 * fails once more, and that handler (or the system, which may write a core file) finds
 * everything as it was.
 *
 * faulthandler may be enabled after the last binary was imported, and nothing tells us so.
 * So the handler is there from the first binary on, and silent: what is enabled later comes
 * before it, is seen there when there is a crash, and calls it as the one that was there
 * before.
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
    struct sigaction before;      /* what was there when the handler was last installed */
    struct sigaction first;       /* the same, before anybody could know of the handler */
    volatile sig_atomic_t is_ours; /* the handler was installed, and has not been called */
    volatile sig_atomic_t is_over; /* it has been called */
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
static volatile sig_atomic_t is_wanted; /* whether or not faulthandler is enabled by then */

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

static void handle(int number, siginfo_t *info, void *context);

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

static int
is_handled_by_us(const struct sigaction *action)
{
    return (action->sa_flags & SA_SIGINFO) != 0 && action->sa_sigaction == handle;
}

/* Whether somebody has put a handler before ours: of the signals other than the one that is
 * handled, whose disposition is changing. */
static int
is_preceded(int number)
{
    struct sigaction now;
    for (int i = 0; i < FAULTS; i++) {
        if (faults[i].number != number && faults[i].is_ours
            && sigaction(faults[i].number, NULL, &now) == 0 && !is_handled_by_us(&now)) {
            return 1;
        }
    }
    return 0;
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
    if (thread != NULL && thread->frame != NULL && !fault->is_over
        && (is_wanted || is_preceded(number))) {
        put_frames(thread->frame, fault->name);
        py2abi_trace_crash();
    }
    /* Who was there before us may have had us before him: both have had their turn then. */
    sigaction(number, fault->is_over ? &fault->first : &fault->before, NULL);
    fault->is_over = 1;
    fault->is_ours = 0;
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

/* Install the handler in front of what is there now, unless it is there already.  It tells
 * of a crash if it is wanted to (now or in an earlier call), or if faulthandler is enabled
 * by then.  GIL held. */
void
py2abi_faulthandler_enable(int wanted)
{
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    struct sigaction now;
    sigemptyset(&action.sa_mask);
    is_wanted = is_wanted || wanted;
    for (int i = 0; has_key && i < FAULTS; i++) {
        struct fault *fault = &faults[i];
        if (sigaction(fault->number, NULL, &now) != 0 || is_handled_by_us(&now)
            || (!(now.sa_flags & SA_SIGINFO) && now.sa_handler == SIG_IGN)) {
            continue;
        }
        /* What came before ours since then goes on to it, and must not come back. */
        if (!fault->is_ours) {
            fault->first = now;
        }
        fault->before = now;
        fault->is_over = 0;
        fault->is_ours = 1;
        sigaction(fault->number, &action, NULL);
    }
}
