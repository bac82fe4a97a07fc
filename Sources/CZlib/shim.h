#pragma once
#if !__has_include(<zlib.h>)
#error "zlib headers not found: apt-get install zlib1g-dev"
#endif
#include <zlib.h>

/// `deflateInit2` is a macro, which Swift does not see: deflate with a gzip header that names no file and no time.
static inline int search_deflate_init_gzip(z_streamp stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
