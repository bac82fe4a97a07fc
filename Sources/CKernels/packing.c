#include "CKernels.h"

#include <string.h>

typedef uint32_t u32x4 __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) u32x4 load(const void *p) {
  u32x4 v;
  memcpy(&v, p, 16);
  return v;
}

static inline __attribute__((always_inline)) void store(void *p, u32x4 v) { memcpy(p, &v, 16); }

// Value 4 × i + lane stands in round i of its lane: four integers come out of one shift.
#define UNPACK(BODY)                                                 \
  const uint32_t mask = width == 32 ? UINT32_MAX : (1u << width) - 1; \
  u32x4 word = {0, 0, 0, 0};                                         \
  int shift = 32;                                                    \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 32; i++) {  \
    u32x4 v;                                                         \
    if (width == 0) {                                                \
      v = word;                                                      \
    } else if (shift == 32) {                                        \
      word = load(bytes);                                            \
      bytes += 16;                                                   \
      v = word & mask;                                               \
      shift = width;                                                 \
    } else if (shift + width <= 32) {                                \
      v = (word >> shift) & mask;                                    \
      shift += width;                                                \
    } else {                                                         \
      v = word >> shift;                                             \
      word = load(bytes);                                            \
      bytes += 16;                                                   \
      v = (v | word << (32 - shift)) & mask;                         \
      shift += width - 32;                                           \
    }                                                                \
    BODY                                                             \
  }

static inline __attribute__((always_inline)) void unpack(const uint8_t *bytes, const int width, uint32_t *values) {
  UNPACK(store(values + 4 * i, v);)
}

static inline __attribute__((always_inline)) u32x4 add_up(u32x4 v, u32x4 *last) {
  const u32x4 zero = {0, 0, 0, 0};
  v += __builtin_shufflevector(zero, v, 0, 4, 5, 6);
  v += __builtin_shufflevector(zero, v, 0, 0, 4, 5);
  v += *last;
  *last = __builtin_shufflevector(v, v, 3, 3, 3, 3);
  return v;
}

static inline __attribute__((always_inline)) void unpack_ascending(
    const uint8_t *bytes, const int width, uint32_t previous, uint32_t *docs) {
  u32x4 last = {previous, previous, previous, previous};
  UNPACK(store(docs + 4 * i, add_up(v + 1, &last));)
}

static inline __attribute__((always_inline)) void pack(const uint32_t *values, const int width, uint8_t *bytes) {
  u32x4 word = {0, 0, 0, 0};
  int shift = 0;
  for (int i = 0; i < 32; i++) {
    u32x4 v = load(values + 4 * i);
    word |= v << shift;
    shift += width;
    if (shift >= 32) {
      store(bytes, word);
      bytes += 16;
      shift -= 32;
      // Shifting by 32 is no shift at all in C, so the case of nothing left over stands apart.
      word = shift == 0 ? (u32x4){0, 0, 0, 0} : v >> (width - shift);
    }
  }
}

// One straight piece of code per width.
#define EACH_WIDTH(X)                                                                                              \
  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) \
  X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) X(32)

void kernel_unpack(const uint8_t *bytes, int width, uint32_t *values) {
  switch (width) {
#define CASE(W) \
  case W: unpack(bytes, W, values); break;
    EACH_WIDTH(CASE)
#undef CASE
  }
}

void kernel_unpack_ascending(const uint8_t *bytes, int width, uint32_t previous, uint32_t *docs) {
  switch (width) {
#define CASE(W) \
  case W: unpack_ascending(bytes, W, previous, docs); break;
    EACH_WIDTH(CASE)
#undef CASE
  }
}

void kernel_pack(const uint32_t *values, int width, uint8_t *bytes) {
  if (width > 0) pack(values, width, bytes);
}

void kernel_add_one(uint32_t *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = (values[i] & 0x7FFFFFFF) + 1;
}

void kernel_add_up(uint32_t *gaps, size_t count, uint32_t previous) {
  u32x4 last = {previous, previous, previous, previous};
  size_t i = 0;
  for (; i + 4 <= count; i += 4) store(gaps + i, add_up(load(gaps + i) + 1, &last));
  uint32_t doc = last[0];
  for (; i < count; i++) {
    doc += gaps[i] + 1;
    gaps[i] = doc;
  }
}

uint64_t kernel_append_ascending(const uint32_t *gaps, size_t count, uint64_t last, uint32_t *values) {
  if (count == 0) return last;
  u32x4 sums = {(uint32_t)last, (uint32_t)last, (uint32_t)last, (uint32_t)last};
  u32x4 any = {0, 0, 0, 0};
  for (size_t i = 0; i < count; i += 4) {
    u32x4 v = load(gaps + i);
    any |= v;
    store(values + i, add_up(v + 1, &sums));
  }
  // 128 gaps below 2²⁴ do not add up to 2³².
  if (count <= kernel_block && (any[0] | any[1] | any[2] | any[3]) < 1u << 24)
    return last + (uint32_t)(values[count - 1] - (uint32_t)last);
  for (size_t i = 0; i < count; i++) {
    last += (uint64_t)gaps[i] + 1;
    values[i] = (uint32_t)last;
  }
  return last;
}
