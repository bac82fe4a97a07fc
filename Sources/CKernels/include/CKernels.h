// The inner loops over blocks of 128 postings. No policy: what the numbers mean is said in Swift.
//
// Where a loop gains from AVX2 there are two builds of the same source, and the processor decides once, at start-up.
// Without AVX2 everything works with SSE2, which every x86-64 has; results are equal bit for bit.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { kernel_block = 128 };

// Bit packing (FORMAT.md, "Packed arrays"): 128 integers of `width` bits (0...32) in four interleaved lanes, 16 × width bytes.
void kernel_pack(const uint32_t *_Nonnull values, int width, uint8_t *_Nonnull bytes);
void kernel_unpack(const uint8_t *_Nonnull bytes, int width, uint32_t *_Nonnull values);
// Unpacks gaps and adds them up: docs[i] = previous + 1 + gaps[0] + … + gaps[i] + i. `previous` is UINT32_MAX before the first.
void kernel_unpack_ascending(const uint8_t *_Nonnull bytes, int width, uint32_t previous, uint32_t *_Nonnull docs);
// The same for gaps that are unpacked already, `count` of them, in place.
void kernel_add_up(uint32_t *_Nonnull gaps, size_t count, uint32_t previous);

// A packed array: what its first byte says (bits of a value, bytes of a patch: 0, 1, 2, 4), and where its values, its patches (if it
// has any) and what follows begin.
typedef struct {
  int width, patch;
  size_t start, patches, end;
} kernel_array;

// False when the array of `count` values at `offset` does not end at or before `limit`. Reads nothing from there on.
static inline _Bool kernel_open_array(
    const uint8_t *_Nonnull bytes, size_t offset, size_t count, size_t limit, kernel_array *_Nonnull array) {
  if (offset >= limit) return 0;
  const int head = bytes[offset], width = head & 63, code = head >> 6;
  if (width > 32) return 0;
  const size_t packed_end = offset + 1 + (count * (size_t)width + 7) / 8;
  *array = (kernel_array){width, code == 3 ? 4 : code, offset + 1, packed_end, packed_end};
  if (code == 0) return packed_end <= limit;
  if (packed_end >= limit) return 0;
  array->end += 1 + bytes[packed_end] * (size_t)(1 + array->patch);
  return array->end <= limit;
}
// Unpacks 1…128 values; eight bytes from the end of the array on are read, too, and up to 128 values written. Returns the largest
// that was patched (0: none); UINT64_MAX when a patch is out of its place or makes a value of more than 32 bits.
uint64_t kernel_unpack_array(
    const uint8_t *_Nonnull bytes, kernel_array array, size_t count, uint32_t *_Nonnull values);

// Where in the positions of a block of postings a reader stands.
typedef struct {
  // Of the block, in the bytes of the list, and of the chunk that follows.
  size_t block_offset, offset;
  // Positions of the block; those before the chunk at hand or to be read, and its own.
  size_t total, chunk_start, chunk_count;
  _Bool is_decoded;
  // Whether the gaps of the decoded chunk are all below 2²⁴.
  _Bool is_narrow;
} kernel_positions;

// Writes the positions of the postings `indices`, one after the other, from their gaps; `ordinals` says where those of each posting
// begin, and past the last. `chunk` keeps the chunk at hand, and goes on for three values; so do `values`. Returns 0; 1 when the
// chunks are not inside `limit`, 2 when a position has more than 32 bits.
int kernel_read_positions(
    kernel_positions *_Nonnull reader, const uint8_t *_Nonnull bytes, size_t limit, const uint32_t *_Nonnull ordinals,
    const uint32_t *_Nonnull indices, size_t count, uint32_t *_Nonnull chunk, uint32_t *_Nonnull values);

// Asks for the cache lines of some bytes, which are read soon. Never fails, wherever they are.
static inline void kernel_prefetch(const void *_Nonnull bytes, size_t count) {
  for (size_t i = 0; i < count; i += 64) __builtin_prefetch((const char *)bytes + i);
}

// Adds one to the lower 31 bits of each value; the highest is cleared.
void kernel_add_one(uint32_t *_Nonnull values, size_t count);
// taken[i] = values[indices[i]].
void kernel_take(
    const uint32_t *_Nonnull values, const uint32_t *_Nonnull indices, size_t count, uint32_t *_Nonnull taken);

// Sets bit docs[i] - base for each i; every one lies inside the bits.
void kernel_set_bits(const uint32_t *_Nonnull docs, size_t count, uint32_t base, uint64_t *_Nonnull bits);
// Writes base + the place of each set bit, ascending; returns how many. `docs` has room for eight more than that.
size_t kernel_list_bits(const uint64_t *_Nonnull bits, size_t words, uint32_t base, uint32_t *_Nonnull docs);
size_t kernel_count_bits(const uint64_t *_Nonnull bits, size_t words);

// First index of `values` (ascending, little-endian, no alignment) from `from` on that is not below `target`; `count` if none.
size_t kernel_lower_bound(const uint8_t *_Nonnull values, size_t from, size_t count, uint32_t target);
// Of the ascending `places`, each standing for the document base + place: those that `docs` (ascending, last >= all of them)
// holds. Writes which of the places they are, and where they stand in `docs`; returns how many. `docs` goes on with UINT32_MAX up
// to a multiple of eight.
size_t kernel_intersect(
    const uint32_t *_Nonnull docs, size_t doc_count, const uint32_t *_Nonnull places, size_t place_count, uint32_t base,
    uint32_t *_Nonnull chosen, uint32_t *_Nonnull indices);
