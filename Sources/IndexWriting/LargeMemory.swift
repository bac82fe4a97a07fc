import Glibc

/// Memory for tables that are read all over: on cache line borders, in huge pages where it is large, so that a look-up
/// costs a wait for memory and not one for the page table as well.
enum LargeMemory {
  private static let hugePage = 2 << 20
  private static let cacheLine = 64

  /// Memory without content; to be freed by `free`.
  static func allocate<T: BitwiseCopyable>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
    let byteCount = max(count * MemoryLayout<T>.stride, cacheLine)
    let isHuge = byteCount >= hugePage
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, isHuge ? hugePage : cacheLine, byteCount) == 0, let memory else {
      fatalError("out of memory")
    }
    // Advice: where it is not taken, it is slower and nothing else.
    if isHuge { madvise(memory, byteCount, MADV_HUGEPAGE) }
    return memory.bindMemory(to: type, capacity: count)
  }
}
