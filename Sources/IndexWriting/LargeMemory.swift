import Glibc

/// Memory for tables that are read all over: large pieces come from the system in huge pages, so that a look-up costs a
/// wait for memory and not one for the page table as well, and go back to it at once.
enum LargeMemory {
  private static let hugePage = 2 << 20
  private static let cacheLine = 64

  /// Memory without content, on a cache line border; to be freed by `free` with the same count.
  ///
  /// - Parameter isFilled: whether it is going to be used to its end; otherwise only what is touched costs memory.
  static func allocate<T: BitwiseCopyable>(
    _ type: T.Type, count: Int, isFilled: Bool = true
  ) -> UnsafeMutablePointer<T> {
    let byteCount = count * MemoryLayout<T>.stride
    guard byteCount >= hugePage else {
      return UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, cacheLine), alignment: cacheLine)
        .bindMemory(to: type, capacity: count)
    }
    let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { fatalError("out of memory") }
    // Advice: where it is not taken, it is slower and nothing else.
    if isFilled { madvise(memory, byteCount, MADV_HUGEPAGE) }
    return memory.bindMemory(to: type, capacity: count)
  }

  static func free<T: BitwiseCopyable>(_ memory: UnsafeMutablePointer<T>, count: Int) {
    let byteCount = count * MemoryLayout<T>.stride
    if byteCount >= hugePage {
      munmap(memory, byteCount)
    } else {
      UnsafeMutableRawPointer(memory).deallocate()
    }
  }
}
