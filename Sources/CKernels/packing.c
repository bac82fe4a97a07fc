#include "CKernels.h"

#include "dispatch.h"
#include "vectors.h"

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

static inline __attribute__((always_inline)) void unpack_ascending(
    const uint8_t *bytes, const int width, uint32_t previous, uint32_t *docs) {
  u32x4 last = {previous, previous, previous, previous};
  UNPACK(store(docs + 4 * i, add_up(v + 1, &last));)
}

// Eight values begin in the same bits of every `width` bytes.
static inline __attribute__((always_inline)) void unpack_few(
    const uint8_t *bytes, const int width, size_t count, uint32_t *values) {
  const uint64_t mask = ((uint64_t)1 << width) - 1;
  size_t i = 0;
  for (; i + 8 <= count; i += 8, bytes += width)
    _Pragma("clang loop unroll(full)") for (int j = 0; j < 8; j++)
      values[i + j] = (uint32_t)(load64(bytes + j * width / 8) >> j * width % 8 & mask);
  for (size_t bit = 0; i < count; i++, bit += width) values[i] = (uint32_t)(load64(bytes + bit / 8) >> bit % 8 & mask);
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

// 1…127 values one after the other; eight bytes from the last bits on are read.
static void unpack_few_of_width(const uint8_t *bytes, int width, size_t count, uint32_t *values) {
  switch (width) {
#define CASE(W) \
  case W: unpack_few(bytes, W, count, values); break;
    EACH_WIDTH(CASE)
#undef CASE
  }
}

// A number of patches, their places, and `size` bytes (1, 2, 4) of each, which belong above `width` bits. Writes inside of 128
// values wherever they say.
static uint64_t put_patches_in(const uint8_t *patches, int size, int width, size_t count, uint32_t *values) {
  const size_t n = patches[0];
  const uint8_t *places = patches + 1, *highs = places + n;
  uint64_t over = 0;
  uint32_t largest = 0, last = 0;
  for (size_t i = 0; i < n; i++, highs += size) {
    uint64_t high = highs[0];
    if (size > 1) high |= (uint64_t)highs[1] << 8;
    if (size > 2) high |= (uint64_t)highs[2] << 16 | (uint64_t)highs[3] << 24;
    high <<= width;
    over |= high >> 32;
    if (last < places[i]) last = places[i];
    const uint32_t value = values[places[i] % kernel_block] |= (uint32_t)high;
    if (largest < value) largest = value;
  }
  return over || (n > 0 && last >= count) ? UINT64_MAX : largest;
}

uint64_t kernel_unpack_array(const uint8_t *bytes, kernel_array array, size_t count, uint32_t *values) {
  const uint8_t *packed = bytes + array.start;
  if (count == kernel_block) {
    kernel_unpack(packed, array.width, values);
  } else {
    unpack_few_of_width(packed, array.width, count, values);
  }
  if (array.patch == 0) return 0;
  return put_patches_in(bytes + array.patches, array.patch, array.width, count, values);
}

TWO_BUILDS
void kernel_add_up(uint32_t *gaps, size_t count, uint32_t previous) {
  const u32x8 zero = {0};
  u32x8 before = zero + previous;
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    u32x8 v;
    memcpy(&v, gaps + i, sizeof v);
    v += 1;
    v += __builtin_shufflevector(v, zero, 8, 0, 1, 2, 8, 4, 5, 6);
    v += __builtin_shufflevector(v, zero, 8, 8, 0, 1, 8, 8, 4, 5);
    v += __builtin_shufflevector(v, zero, 8, 8, 8, 8, 3, 3, 3, 3);
    // Only one addition waits for the eight before.
    const u32x8 sum = v + before;
    before += __builtin_shufflevector(v, v, 7, 7, 7, 7, 7, 7, 7, 7);
    memcpy(gaps + i, &sum, sizeof sum);
  }
  uint32_t doc = before[0];
  for (; i < count; i++) {
    doc += gaps[i] + 1;
    gaps[i] = doc;
  }
}
