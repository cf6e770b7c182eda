/* patchlevel.h - which Python this is: 2.7.18, the last of its line. */

#ifndef PY2ABI_27_PATCHLEVEL_H
#define PY2ABI_27_PATCHLEVEL_H

#define PY_RELEASE_LEVEL_ALPHA 0xA
#define PY_RELEASE_LEVEL_BETA 0xB
#define PY_RELEASE_LEVEL_GAMMA 0xC
#define PY_RELEASE_LEVEL_FINAL 0xF

#define PY_MAJOR_VERSION 2
#define PY_MINOR_VERSION 7
#define PY_MICRO_VERSION 18
#define PY_RELEASE_LEVEL PY_RELEASE_LEVEL_FINAL
#define PY_RELEASE_SERIAL 0
#define PY_VERSION "2.7.18"
#define PY_PATCHLEVEL_REVISION ""

/* One byte each for the numbers, then a nibble each for level and serial. */
#define PY_VERSION_HEX \
    (PY_MAJOR_VERSION << 24 | PY_MINOR_VERSION << 16 | PY_MICRO_VERSION << 8 \
     | PY_RELEASE_LEVEL << 4 | PY_RELEASE_SERIAL)

#endif
