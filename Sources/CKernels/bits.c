#include "CKernels.h"
#include "dispatch.h"

#include <string.h>

TWO_BUILDS
void kernel_set_bits(const uint32_t *docs, size_t count, uint32_t base, uint64_t *bits) {
  for (size_t i = 0; i < count; i++) {
    uint32_t place = docs[i] - base;
    bits[place >> 6] |= 1ull << (place & 63);
  }
}

TWO_BUILDS
size_t kernel_list_bits(const uint64_t *bits, size_t words, uint32_t base, uint32_t *docs) {
  size_t count = 0;
  for (size_t word = 0; word < words; word++) {
    uint64_t rest;
    memcpy(&rest, (const uint8_t *)bits + 8 * word, 8);
    uint32_t first = base + (uint32_t)(word * 64);
    while (rest != 0) {
      docs[count++] = first + (uint32_t)__builtin_ctzll(rest);
      rest &= rest - 1;
    }
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
