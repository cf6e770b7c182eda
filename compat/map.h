/* map.h - a table from pointers to pointers. */

#ifndef PY2ABI_MAP_H
#define PY2ABI_MAP_H

#include <stddef.h>
#include <stdint.h>

struct py2abi_map {
    struct py2abi_map_entry {
        const void *key; /* NULL: free */
        void *value;
    } *entries;
    size_t count, size; /* size is 0 or a power of two */
};

int py2abi_map_put(struct py2abi_map *map, const void *key, void *value);
void *py2abi_map_take(struct py2abi_map *map, const void *key);
void py2abi_map_free(struct py2abi_map *map);

static inline size_t
py2abi_map_place(const struct py2abi_map *map, const void *key)
{
    /* Objects are aligned to 16 bytes; the multiplier is 2^64 divided by the
     * golden ratio, whose high bits depend on all of the address. */
    uint64_t hash = ((uint64_t)(uintptr_t)key >> 4) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash >> 32) & (map->size - 1);
}

/* The value of key, or NULL.  Inline, since most crossings ask. */
static inline void *
py2abi_map_get(const struct py2abi_map *map, const void *key)
{
    if (map->count == 0) {
        return NULL;
    }
    for (size_t i = py2abi_map_place(map, key);; i = (i + 1) & (map->size - 1)) {
        if (map->entries[i].key == key) {
            return map->entries[i].value;
        }
        if (map->entries[i].key == NULL) {
            return NULL;
        }
    }
}

#endif
