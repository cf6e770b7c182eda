/* settings.h - the values of the settings of settings.def.
 *
 * py2abi_values_<name> has the words, each with a null character after it and one
 * more at the end; py2abi_words_<name> has them for a sentence, py2abi_default_<name>
 * is one of them.  No pointers: what is preloaded everywhere need not be relocated
 * for them. */

#ifndef PY2ABI_SETTINGS_H
#define PY2ABI_SETTINGS_H

#include <string.h>

#define SETTING(name, option, values, standard, meaning)                                          \
    SETTING_ALONE(name, values, standard, meaning)
#define SETTING_FREE(name, option, value, meaning)

#define FIRST(word) #word "\0"
#define OR(word)    #word "\0"
#define SETTING_ALONE(name, values, standard, meaning)                                            \
    static const char py2abi_values_##name[] __attribute__((unused)) = values;                    \
    static const char py2abi_default_##name[] __attribute__((unused)) = #standard;
#include "settings.def"
#undef FIRST
#undef OR
#undef SETTING_ALONE

#define FIRST(word) #word
#define OR(word)    ", " #word
#define SETTING_ALONE(name, values, standard, meaning)                                            \
    static const char py2abi_words_##name[] __attribute__((unused)) = values;
#include "settings.def"
#undef FIRST
#undef OR
#undef SETTING_ALONE

#undef SETTING
#undef SETTING_FREE

/* The number of the value that the first bytes of a word are, or -1.  Any thread. */
static inline int
py2abi_setting_find(const char *values, const char *word, size_t length)
{
    for (int number = 0; *values != '\0'; number++) {
        size_t size = strlen(values);
        if (size == length && memcmp(values, word, size) == 0) {
            return number;
        }
        values += size + 1;
    }
    return -1;
}

/* The word of a number that there is.  Any thread. */
static inline const char *
py2abi_setting_word(const char *values, int number)
{
    while (number-- > 0) {
        values += strlen(values) + 1;
    }
    return values;
}

#endif
