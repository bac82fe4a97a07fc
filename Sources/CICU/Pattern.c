#include "CICU.h"

#include <stdlib.h>
#include <unicode/uregex.h>

enum {
  // Of ten thousand steps back each; names of files need a few hundred steps.
  TIME_LIMIT = 20,
  STACK_BYTES = 1 << 20
};

struct cicu_pattern {
  URegularExpression *expression;
};

cicu_pattern *cicu_pattern_open(const uint16_t *text, int32_t count) {
  UErrorCode status = U_ZERO_ERROR;
  URegularExpression *expression = uregex_open((const UChar *)text, count, 0, NULL, &status);
  if (U_FAILURE(status)) return NULL;
  uregex_setTimeLimit(expression, TIME_LIMIT, &status);
  uregex_setStackLimit(expression, STACK_BYTES, &status);
  cicu_pattern *pattern = U_FAILURE(status) ? NULL : malloc(sizeof *pattern);
  if (!pattern) {
    uregex_close(expression);
    return NULL;
  }
  pattern->expression = expression;
  return pattern;
}

int32_t cicu_pattern_finds(cicu_pattern *pattern, const uint16_t *text, int32_t count) {
  UErrorCode status = U_ZERO_ERROR;
  uregex_setText(pattern->expression, (const UChar *)text, count, &status);
  UBool found = uregex_find(pattern->expression, 0, &status);
  return U_FAILURE(status) ? -1 : found ? 1 : 0;
}

void cicu_pattern_close(cicu_pattern *pattern) {
  uregex_close(pattern->expression);
  free(pattern);
}
