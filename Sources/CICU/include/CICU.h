// What the analyzer needs of ICU, under names that do not change with the ICU version and without
// an ICU type: Foundation brings an ICU of its own, and the two cannot meet in one compilation.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Scripts the analyzer tells apart; everything else is `CICU_SCRIPT_OTHER`.
enum {
  CICU_SCRIPT_OTHER = 0,
  CICU_SCRIPT_COMMON = 1,
  CICU_SCRIPT_INHERITED = 2,
  CICU_SCRIPT_HAN = 3,
  CICU_SCRIPT_KANA = 4,
  CICU_SCRIPT_HANGUL = 5,
  CICU_SCRIPT_LATIN = 6,
  CICU_SCRIPT_GREEK = 7,
  CICU_SCRIPT_CYRILLIC = 8,
};

/// General categories, as far as the analyzer tells them apart.
enum {
  CICU_CATEGORY_OTHER = 0,
  CICU_CATEGORY_LETTER = 1,           // L*, Nl
  CICU_CATEGORY_DIGIT = 2,            // Nd
  CICU_CATEGORY_NONSPACING_MARK = 3,  // Mn
  CICU_CATEGORY_SPACING_MARK = 4,     // Mc
  CICU_CATEGORY_ENCLOSING_MARK = 5,   // Me
};

/// Version of the ICU in use, such as "72.1".
const char *cicu_version(void);

/// NFKC_Casefold of `count` code points.
///
/// Returns the number of code points of the result, or -1 when ICU fails. Writes nothing and
/// returns the number when it is larger than `capacity`. A surrogate must not stand in `text`.
int32_t cicu_fold_compatibility(const uint32_t *text, int32_t count, uint32_t *result, int32_t capacity);

/// Whether text can be cut before `codePoint` without a change to its NFKC_Casefold.
bool cicu_has_boundary_before(uint32_t codePoint);

/// First code point of the full canonical decomposition; `codePoint` itself if it has none.
uint32_t cicu_canonical_base(uint32_t codePoint);

int32_t cicu_script(uint32_t codePoint);
int32_t cicu_category(uint32_t codePoint);

/// Word boundaries of one text at a time; not to be shared between threads.
typedef struct cicu_words cicu_words;

/// NULL when ICU has no rules or dictionary for `locale`.
cicu_words *cicu_words_open(const char *locale);

/// Ends of the words of `text` (UTF-16), ascending, the last one being `count`.
///
/// Writes at most `capacity` of them and returns how many there are, or -1 when ICU fails.
int32_t cicu_words_ends(cicu_words *words, const uint16_t *text, int32_t count, int32_t *ends, int32_t capacity);

void cicu_words_close(cicu_words *words);

/// ICU's dictionary of Chinese and Japanese words; read-only, may be shared between threads.
typedef struct cicu_dictionary cicu_dictionary;

/// NULL when ICU's data has no such dictionary, or one of a form that this code does not know.
cicu_dictionary *cicu_dictionary_open(void);

/// Words that begin with `text[0]`, by ascending length: lengths in code points, and costs (small is frequent).
///
/// Looks at no more than `count` code points, writes at most `capacity` words, returns how many.
int32_t cicu_dictionary_matches(
    const cicu_dictionary *dictionary, const uint32_t *text, int32_t count, int32_t *lengths, int32_t *costs,
    int32_t capacity);

void cicu_dictionary_close(cicu_dictionary *dictionary);

/// A regular expression; not to be used by two threads at once.
typedef struct cicu_pattern cicu_pattern;

/// NULL when `text` (UTF-16) is no expression.
cicu_pattern *cicu_pattern_open(const uint16_t *text, int32_t count);

/// 1 when the expression stands somewhere in `text` (UTF-16), 0 when not, -1 when finding out takes too many steps.
int32_t cicu_pattern_finds(cicu_pattern *pattern, const uint16_t *text, int32_t count);

void cicu_pattern_close(cicu_pattern *pattern);

/// UTF-8 of `count` bytes in the encoding that ICU calls `name`, such as "GB18030".
///
/// Returns the number of bytes written, or -1 when one byte is not of the encoding, stands for no
/// character, or `capacity` is too small.
int64_t cicu_decode(const char *name, const void *bytes, int64_t count, uint8_t *result, int64_t capacity);

/// How sure ICU's detection is that the bytes are in the encoding `name`: 0 to 100; 0 when it does
/// not think so, or is surer of another encoding of several bytes a character.
int32_t cicu_encoding_confidence(const void *bytes, int32_t count, const char *name);

#ifdef __cplusplus
}
#endif
