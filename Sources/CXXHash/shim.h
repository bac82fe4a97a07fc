#pragma once
#if !__has_include(<xxhash.h>)
#error "xxHash headers not found: apt-get install libxxhash-dev"
#endif
#define XXH_INLINE_ALL
#include <xxhash.h>
