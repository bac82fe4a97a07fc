#ifndef DISPATCH_H
#define DISPATCH_H

// A function that is built twice; the processor's abilities choose when the program starts. Elsewhere than on x86-64 it is built once.
// Multiplications and additions are never fused (-ffp-contract=off), so that both builds give equal scores.
#if defined(__x86_64__)
#define TWO_BUILDS __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define TWO_BUILDS
#endif

#endif
