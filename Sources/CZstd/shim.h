#pragma once
#if !__has_include(<zstd.h>)
#error "zstd headers not found: apt-get install libzstd-dev"
#endif
#include <zstd.h>
