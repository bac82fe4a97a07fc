#include "CKernels.h"

#include "dispatch.h"
#include "vectors.h"

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

TWO_BUILDS
size_t kernel_intersect(
    const uint32_t *docs, size_t doc_count, const uint32_t *places, size_t place_count, uint32_t base, uint32_t *chosen,
    uint32_t *indices) {
  size_t count = 0, group = 0;
  // With few places the groups between them are too many to pass one by one.
  const int is_sparse = place_count * 8 < doc_count;
  for (size_t i = 0; i < place_count; i++) {
    uint32_t target = base + places[i];
    if (doc_count == kernel_block) {
      // From the start each time: no place has to wait for the one before.
      group = docs[63] < target ? 64 : 0;
      group += docs[group + 31] < target ? 32 : 0;
      group += docs[group + 15] < target ? 16 : 0;
      group += docs[group + 7] < target ? 8 : 0;
    } else if (is_sparse) {
      // Without a branch to mispredict: the length halves whatever the answer.
      size_t length = (doc_count - group + 7) / 8;
      while (length > 1) {
        size_t half = length / 2;
        group = docs[group + 8 * half - 1] < target ? group + 8 * half : group;
        length -= half;
      }
    } else {
      while (docs[group + 7] < target) group += 8;
    }
    uint32_t less = 0;
    for (int k = 0; k < 8; k++) less += docs[group + (size_t)k] < target ? 1 : 0;
    size_t low = group + less;
    chosen[count] = (uint32_t)i;
    indices[count] = (uint32_t)low;
    count += docs[low] == target ? 1 : 0;
  }
  return count;
}

void kernel_take(const uint32_t *values, const uint32_t *indices, size_t count, uint32_t *taken) {
  for (size_t i = 0; i < count; i++) taken[i] = values[indices[i]];
}

TWO_BUILDS
size_t kernel_intersect_marked(
    const uint32_t *docs, size_t doc_count, const uint64_t *marks, size_t words, uint32_t base, uint32_t *found,
    uint32_t *indices) {
  size_t count = 0;
  for (size_t i = 0; i < doc_count; i++) {
    uint32_t place = docs[i] - base;
    size_t word = place >> 6;
    uint64_t mark = marks[word < words ? word : 0] >> (place & 63) & (word < words ? 1 : 0);
    found[count] = place;
    indices[count] = (uint32_t)i;
    count += mark;
  }
  return count;
}

void kernel_number(const uint32_t *places, size_t place_count, uint32_t *found, size_t count) {
  size_t done = 0;
  for (size_t i = 0; i < place_count && done < count; i++) {
    uint32_t is_found = places[i] == found[done] ? 1 : 0;
    found[done] = is_found ? (uint32_t)i : found[done];
    done += is_found;
  }
}

TWO_BUILDS
size_t kernel_find_set(
    const uint32_t *places, size_t count, uint32_t offset, const uint8_t *bits, size_t words, uint32_t *chosen,
    uint32_t *indices) {
  size_t n = 0, at = SIZE_MAX;
  uint32_t before = 0;
  uint64_t word = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t bit = places[i] + offset;
    size_t wanted = bit >> 6;
    if (wanted >= words) break;
    while (at != wanted) {
      before += (uint32_t)__builtin_popcountll(word);
      at++;
      memcpy(&word, bits + 8 * at, 8);
    }
    chosen[n] = (uint32_t)i;
    indices[n] = before + (uint32_t)__builtin_popcountll(word & ((1ull << (bit & 63)) - 1));
    n += (word >> (bit & 63)) & 1;
  }
  return n;
}

size_t kernel_keep_set(
    uint32_t *places, size_t count, uint32_t offset, const uint8_t *bits, size_t words, uint32_t *kept) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t bit = places[i] + offset;
    uint32_t place = places[i];
    uint64_t word = 0;
    if ((bit >> 6) < words) memcpy(&word, bits + 8 * (size_t)(bit >> 6), 8);
    kept[n] = place;
    n += (word >> (bit & 63)) & 1;
  }
  return n;
}

static inline __attribute__((always_inline)) size_t keep_starts(
    uint32_t *starts, size_t count, const uint32_t *others, size_t other_count, int64_t distance) {
  size_t kept = 0, at = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t start = starts[i];
    int64_t exact = (int64_t)start + distance;
    if (exact < 0 || exact > UINT32_MAX) continue;
    uint32_t wanted = (uint32_t)exact;
    while (at + 8 < other_count && others[at + 7] < wanted) at += 8;
    size_t rest = other_count - at;
    // All eight, without a branch to mispredict at the one that fits.
    const uint32_t equal = lanes_equal(others + at, wanted), held = rest < 8 ? (1u << rest) - 1 : 255;
    starts[kept] = start;
    kept += (equal & held) != 0 ? 1 : 0;
  }
  return kept;
}

TWO_BUILDS
size_t kernel_keep_at_distance(
    kernel_phrase *documents, size_t count, uint32_t *starts, const uint32_t *others, const size_t *ends,
    int64_t distance) {
  size_t left = 0;
  for (size_t i = 0; i < count; i++) {
    kernel_phrase document = documents[i];
    document.count = (uint32_t)keep_starts(
        starts + document.start, document.count, others + ends[i], ends[i + 1] - ends[i], distance);
    documents[left] = document;
    left += document.count > 0 ? 1 : 0;
  }
  return left;
}