// The same for many places, which are marked as bits: `words` words of them. Writes the places themselves.
size_t kernel_intersect_marked(
    const uint32_t *_Nonnull docs, size_t doc_count, const uint64_t *_Nonnull marks, size_t words, uint32_t base,
    uint32_t *_Nonnull found, uint32_t *_Nonnull indices);
// Replaces `found`, ascending and all of them among the ascending `places`, by which of the places they are.
void kernel_number(
    const uint32_t *_Nonnull places, size_t place_count, uint32_t *_Nonnull found, size_t count);
// As `kernel_intersect` for documents that are bits, of which bit places[i] + offset is document i.
size_t kernel_find_set(
    const uint32_t *_Nonnull places, size_t count, uint32_t offset, const uint8_t *_Nonnull bits, size_t words,
    uint32_t *_Nonnull chosen, uint32_t *_Nonnull indices);
// The same without telling where they stand: bit places[i] + offset is document i. Writes the places; `kept` may be `places`.
// `bits` need not be aligned; what lies outside of the words is not held.
size_t kernel_keep_set(
    uint32_t *_Nonnull places, size_t count, uint32_t offset, const uint8_t *_Nonnull bits, size_t words,
    uint32_t *_Nonnull kept);
// A document in which a phrase may stand: where in `starts` the positions of its first word are, and how many still fit.
typedef struct {
  uint32_t start, count;
  uint32_t number;  // of the documents that were asked for
  uint32_t body;    // the first position that is not in the title
} kernel_phrase;
// Of the starts of each document keeps those that have, at this distance, one of the positions of another word, and then the
// documents that keep any; all in place. Those of document i stand in `others` from ends[i] to before ends[i + 1], and all ascend;
// eight more may be read. Returns how many documents are left.
size_t kernel_keep_at_distance(
    kernel_phrase *_Nonnull documents, size_t count, uint32_t *_Nonnull starts, const uint32_t *_Nonnull others,
    const size_t *_Nonnull ends, int64_t distance);
// First index from `from` on whose 16-bit value (little-endian, no alignment) is at least `least`; `count` if none.
size_t kernel_next_at_least(const uint8_t *_Nonnull values, size_t from, size_t count, uint16_t least);
// For each window of 2^shift documents the largest of the bounds of the blocks that reach into it: largest[last >> shift]
// and those that the block passes over. `largest` has a place for every document and holds zeros.
void kernel_window_bounds(
    const uint8_t *_Nonnull last_docs, const uint8_t *_Nonnull bounds, size_t count, int shift,
    uint16_t *_Nonnull largest, size_t windows);
uint16_t kernel_largest(const uint8_t *_Nonnull values, size_t count);

// A column of unsigned integers of 1, 2 or 4 bytes.
typedef struct {
  const uint8_t *_Nullable bytes;
  int width;
} kernel_column;

// counts[value of each document whose bit is set] += 1, where the value is below `limit`. Bit 0 is document `base`.
void kernel_tally(
    const uint64_t *_Nonnull bits, size_t words, uint32_t base, kernel_column column, uint32_t limit,
    uint32_t *_Nonnull counts);

// What the scores of a query have in common; see BM25F.swift for the formula.
typedef struct {
  float title_weight, title_base, title_slope, body_base, body_slope, k1;
} kernel_model;

// scores[i] = weight × saturation of document docs[i]; `titles` is null when no posting stands in a title.
// Every document lies inside both columns.
void kernel_score(
    const kernel_model *_Nonnull model, float weight, kernel_column title_lengths, kernel_column body_lengths,
    const uint32_t *_Nonnull docs, const uint32_t *_Nonnull frequencies, const uint32_t *_Nullable titles,
    size_t count, float *_Nonnull scores);

// sums[docs[i] - base] += scores[i]. In double precision the sum of a query's few scores is exact, so that its order does
// not show in the result.
void kernel_add_scores(
    const uint32_t *_Nonnull docs, const float *_Nonnull scores, size_t count, uint32_t base, double *_Nonnull sums);
// Lists the documents relative to `base`.
void kernel_list(const uint32_t *_Nonnull docs, size_t count, uint32_t base, uint32_t *_Nonnull places);
// Copies the chosen of `places` and their sums, each with its score added; without scores as they are. Both may be moved
// down in place.
void kernel_keep_chosen(
    const uint32_t *_Nonnull places, const double *_Nonnull sums, const uint32_t *_Nonnull chosen,
    const float *_Nullable scores, size_t count, uint32_t *_Nonnull kept, double *_Nonnull kept_sums);
// Adds where the bit of the document is set; elsewhere sets the sum and the bit.
void kernel_mark_scores(
    const uint32_t *_Nonnull docs, const float *_Nonnull scores, size_t count, uint32_t base, double *_Nonnull sums,
    uint64_t *_Nonnull bits);
// Writes the indices of scores that are at least `least`; returns how many.
size_t kernel_select(const float *_Nonnull scores, size_t count, float least, uint32_t *_Nonnull indices);
// Keeps of `places` those with sums[place] >= least, in order; returns how many.
size_t kernel_keep(uint32_t *_Nonnull places, size_t count, const double *_Nonnull sums, double least);
// The same where sums[i] is that of places[i]; keeps the sums too.
size_t kernel_keep_listed(uint32_t *_Nonnull places, size_t count, double *_Nonnull sums, double least);

#endif
