package import IndexStorage

/// Values under construction, in the order in which they come: the latest in memory, those before in a scratch file.
///
/// For what is collected for each document of a segment and needed when all of them are there, so that memory does not
/// grow with them. Elements are plain values, of any bytes.
package final class Spool<Element: BitwiseCopyable> {
  private let directory: IndexDirectory
  private let memoryBytes: Int
  private var latest: [Element] = []
  private var earlier: ScratchFile?
  private var earlierCount = 0
  private var earlierHash = Checksum()

  /// - Parameter memoryBytes: what stays in memory.
  package init(directory: IndexDirectory, memoryBytes: Int) {
    self.directory = directory
    self.memoryBytes = memoryBytes
  }

  package var count: Int { earlierCount + latest.count }

  func append(_ element: Element) throws {
    latest.append(element)
    try spillIfFull()
  }

  package func append(contentsOf elements: some Sequence<Element>) throws {
    latest.append(contentsOf: elements)
    try spillIfFull()
  }

  private func spillIfFull() throws {
    guard latest.count * MemoryLayout<Element>.stride > memoryBytes else { return }
    if earlier == nil { earlier = try directory.scratchFile() }
    // Sound: the elements are plain bytes, and the pointer does not leave the closure.
    try unsafe latest.withUnsafeBytes {
      unsafe earlierHash.update($0)
      try unsafe earlier?.write($0)
    }
    earlierCount += latest.count
    // What came at once may have been far more than fits: such memory does not stay.
    let isUsual = latest.capacity * MemoryLayout<Element>.stride <= 2 * memoryBytes
    latest.removeAll(keepingCapacity: isUsual)
  }

  /// Some of the values, for single look-ups.
  ///
  /// - Throws: `FileError`, `ScratchDamage`. Whether a file gave back other values is for the caller to find out.
  package func elements(_ range: Range<Int>) throws -> [Element] {
    guard range.lowerBound >= 0, range.upperBound <= count else { throw ScratchDamage() }
    guard range.lowerBound < earlierCount else {
      return Array(latest[(range.lowerBound - earlierCount)..<(range.upperBound - earlierCount)])
    }
    let end = min(range.upperBound, earlierCount)
    let earlier = try loaded(range.lowerBound..<end)
    return end == range.upperBound ? earlier : earlier + latest[..<(range.upperBound - earlierCount)]
  }

  /// All values; the end of this object's work, which gives its memory and its file back.
  func takeAll() throws -> [Element] {
    defer {
      latest = []
      earlier = nil
      earlierCount = 0
    }
    guard earlierCount > 0 else { return latest }
    var all = try loaded(0..<earlierCount, andRoomFor: latest.count)
    var hash = Checksum()
    // Sound: the pointer does not leave the closure.
    unsafe all.withUnsafeBytes { unsafe hash.update($0) }
    guard hash.value == earlierHash.value else { throw ScratchDamage() }
    all += latest
    return all
  }

  private func loaded(_ range: Range<Int>, andRoomFor more: Int = 0) throws -> [Element] {
    guard let earlier else { throw ScratchDamage() }
    // Sound: the buffer has room for the range, and is filled or given up.
    return try unsafe [Element](unsafeUninitializedCapacity: range.count + more) { target, count in
      let bytes = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(target)[..<(range.count * MemoryLayout<Element>.stride)])
      try unsafe earlier.read(at: range.lowerBound * MemoryLayout<Element>.stride, into: bytes)
      count = range.count
    }
  }
}
