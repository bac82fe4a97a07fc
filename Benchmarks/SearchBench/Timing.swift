import Glibc

/// Nanoseconds of a clock that only goes forward.
func nanoseconds() -> Int { nanoseconds(of: CLOCK_MONOTONIC) }

/// Nanoseconds that this thread has had of a processor.
func processorNanoseconds() -> Int { nanoseconds(of: CLOCK_THREAD_CPUTIME_ID) }

private func nanoseconds(of clock: clockid_t) -> Int {
  var time = timespec()
  clock_gettime(clock, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// The smallest value that at least this share of the values does not exceed; 0 of none.
func percentile(_ values: [Double], _ share: Double) -> Double {
  guard !values.isEmpty else { return 0 }
  let place = Int((share * Double(values.count)).rounded(.up)) - 1
  return values.sorted()[min(max(place, 0), values.count - 1)]
}
