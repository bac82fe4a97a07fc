#include "CKernels.h"
#include "dispatch.h"

#include <string.h>

static inline __attribute__((always_inline)) void gather(
    kernel_column column, const uint32_t *docs, size_t count, float *lengths) {
  switch (column.width) {
    case 1:
      for (size_t i = 0; i < count; i++) lengths[i] = (float)column.bytes[docs[i]];
      break;
    case 2:
      for (size_t i = 0; i < count; i++) {
        uint16_t length;
        memcpy(&length, column.bytes + 2 * (size_t)docs[i], 2);
        lengths[i] = (float)length;
      }
      break;
    default:
      for (size_t i = 0; i < count; i++) {
        uint32_t length;
        memcpy(&length, column.bytes + 4 * (size_t)docs[i], 4);
        lengths[i] = (float)length;
      }
  }
}

TWO_BUILDS
void kernel_score(
    const kernel_model *model, float weight, kernel_column title_lengths, kernel_column body_lengths,
    const uint32_t *docs, const uint32_t *frequencies, const uint32_t *titles, size_t count, float *scores) {
  const kernel_model m = *model;
  float lengths[kernel_block];
  for (size_t done = 0; done < count;) {
    size_t n = count - done < kernel_block ? count - done : kernel_block;
    gather(body_lengths, docs + done, n, lengths);
    if (titles == NULL) {
      for (size_t i = 0; i < n; i++) {
        float f = (float)(int32_t)frequencies[done + i];
        scores[done + i] = weight * (f / (f + m.k1 * (m.body_base + m.body_slope * lengths[i])));
      }
    } else {
      float title_lens[kernel_block];
      gather(title_lengths, docs + done, n, title_lens);
      for (size_t i = 0; i < n; i++) {
        // A damaged list may claim more title occurrences than occurrences: never below zero.
        uint32_t all = frequencies[done + i];
        uint32_t in_title = titles[done + i] < all ? titles[done + i] : all;
        float title = m.title_weight * (float)(int32_t)in_title / (m.title_base + m.title_slope * title_lens[i]);
        float norm = m.body_base + m.body_slope * lengths[i];
        // Both sides of the fraction times the norm of the body: without a title it is the line above, bit for bit.
        float f = title * norm + (float)(int32_t)(all - in_title);
        scores[done + i] = weight * (f / (f + m.k1 * norm));
      }
    }
    done += n;
  }
}

void kernel_add_scores(const uint32_t *docs, const float *scores, size_t count, uint32_t base, double *sums) {
  for (size_t i = 0; i < count; i++) sums[docs[i] - base] += scores[i];
}

TWO_BUILDS
void kernel_list(const uint32_t *docs, size_t count, uint32_t base, uint32_t *places) {
  for (size_t i = 0; i < count; i++) places[i] = docs[i] - base;
}

void kernel_keep_chosen(
    const uint32_t *places, const double *sums, const uint32_t *chosen, const float *scores, size_t count,
    uint32_t *kept, double *kept_sums) {
  for (size_t i = 0; i < count; i++) {
    uint32_t from = chosen[i];
    kept[i] = places[from];
    kept_sums[i] = sums[from] + (scores == NULL ? 0 : scores[i]);
  }
}

void kernel_mark_scores(
    const uint32_t *docs, const float *scores, size_t count, uint32_t base, double *sums, uint64_t *bits) {
  for (size_t i = 0; i < count; i++) {
    uint32_t place = docs[i] - base;
    uint64_t word = bits[place >> 6], bit = 1ull << (place & 63);
    // What stands in the sums of documents that are not marked is left over from another window.
    double sum = word & bit ? sums[place] : 0;
    sums[place] = sum + scores[i];
    bits[place >> 6] = word | bit;
  }
}

size_t kernel_select(const float *scores, size_t count, float least, uint32_t *indices) {
  size_t selected = 0;
  for (size_t i = 0; i < count; i++) {
    indices[selected] = (uint32_t)i;
    selected += scores[i] >= least ? 1 : 0;
  }
  return selected;
}

size_t kernel_keep(uint32_t *places, size_t count, const double *sums, double least) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t place = places[i];
    places[kept] = place;
    kept += sums[place] >= least ? 1 : 0;
  }
  return kept;
}

size_t kernel_keep_listed(uint32_t *places, size_t count, double *sums, double least) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t place = places[i];
    double sum = sums[i];
    places[kept] = place;
    sums[kept] = sum;
    kept += sum >= least ? 1 : 0;
  }
  return kept;
}
