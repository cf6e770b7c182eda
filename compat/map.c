/* map.c - a table from pointers to pointers: open addressing, linear probing.
 *
 * Each crossing of a reference looks one up, so it is small and in one piece;
 * removal closes the gap instead of leaving a mark, since mirrors come and go. */

#include "config.h"
#include "map.h"

#include <stdlib.h>

static inline void
insert(struct py2abi_map *map, const void *key, void *value)
{
    size_t i = py2abi_map_place(map, key);
    while (map->entries[i].key != NULL && map->entries[i].key != key) {
        i = (i + 1) & (map->size - 1);
    }
    map->count += map->entries[i].key == NULL;
    map->entries[i].key = key;
    map->entries[i].value = value;
}

/* Make room for more.  Returns 0, or -1 without memory. */
static int
grow(struct py2abi_map *map)
{
    struct py2abi_map grown = {.count = 0, .size = map->size != 0 ? 2 * map->size : 16};
    grown.entries = calloc(grown.size, sizeof *grown.entries);
    if (grown.entries == NULL) {
        return -1;
    }
    for (size_t i = 0; i < map->size; i++) {
        if (map->entries[i].key != NULL) {
            insert(&grown, map->entries[i].key, map->entries[i].value);
        }
    }
    free(map->entries);
    *map = grown;
    return 0;
}

/* Give key (not NULL) a value, in place of one that it has.  Returns 0, or -1
 * without memory.  Half of the table stays free: what is looked up is mostly found at its
 * own place then, and what is not there soon missed. */
int
py2abi_map_put(struct py2abi_map *map, const void *key, void *value)
{
    if (2 * (map->count + 1) > map->size && grow(map) < 0) {
        return -1;
    }
    insert(map, key, value);
    return 0;
}

/* Remove key.  Returns the value that it had, or NULL. */
void *
py2abi_map_take(struct py2abi_map *map, const void *key)
{
    if (map->count == 0) {
        return NULL;
    }
    size_t mask = map->size - 1, i = py2abi_map_place(map, key);
    while (map->entries[i].key != key) {
        if (map->entries[i].key == NULL) {
            return NULL;
        }
        i = (i + 1) & mask;
    }
    void *value = map->entries[i].value;
    for (size_t next = (i + 1) & mask; map->entries[next].key != NULL; next = (next + 1) & mask) {
        /* What does not lie at its own place may move back into the gap, unless
         * its place is behind the gap. */
        size_t home = py2abi_map_place(map, map->entries[next].key);
        if (((next - home) & mask) >= ((next - i) & mask)) {
            map->entries[i] = map->entries[next];
            i = next;
        }
    }
    map->entries[i].key = NULL;
    map->count--;
    return value;
}

/* Give the table's memory back; the map is then empty. */
void
py2abi_map_free(struct py2abi_map *map)
{
    free(map->entries);
    *map = (struct py2abi_map){NULL, 0, 0};
}
