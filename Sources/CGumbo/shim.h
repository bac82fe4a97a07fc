#pragma once
#if !__has_include(<gumbo.h>)
#error "gumbo headers not found: apt-get install libgumbo-dev"
#endif
#include <gumbo.h>
