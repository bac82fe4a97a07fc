import Glibc

/// What `body` costs the processor on this thread. Unlike a clock on the wall it does not count other tests that
/// run meanwhile, so a bound far above the usual cost tells growth that is out of hand from a busy machine. What a
/// sanitizer makes of the time is taken off.
package func processorTime(_ body: () throws -> Void) rethrows -> Duration {
  let start = threadTime()
  try body()
  return (threadTime() - start) / slowness
}

/// How many times slower than without a sanitizer this program may be: 4.9 s were seen for a limit of one.
private let slowness = isLoaded("__tsan_init") || isLoaded("__asan_init") ? 5 : 1

private func isLoaded(_ function: String) -> Bool {
  let program = dlopen(nil, RTLD_NOW)
  return dlsym(program, function) != nil
}

private func threadTime() -> Duration {
  var time = timespec()
  guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { fatalError("no clock of the thread") }
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
