/* thread.c - threads, locks and thread-local values, from POSIX. */

#include "config.h"
#include "guest.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

struct start {
    void (*function)(void *);
    void *argument;
};

static void *
run(void *data)
{
    struct start start = *(struct start *)data;
    free(data);
    start.function(start.argument);
    return NULL;
}

static size_t stack_size;

/* Returns the new thread's identity, or -1. */
long
PyThread_start_new_thread(void (*function)(void *), void *argument)
{
    pthread_t thread;
    pthread_attr_t attributes;
    struct start *start = malloc(sizeof *start);
    if (start == NULL) {
        return -1;
    }
    *start = (struct start){function, argument};
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (stack_size != 0) {
        pthread_attr_setstacksize(&attributes, stack_size);
    }
    int error = pthread_create(&thread, &attributes, run, start);
    pthread_attr_destroy(&attributes);
    if (error != 0) {
        free(start);
        return -1;
    }
    return (long)thread;
}

long
PyThread_get_thread_ident(void)
{
    return (long)pthread_self();
}

void
PyThread_exit_thread(void)
{
    pthread_exit(NULL);
}

void
PyThread_init_thread(void)
{
}

size_t
PyThread_get_stacksize(void)
{
    return stack_size;
}

/* 0, or -1 for a size that threads cannot have. */
int
PyThread_set_stacksize(size_t size)
{
    pthread_attr_t attributes;
    if (size != 0) {
        pthread_attr_init(&attributes);
        int error = pthread_attr_setstacksize(&attributes, size);
        pthread_attr_destroy(&attributes);
        if (error != 0) {
            return -1;
        }
    }
    stack_size = size;
    return 0;
}

/* ---- Locks: any thread may release one, so they are semaphores ---- */

void *
PyThread_allocate_lock(void)
{
    sem_t *lock = malloc(sizeof *lock);
    if (lock != NULL && sem_init(lock, 0, 1) != 0) {
        free(lock);
        lock = NULL;
    }
    return lock;
}

void
PyThread_free_lock(void *lock)
{
    sem_destroy(lock);
    free(lock);
}

/* Returns whether the lock was got. */
int
PyThread_acquire_lock(void *lock, int wait)
{
    int status;
    do {
        status = wait ? sem_wait(lock) : sem_trywait(lock);
    } while (status != 0 && errno == EINTR);
    return status == 0;
}

void
PyThread_release_lock(void *lock)
{
    sem_post(lock);
}

/* ---- Values of a thread's own ---- */

int
PyThread_create_key(void)
{
    pthread_key_t key;
    return pthread_key_create(&key, NULL) == 0 ? (int)key : -1;
}

void
PyThread_delete_key(int key)
{
    pthread_key_delete((pthread_key_t)key);
}

/* A value that is set stays: 2.7 says so.  0, or -1. */
int
PyThread_set_key_value(int key, void *value)
{
    if (pthread_getspecific((pthread_key_t)key) != NULL) {
        return 0;
    }
    return pthread_setspecific((pthread_key_t)key, value) == 0 ? 0 : -1;
}

void *
PyThread_get_key_value(int key)
{
    return pthread_getspecific((pthread_key_t)key);
}

void
PyThread_delete_key_value(int key)
{
    pthread_setspecific((pthread_key_t)key, NULL);
}

void
PyThread_ReInitTLS(void)
{
}
