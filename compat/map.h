/* map.h - a table from pointers to pointers. */

#ifndef PY2ABI_MAP_H
#define PY2ABI_MAP_H

#include <stddef.h>

struct py2abi_map {
    struct py2abi_map_entry {
        const void *key; /* NULL: free */
        void *value;
    } *entries;
    size_t count, size; /* size is 0 or a power of two */
};

void *py2abi_map_get(const struct py2abi_map *map, const void *key);
int py2abi_map_put(struct py2abi_map *map, const void *key, void *value);
void *py2abi_map_take(struct py2abi_map *map, const void *key);
void py2abi_map_free(struct py2abi_map *map);

#endif
