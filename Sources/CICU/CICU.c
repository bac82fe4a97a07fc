#if !__has_include(<unicode/ubrk.h>)
#error "ICU headers not found: apt-get install libicu-dev"
#endif

#include "CICU.h"

#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/uvernum.h>
#include <unicode/uversion.h>
#include <unicode/utf.h>
#include <unicode/ucsdet.h>
#include <unicode/ucnv_err.h>
#include <unicode/ucnv.h>
#include <string.h>

const char *cicu_version(void) { return U_ICU_VERSION; }

int32_t cicu_fold_compatibility(const uint32_t *text, int32_t count, uint32_t *result, int32_t capacity) {
  enum { LOCAL = 512 };
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *normalizer = unorm2_getNFKCCasefoldInstance(&status);
  if (U_FAILURE(status) || count < 0 || count > INT32_MAX / 4) return -1;

  UChar localSource[LOCAL], localTarget[LOCAL];
  UChar *source = count * 2 <= LOCAL ? localSource : malloc(sizeof(UChar) * 2 * (size_t)count);
  if (!source) return -1;
  int32_t units = 0;
  for (int32_t k = 0; k < count; k++) U16_APPEND_UNSAFE(source, units, (UChar32)text[k]);

  UChar *target = localTarget;
  int32_t targetUnits = unorm2_normalize(normalizer, source, units, target, LOCAL, &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) {
    status = U_ZERO_ERROR;
    target = malloc(sizeof(UChar) * (size_t)targetUnits);
    if (target) {
      targetUnits = unorm2_normalize(normalizer, source, units, target, targetUnits, &status);
    } else {
      status = U_MEMORY_ALLOCATION_ERROR;
    }
  }

  int32_t written = -1;
  if (status == U_ZERO_ERROR || status == U_STRING_NOT_TERMINATED_WARNING) {
    written = 0;
    for (int32_t k = 0; k < targetUnits;) {
      UChar32 c;
      U16_NEXT(target, k, targetUnits, c);
      if (written < capacity) result[written] = (uint32_t)c;
      written++;
    }
  }
  if (source != localSource) free(source);
  if (target != localTarget) free(target);
  return written;
}

bool cicu_has_boundary_before(uint32_t codePoint) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *normalizer = unorm2_getNFKCCasefoldInstance(&status);
  return U_FAILURE(status) || unorm2_hasBoundaryBefore(normalizer, (UChar32)codePoint);
}

uint32_t cicu_canonical_base(uint32_t codePoint) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *normalizer = unorm2_getNFDInstance(&status);
  if (U_FAILURE(status)) return codePoint;
  UChar units[16];
  int32_t count = unorm2_getDecomposition(normalizer, (UChar32)codePoint, units, 16, &status);
  if (U_FAILURE(status) || count <= 0) return codePoint;
  UChar32 first;
  U16_GET(units, 0, 0, count, first);
  return (uint32_t)first;
}

int32_t cicu_script(uint32_t codePoint) {
  UErrorCode status = U_ZERO_ERROR;
  UScriptCode script = uscript_getScript((UChar32)codePoint, &status);
  if (U_FAILURE(status)) return CICU_SCRIPT_OTHER;
  switch (script) {
    case USCRIPT_COMMON: return CICU_SCRIPT_COMMON;
    case USCRIPT_INHERITED: return CICU_SCRIPT_INHERITED;
    case USCRIPT_HAN: return CICU_SCRIPT_HAN;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA: return CICU_SCRIPT_KANA;
    case USCRIPT_HANGUL: return CICU_SCRIPT_HANGUL;
    case USCRIPT_LATIN: return CICU_SCRIPT_LATIN;
    case USCRIPT_GREEK: return CICU_SCRIPT_GREEK;
    case USCRIPT_CYRILLIC: return CICU_SCRIPT_CYRILLIC;
    default: return CICU_SCRIPT_OTHER;
  }
}

int32_t cicu_category(uint32_t codePoint) {
  switch (u_charType((UChar32)codePoint)) {
    case U_UPPERCASE_LETTER:
    case U_LOWERCASE_LETTER:
    case U_TITLECASE_LETTER:
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER:
    case U_LETTER_NUMBER: return CICU_CATEGORY_LETTER;
    case U_DECIMAL_DIGIT_NUMBER: return CICU_CATEGORY_DIGIT;
    case U_NON_SPACING_MARK: return CICU_CATEGORY_NONSPACING_MARK;
    case U_COMBINING_SPACING_MARK: return CICU_CATEGORY_SPACING_MARK;
    case U_ENCLOSING_MARK: return CICU_CATEGORY_ENCLOSING_MARK;
    default: return CICU_CATEGORY_OTHER;
  }
}

