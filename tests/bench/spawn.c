/* spawn.c - what preloading a library costs a program.
 *
 *     spawn ROUNDS LIBRARY COMMAND [ARGUMENT...]
 *
 * runs COMMAND to its end in turns without and with LD_PRELOAD=LIBRARY, and
 * prints the median microseconds of both. */

#include "config.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char variable[] = "LD_PRELOAD=";

/* A copy of the environment with first, which may be NULL, as its LD_PRELOAD. */
static char **
environment_with(char *first)
{
    size_t count = 0, used = 0;
    while (environ[count] != NULL) {
        count++;
    }
    char **copy = calloc(count + 2, sizeof *copy);
    if (copy == NULL) {
        perror("spawn");
        exit(1);
    }
    if (first != NULL) {
        copy[used++] = first;
    }
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], variable, strlen(variable)) != 0) {
            copy[used++] = environ[i];
        }
    }
    return copy;
}

/* The wall-clock microseconds that the command takes, from before it is started
 * until its end is known. */
static double
run(char **command, char **environment)
{
    struct timespec start, end;
    pid_t child;
    int status;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (posix_spawnp(&child, command[0], NULL, NULL, command, environment) != 0
        || waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "spawn: %s failed\n", command[0]);
        exit(1);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - start.tv_sec) * 1e6 + (double)(end.tv_nsec - start.tv_nsec) / 1e3;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

int
main(int argc, char **argv)
{
    size_t rounds = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
    if (rounds == 0) {
        fputs("usage: spawn ROUNDS LIBRARY COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    char *preload = malloc(sizeof variable + strlen(argv[2]));
    double *times[2] = {calloc(rounds, sizeof **times), calloc(rounds, sizeof **times)};
    if (preload == NULL || times[0] == NULL || times[1] == NULL) {
        perror("spawn");
        return 1;
    }
    strcat(strcpy(preload, variable), argv[2]);
    char **environments[2] = {environment_with(NULL), environment_with(preload)};

    for (size_t i = 0; i < rounds; i++) {
        /* Each goes first every other time. */
        size_t first = i % 2;
        times[first][i] = run(argv + 3, environments[first]);
        times[!first][i] = run(argv + 3, environments[!first]);
    }
    printf("%.1f %.1f\n", median(times[0], rounds), median(times[1], rounds));
    return 0;
}
