// ICU's dictionary of Chinese and Japanese words. Its data is reached by the public calls of udata.h and
// ucharstrie.h, but the table in front of it is described only in ICU's source (common/dictionarydata.h,
// the same since ICU 50): whoever uses it must compare the result with ICU's own break iterator.
#include "CICU.h"

#include <cstring>
#include <new>
#include <unicode/ucharstrie.h>
#include <unicode/udata.h>

struct cicu_dictionary {
  UDataMemory *data;
  const char16_t *trie;
};

namespace {

// Indexes of dictionarydata.h: where the trie begins, the size of it all, the type of trie, a transform.
enum { TRIE_OFFSET = 0, TOTAL_SIZE = 3, TRIE_TYPE = 4, TRANSFORM = 5, INDEX_COUNT = 8 };
// Low three bits of the type: a trie of 16-bit units; the next bit: with values.
enum { TYPE_MASK = 7, TYPE_UCHARS = 1, HAS_VALUES = 8 };

UBool isDictionary(void *, const char *, const char *, const UDataInfo *info) {
  return info->dataFormat[0] == 'D' && info->dataFormat[1] == 'i' && info->dataFormat[2] == 'c' &&
         info->dataFormat[3] == 't' && info->formatVersion[0] == 1 && info->charsetFamily == U_CHARSET_FAMILY &&
         info->isBigEndian == U_IS_BIG_ENDIAN;
}

}  // namespace

extern "C" cicu_dictionary *cicu_dictionary_open(void) {
  UErrorCode status = U_ZERO_ERROR;
  UDataMemory *data = udata_openChoice(U_ICUDATA_NAME "-brkitr", "dict", "cjdict", isDictionary, nullptr, &status);
  if (U_FAILURE(status)) return nullptr;
  const uint8_t *bytes = static_cast<const uint8_t *>(udata_getMemory(data));
  int32_t indexes[INDEX_COUNT];
  bool usable = bytes != nullptr;
  if (usable) {
    memcpy(indexes, bytes, sizeof indexes);
    usable = indexes[TRIE_OFFSET] >= (int32_t)sizeof indexes && indexes[TRIE_OFFSET] < indexes[TOTAL_SIZE] &&
             indexes[TRIE_OFFSET] % 2 == 0 && (indexes[TRIE_TYPE] & TYPE_MASK) == TYPE_UCHARS &&
             (indexes[TRIE_TYPE] & HAS_VALUES) != 0 && indexes[TRANSFORM] == 0;
  }
  cicu_dictionary *dictionary = usable ? new (std::nothrow) cicu_dictionary : nullptr;
  if (!dictionary) {
    udata_close(data);
    return nullptr;
  }
  dictionary->data = data;
  dictionary->trie = reinterpret_cast<const char16_t *>(bytes + indexes[TRIE_OFFSET]);
  return dictionary;
}

extern "C" int32_t cicu_dictionary_matches(
    const cicu_dictionary *dictionary, const uint32_t *text, int32_t count, int32_t *lengths, int32_t *costs,
    int32_t capacity) {
  icu::UCharsTrie trie(dictionary->trie);
  int32_t found = 0;
  for (int32_t k = 0; k < count; k++) {
    // As ICU does: a code point outside the BMP is no unit of this trie and matches nothing.
    UStringTrieResult result = k == 0 ? trie.first((int32_t)text[k]) : trie.next((int32_t)text[k]);
    if (USTRINGTRIE_HAS_VALUE(result) && found < capacity) {
      lengths[found] = k + 1;
      costs[found] = trie.getValue();
      found++;
    }
    if (!USTRINGTRIE_HAS_NEXT(result)) break;
  }
  return found;
}

extern "C" void cicu_dictionary_close(cicu_dictionary *dictionary) {
  if (!dictionary) return;
  udata_close(dictionary->data);
  delete dictionary;
}
