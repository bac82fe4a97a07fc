#pragma once
#if !__has_include(<libstemmer.h>)
#error "Snowball headers not found: apt-get install libstemmer-dev"
#endif
#include <libstemmer.h>
