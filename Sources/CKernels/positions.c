#include "CKernels.h"

#include "vectors.h"

// Adds gaps up from a last value of up to 64 bits on, and returns the last. Values above 32 bits are cut off. Reads up to three
// gaps more than `count` (at least one), and writes as many values. Narrow gaps do not add up to 2³².
static inline uint64_t append_ascending(
    const uint32_t *gaps, size_t count, _Bool is_narrow, uint64_t last, uint32_t *values) {
  if (is_narrow) {
    u32x4 sums = {(uint32_t)last, (uint32_t)last, (uint32_t)last, (uint32_t)last};
    for (size_t i = 0; i < count; i += 4) store(values + i, add_up(load(gaps + i) + 1, &sums));
    return last + (uint32_t)(values[count - 1] - (uint32_t)last);
  }
  for (size_t i = 0; i < count; i++) {
    last += (uint64_t)gaps[i] + 1;
    values[i] = (uint32_t)last;
  }
  return last;
}

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static inline void rewind_block(kernel_positions *reader) {
  reader->offset = reader->block_offset;
  reader->chunk_start = 0;
  reader->chunk_count = smaller(kernel_block, reader->total);
  reader->is_decoded = 0;
}

int kernel_read_positions(
    kernel_positions *reader, const uint8_t *bytes, size_t limit, const uint32_t *ordinals, const uint32_t *indices,
    size_t count, uint32_t *chunk, uint32_t *values) {
  // A copy, so that it stays in registers.
  kernel_positions now = *reader;
  kernel_array array;
  for (size_t i = 0; i < count; i++) {
    size_t next = ordinals[indices[i]];
    const size_t end = ordinals[indices[i] + 1];
    // Asked again for a document whose positions go over the end of a chunk.
    if (next < now.chunk_start) rewind_block(&now);
    // One before the first position.
    uint64_t last = UINT64_MAX;
    while (next < end) {
      while (next >= now.chunk_start + now.chunk_count) {
        if (now.chunk_count == 0 || !kernel_open_array(bytes, now.offset, now.chunk_count, limit, &array)) return 1;
        now.offset = array.end;
        now.chunk_start += now.chunk_count;
        now.chunk_count = smaller(kernel_block, now.total - now.chunk_start);
        now.is_decoded = 0;
      }
      if (!now.is_decoded) {
        if (!kernel_open_array(bytes, now.offset, now.chunk_count, limit, &array)) return 1;
        const uint64_t patched = kernel_unpack_array(bytes, array, now.chunk_count, chunk);
        if (patched == UINT64_MAX) return 1;
        now.is_decoded = 1;
        // A chunk has 128 gaps at most.
        now.is_narrow = array.width <= 24 && patched < 1u << 24;
      }
      const size_t stop = smaller(end, now.chunk_start + now.chunk_count);
      last = append_ascending(chunk + (next - now.chunk_start), stop - next, now.is_narrow, last, values);
      values += stop - next;
      next = stop;
    }
    // Positions ascend, so the last one bounds them all; no sum of 32-bit gaps leaves 64 bits.
    if (last != UINT64_MAX && last > UINT32_MAX) return 2;
  }
  *reader = now;
  return 0;
}