struct cicu_words {
  UBreakIterator *iterator;
};

cicu_words *cicu_words_open(const char *locale) {
  UErrorCode status = U_ZERO_ERROR;
  UBreakIterator *iterator = ubrk_open(UBRK_WORD, locale, NULL, 0, &status);
  if (U_FAILURE(status)) return NULL;
  cicu_words *words = malloc(sizeof *words);
  if (!words) {
    ubrk_close(iterator);
    return NULL;
  }
  words->iterator = iterator;
  return words;
}

int32_t cicu_words_ends(cicu_words *words, const uint16_t *text, int32_t count, int32_t *ends, int32_t capacity) {
  UErrorCode status = U_ZERO_ERROR;
  ubrk_setText(words->iterator, (const UChar *)text, count, &status);
  if (U_FAILURE(status)) return -1;
  int32_t found = 0;
  ubrk_first(words->iterator);
  for (int32_t end = ubrk_next(words->iterator); end != UBRK_DONE; end = ubrk_next(words->iterator)) {
    if (found < capacity) ends[found] = end;
    found++;
  }
  // The iterator must not keep a pointer to text that is about to go away.
  ubrk_setText(words->iterator, u"", 0, &status);
  return found;
}

void cicu_words_close(cicu_words *words) {
  if (!words) return;
  ubrk_close(words->iterator);
  free(words);
}

int64_t cicu_decode(const char *name, const void *bytes, int64_t count, uint8_t *result, int64_t capacity) {
  UErrorCode status = U_ZERO_ERROR;
  UConverter *converter = ucnv_open(name, &status);
  if (U_FAILURE(status)) return -1;
  ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
  const char *source = bytes;
  const char *end = source + count;
  int64_t written = 0;
  UChar high = 0;  // the first half of a pair whose second half has not come yet
  bool sound = U_SUCCESS(status);
  bool more = sound;
  while (more && sound) {
    UChar units[4096];
    UChar *target = units;
    status = U_ZERO_ERROR;
    ucnv_toUnicode(converter, &target, units + 4096, &source, end, NULL, true, &status);
    more = status == U_BUFFER_OVERFLOW_ERROR;
    if (U_FAILURE(status) && !more) sound = false;
    for (const UChar *unit = units; unit < target && sound; unit++) {
      UChar32 c = *unit;
      if (high != 0) {
        if (!U16_IS_TRAIL(c)) {
          sound = false;
          break;
        }
        c = U16_GET_SUPPLEMENTARY(high, c);
        high = 0;
      } else if (U16_IS_LEAD(c)) {
        high = (UChar)c;
        continue;
      }
      if (U_IS_SURROGATE(c) || c == 0xFFFD || written + 4 > capacity) {
        sound = false;
        break;
      }
      U8_APPEND_UNSAFE(result, written, c);
    }
  }
  ucnv_close(converter);
  return sound && high == 0 ? written : -1;
}

int32_t cicu_encoding_confidence(const void *bytes, int32_t count, const char *name) {
  UErrorCode status = U_ZERO_ERROR;
  UCharsetDetector *detector = ucsdet_open(&status);
  if (U_FAILURE(status)) return 0;
  int32_t result = 0;
  ucsdet_setText(detector, bytes, count, &status);
  int32_t found = 0;
  const UCharsetMatch **matches = ucsdet_detectAll(detector, &found, &status);
  if (U_SUCCESS(status)) {
    // The matches come in the order of confidence.
    for (int32_t i = 0; i < found; i++) {
      const char *other = ucsdet_getName(matches[i], &status);
      int32_t confidence = ucsdet_getConfidence(matches[i], &status);
      if (U_FAILURE(status) || other == NULL) break;
      if (strcmp(other, name) == 0) {
        result = confidence;
        break;
      }
      bool isMultibyte = strncmp(other, "EUC", 3) == 0 || strcmp(other, "Shift_JIS") == 0;
      if (isMultibyte && confidence > 10) break;
    }
  }
  ucsdet_close(detector);
  return result;
}
