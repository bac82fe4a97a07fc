#ifndef VECTORS_H
#define VECTORS_H

#include <stdint.h>
#include <string.h>

typedef uint32_t u32x4 __attribute__((vector_size(16)));
typedef uint32_t u32x8 __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) u32x4 load(const void *p) {
  u32x4 v;
  memcpy(&v, p, 16);
  return v;
}

static inline __attribute__((always_inline)) uint64_t load64(const uint8_t *p) {
  uint64_t v;
  memcpy(&v, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  v = __builtin_bswap64(v);
#endif
  return v;
}

static inline __attribute__((always_inline)) void store(void *p, u32x4 v) { memcpy(p, &v, 16); }

// A bit for each of eight values that is `wanted`, the lowest for the first.
static inline __attribute__((always_inline)) uint32_t lanes_equal(const uint32_t *values, uint32_t wanted) {
  u32x8 v;
  memcpy(&v, values, sizeof v);
  typedef _Bool bits __attribute__((ext_vector_type(8)));
  const bits equal = __builtin_convertvector(v == (u32x8){0} + wanted, bits);
  uint8_t mask;
  memcpy(&mask, &equal, 1);
  return mask;
}

// Sums of each lane and those before it, and of `last`, which becomes the highest sum in all lanes.
static inline __attribute__((always_inline)) u32x4 add_up(u32x4 v, u32x4 *last) {
  const u32x4 zero = {0, 0, 0, 0};
  v += __builtin_shufflevector(zero, v, 0, 4, 5, 6);
  v += __builtin_shufflevector(zero, v, 0, 0, 4, 5);
  v += *last;
  *last = __builtin_shufflevector(v, v, 3, 3, 3, 3);
  return v;
}

#endif
