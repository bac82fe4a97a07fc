// Tells the thread sanitizer of Swift's `Mutex`, for `Scripts/sanitize thread`, which has it loaded first.
//
// A lock that nobody wants besides is taken by atomic instructions in our own code, which the sanitizer sees. One that
// several want is taken and given back inside the library, which is not instrumented, and by the kernel: what the lock
// guards would be reported as a race.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#define SELF __attribute__((swift_context)) void *self
#define SWIFT __attribute__((swiftcall))
// Mangled names of Swift 6.3; where there are others, nothing happens here, and the sanitizer reports again.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Not there in the programs that tests run besides.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK);

SWIFT void lock_slow(uint32_t thread, SELF) {
  static SWIFT void (*next)(uint32_t, SELF);
  if (next == NULL) next = (SWIFT void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK);
  next(thread, self);
  if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT void unlock_slow(SELF) {
  static SWIFT void (*next)(SELF);
  if (next == NULL) next = (SWIFT void (*)(SELF))dlsym(RTLD_NEXT, UNLOCK);
  if (__tsan_release) __tsan_release(self);
  next(self);
}
