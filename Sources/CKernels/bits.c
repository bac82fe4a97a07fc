#include "CKernels.h"
#include "dispatch.h"

#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BYTE(place) ((place) >> 3)
#else
#define BYTE(place) (((place) >> 3) ^ 7)
#endif

TWO_BUILDS
void kernel_set_bits(const uint32_t *docs, size_t count, uint32_t base, uint64_t *bits) {
  // Byte by byte: neighbours mostly fall into different bytes, so that one need not wait for the other's store.
  uint8_t *bytes = (uint8_t *)bits;
  for (size_t i = 0; i < count; i++) {
    uint32_t place = docs[i] - base;
    bytes[BYTE(place)] |= (uint8_t)(1u << (place & 7));
  }
}

TWO_BUILDS
size_t kernel_list_bits(const uint64_t *bits, size_t words, uint32_t base, uint32_t *docs) {
  size_t count = 0;
  for (size_t word = 0; word < words; word++) {
    uint64_t rest;
    memcpy(&rest, (const uint8_t *)bits + 8 * word, 8);
    uint32_t first = base + (uint32_t)(word * 64);
    if (rest == 0) continue;
    size_t set = (size_t)__builtin_popcountll(rest);
    uint32_t *next = docs + count;
    // Eight at a time, wanted or not: a branch per bit would be mispredicted at the end of each word.
    for (size_t done = 0; done < set; done += 8) {
      for (int i = 0; i < 8; i++) {
        next[done + i] = first + (uint32_t)__builtin_ctzll(rest | 1ull << 63);
        rest &= rest - 1;
      }
    }
    count += set;
  }
  return count;
}

TWO_BUILDS
size_t kernel_count_bits(const uint64_t *bits, size_t words) {
  size_t count = 0;
  for (size_t word = 0; word < words; word++) {
    uint64_t value;
    memcpy(&value, (const uint8_t *)bits + 8 * word, 8);
    count += (size_t)__builtin_popcountll(value);
  }
  return count;
}

#define TALLY(TYPE)                                                      \
  for (size_t word = 0; word < words; word++) {                          \
    uint64_t rest = bits[word];                                          \
    while (rest != 0) {                                                  \
      size_t doc = base + word * 64 + (size_t)__builtin_ctzll(rest);     \
      TYPE value;                                                        \
      memcpy(&value, column.bytes + doc * sizeof(TYPE), sizeof(TYPE));   \
      if (value < limit) counts[value]++;                                \
      rest &= rest - 1;                                                  \
    }                                                                    \
  }

TWO_BUILDS
void kernel_tally(
    const uint64_t *bits, size_t words, uint32_t base, kernel_column column, uint32_t limit, uint32_t *counts) {
  switch (column.width) {
    case 1: TALLY(uint8_t) break;
    case 2: TALLY(uint16_t) break;
    default: TALLY(uint32_t)
  }
}
