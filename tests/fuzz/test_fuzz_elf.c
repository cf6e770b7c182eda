/* test_fuzz_elf.c - damaged shared objects, for a bounded time.
 *
 * First, the fuzz target: that reading anything at all goes well.  Then what is
 * accepted is opened: the dynamic linker must not fall over it.  What it may do
 * is refuse (a name that nobody has); what it may not do is die, nor die later
 * of what it did.
 *
 * Only tables are damaged, no code and no data.  Some damage makes as much sense
 * as what was there: another word of the data is relocated, another function is
 * the constructor, a weak symbol has a name that somebody else has, a part of
 * the memory is no longer mapped.  No reader can know; ordinary code that then
 * runs may fail.  So mutants of ordinary objects that differ in such a way are
 * not opened, but counted (mutate_undecidable).  The objects that are called
 * sled-... have only code that does nothing wherever it is entered: with those
 * nothing is left out.
 *
 * PY2ABI_FUZZ_SECONDS says for how long the fuzz target runs (3),
 * PY2ABI_FUZZ_MUTANTS how many of each object are made (250), PY2ABI_FUZZ_SEED
 * with which seed (1).  Whoever is killed stays in the build tree. */

#include "config.h"
#include "../common/harness.h"
#include "../common/objects.h"
#include "elf.h"
#include "mutate.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPEN_CPU_SECONDS = 10, OPEN_SECONDS = 200 };

static const char fuzzer[] = TOP_BUILDDIR "/fuzz_elf";

static int
number_from(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    return text != NULL && *text != '\0' ? atoi(text) : otherwise;
}

/* ---- The fuzz target ---- */

static void
add_objects(struct command *command)
{
    for (const struct recipe *recipe = object_recipes; recipe->name != NULL; recipe++) {
        const char *path = object_build(recipe, NULL);
        if (path != NULL) {
            ADD(command, "-from", path);
        }
    }
}

START_TEST(test_random)
{
    char seconds[16], seed[16], input[4096];
    struct command command = {.count = 0};

    snprintf(seconds, sizeof seconds, "%d", number_from("PY2ABI_FUZZ_SECONDS", 3));
    snprintf(seed, sizeof seed, "%d", number_from("PY2ABI_FUZZ_SEED", 1));
    snprintf(input, sizeof input, "%s/input", object_directory());
    ADD(&command, fuzzer, "-seconds", seconds, "-seed", seed, "-input", input);
    add_objects(&command);
    struct outcome outcome = run_program(NULL, command.args);
    ck_assert_msg(outcome.status == 0, "%s with the input %s: %s", status_text(outcome.status),
                  input, outcome.output);
    unlink(input);
    unsigned long long inputs = 0, accepted = 0, symbols = 0;
    ck_assert_int_eq(sscanf(outcome.output, "%llu inputs, %llu accepted, %llu symbols", &inputs,
                            &accepted, &symbols), 3);
    ck_assert_msg(inputs > 100 && accepted > inputs / 20 && accepted < inputs && symbols > inputs,
                  "hardly anything was done: %s", outcome.output);
    printf("seed %s: %s", seed, outcome.output);
}
END_TEST

/* That a failure is noticed, and that the input that is left shows it again. */
START_TEST(test_notices)
{
    char input[4096];
    snprintf(input, sizeof input, "%s/self-test", object_directory());
    struct command command = {.count = 0};
    ADD(&command, fuzzer, "-self-test", "-seconds", "10", "-input", input);
    add_objects(&command);
    struct outcome outcome = run_program(NULL, command.args);
    ck_assert_msg(outcome.status != 0 && strstr(outcome.output, "fuzz_elf: line"),
                  "nothing is noticed: %s: %s", status_text(outcome.status), outcome.output);

    const char *again[] = {fuzzer, "-self-test", input, NULL};
    outcome = run_program(NULL, again);
    ck_assert_msg(outcome.status != 0 && strstr(outcome.output, "fuzz_elf: line"),
                  "%s does not show it again: %s: %s", input, status_text(outcome.status),
                  outcome.output);
    const char *sound[] = {fuzzer, input, NULL};
    outcome = run_program(NULL, sound);
    ck_assert_msg(outcome.status == 0, "%s: %s", input, outcome.output);
    unlink(input);
}
END_TEST

/* ---- Opening what is accepted ---- */

enum { OPENED = 0, NOT_OPENED = 10 };

/* What a process makes of an object: open it, look up each of its names, close
 * it.  Nothing else is called, and nothing is left to run at the exit. */
static int
open_and_close(const char *path, const struct py2abi_elf *elf)
{
    void *handle = dlopen(path, RTLD_NOW);
    if (handle == NULL) {
        return NOT_OPENED;
    }
    for (uint32_t i = 1; elf != NULL && i < elf->symbol_count; i++) {
        struct py2abi_elf_symbol symbol;
        py2abi_elf_symbol(elf, i, &symbol);
        if (symbol.defined) {
            (void)dlsym(handle, symbol.name);
        }
    }
    dlclose(handle);
    return OPENED;
}

