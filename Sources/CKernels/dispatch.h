#ifndef DISPATCH_H
#define DISPATCH_H

#ifndef __has_feature
#define __has_feature(name) 0
#endif

// A function that is built twice; the processor's abilities choose when the program starts. Elsewhere than on x86-64 it is built once,
// and for the thread sanitizer, which would be called from where that is chosen, before it is there.
// Multiplications and additions are never fused (-ffp-contract=off), so that both builds give equal scores.
#if defined(__x86_64__) && !__has_feature(thread_sanitizer)
#define TWO_BUILDS __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define TWO_BUILDS
#endif

#endif
