#include "CKernels.h"
#include "dispatch.h"

#include <string.h>

static inline uint32_t at(const uint8_t *values, size_t i) {
  uint32_t value;
  memcpy(&value, values + 4 * i, 4);
  return value;
}

size_t kernel_lower_bound(const uint8_t *values, size_t from, size_t count, uint32_t target) {
  if (from >= count || at(values, from) >= target) return from;
  // Galloping: targets are mostly near, and then only one cache line is touched.
  size_t step = 1, low = from;
  while (low + step < count && at(values, low + step) < target) {
    low += step;
    step *= 2;
  }
  size_t high = low + step < count ? low + step : count;
  low++;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (at(values, middle) < target) low = middle + 1; else high = middle;
  }
  return low;
}

TWO_BUILDS
size_t kernel_next_at_least(const uint8_t *values, size_t from, size_t count, uint16_t least) {
  size_t i = from;
  for (; i + 32 <= count; i += 32) {
    uint16_t chunk[32];
    memcpy(chunk, values + 2 * i, 64);
    uint16_t any = 0;
    for (int k = 0; k < 32; k++) any |= chunk[k] >= least ? 1 : 0;
    if (any) break;
  }
  for (; i < count; i++) {
    uint16_t value;
    memcpy(&value, values + 2 * i, 2);
    if (value >= least) return i;
  }
  return count;
}

TWO_BUILDS
uint16_t kernel_largest(const uint8_t *values, size_t count) {
  uint16_t best = 0;
  for (size_t i = 0; i < count; i++) {
    uint16_t value;
    memcpy(&value, values + 2 * i, 2);
    best = value > best ? value : best;
  }
  return best;
}

void kernel_window_bounds(
    const uint8_t *last_docs, const uint8_t *bounds, size_t count, int shift, uint16_t *largest, size_t windows) {
  uint32_t next = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t last = at(last_docs, i);
    uint16_t bound;
    memcpy(&bound, bounds + 2 * i, 2);
    for (size_t window = next >> shift; window <= last >> shift && window < windows; window++)
      if (largest[window] < bound) largest[window] = bound;
    next = last + 1;
  }
}

size_t kernel_intersect(
    const uint32_t *docs, size_t doc_count, const uint32_t *places, size_t place_count, uint32_t base, uint32_t *found,
    uint32_t *indices) {
  size_t count = 0, from = 0;
  for (size_t i = 0; i < place_count; i++) {
    uint32_t target = base + places[i];
    // Without a branch to mispredict: the length halves whatever the answer.
    size_t low = from, length = doc_count - from;
    while (length > 1) {
      size_t half = length / 2;
      low = docs[low + half - 1] < target ? low + half : low;
      length -= half;
    }
    found[count] = places[i];
    indices[count] = (uint32_t)low;
    count += docs[low] == target ? 1 : 0;
    from = low;
  }
  return count;
}