/* OPENED, NOT_OPENED, or another status when the process was killed, killed
 * itself, or hung. */
static int
try_to_open(const char *path, const struct py2abi_elf *elf)
{
    int status;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct rlimit none = {0, 0}, seconds = {OPEN_CPU_SECONDS, OPEN_CPU_SECONDS};
        int null = open("/dev/null", O_WRONLY);
        setrlimit(RLIMIT_CORE, &none);
        setrlimit(RLIMIT_CPU, &seconds);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        alarm(OPEN_SECONDS);
        _exit(open_and_close(path, elf));
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

START_TEST(test_mutants)
{
    const struct recipe *recipe = &object_recipes[_i];
    int count = number_from("PY2ABI_FUZZ_MUTANTS", 250);
    uint64_t seed = (uint64_t)number_from("PY2ABI_FUZZ_SEED", 1);
    int refused = 0, undecidable = 0, opened = 0, not_opened = 0, killed = 0;
    char path[4096], last[4096] = "", why[PY2ABI_ELF_WHY];
    const char *reason, *built = object_build(recipe, &reason);
    struct object sound;
    struct regions regions;

    if (built != NULL) {
        reason = object_closed(recipe);
    }
    if (reason != NULL) {
        skip_test(reason);
        return;
    }
    ck_assert(object_load(&sound, built));
    ck_assert_int_eq(try_to_open(built, NULL), OPENED);
    mutate_find(&regions, sound.bytes, sound.size);
    ck_assert_int_ge(regions.count, 6);
    snprintf(path, sizeof path, "%s/mutant-%s.so", object_directory(), recipe->name);
    for (int i = 0; i < count; i++) {
        uint64_t state = (seed * 1000003 + (uint64_t)i) * 0x9e3779b97f4a7c15 | 1;
        struct object mutant = object_copy(&sound);
        struct py2abi_elf elf;
        mutate(mutant.bytes, mutant.size, &regions, &state);
        if (py2abi_elf_read(&elf, mutant.bytes, mutant.size, why) != PY2ABI_ELF_OK) {
            refused++;
        }
        else if (!recipe->sled && mutate_undecidable(&regions, sound.bytes, mutant.bytes)) {
            undecidable++;
        }
        else {
            object_save(&mutant, path);
            switch (try_to_open(path, &elf)) {
            case OPENED:
                opened++;
                break;
            case NOT_OPENED:
                not_opened++;
                break;
            default:
                killed++;
                snprintf(last, sizeof last, "%s/killer-%s-%d.so", object_directory(),
                         recipe->name, i);
                rename(path, last);
                break;
            }
        }
        object_free(&mutant);
    }
    unlink(path);
    printf("%s, %d mutants: %d refused, %d undecidable; of the others %d opened, %d not opened by "
           "the dynamic linker, %d killed the process\n",
           recipe->name, count, refused, undecidable, opened, not_opened, killed);
    ck_assert_msg(killed == 0, "%d of %d, the last is %s", killed, count, last);
    ck_assert_msg(count < 100 || (refused > count / 4 && opened > count / 20),
                  "hardly anything was tried");
}
END_TEST

/* That a process that is killed is noticed: by what the reader refuses. */
START_TEST(test_notices_killers)
{
    struct object object;
    struct py2abi_elf elf;
    char path[4096], why[PY2ABI_ELF_WHY];

    ck_assert(object_load(&object, object_build(&object_recipes[0], NULL)));
    object_dynamic(&object, DT_SYMTAB)->d_un.d_val += 0x7000000;
    snprintf(path, sizeof path, "%s/killer.so", object_directory());
    object_save(&object, path);
    ck_assert_int_eq(py2abi_elf_read(&elf, object.bytes, object.size, why), PY2ABI_ELF_DAMAGED);
    int status = try_to_open(path, NULL);
    ck_assert_msg(status != OPENED && status != NOT_OPENED, "status %d", status);
    unlink(path);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("fuzz_elf");
    TCase *tcase = tcase_create("elf");
    int count = 0;

    while (object_recipes[count].name != NULL) {
        object_build(&object_recipes[count++], NULL);
    }
    tcase_set_timeout(tcase, number_from("PY2ABI_FUZZ_SECONDS", 3)
                                 + number_from("PY2ABI_FUZZ_MUTANTS", 250) / 10 + 60);
    tcase_add_test(tcase, test_notices);
    tcase_add_test(tcase, test_random);
    tcase_add_test(tcase, test_notices_killers);
    tcase_add_loop_test(tcase, test_mutants, 0, count);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
