package import IndexStorage

/// Values under construction, in the order in which they come: the latest in memory, those before in a scratch file.
///
/// For what is collected for each document of a segment and needed when all of them are there, so that memory does not
/// grow with them. Elements are plain values; what comes back is what went in, or an error.
final class Spool<Element: BitwiseCopyable> {
  /// Bytes that stay in memory.
  private static var memoryBytes: Int { 64 << 10 }

  private let directory: IndexDirectory
  private var latest: [Element] = []
  private var earlier: ScratchFile?
  private var earlierCount = 0
  private var earlierHash = Checksum()
  private var mapped: MappedFile?

  init(directory: IndexDirectory) { self.directory = directory }

  var count: Int { earlierCount + latest.count }

  func append(_ element: Element) throws {
    latest.append(element)
    try spillIfFull()
  }

  func append(contentsOf elements: some Sequence<Element>) throws {
    latest.append(contentsOf: elements)
    try spillIfFull()
  }

  private func spillIfFull() throws {
    guard latest.count * MemoryLayout<Element>.stride >= Self.memoryBytes else { return }
    if earlier == nil { earlier = try directory.scratchFile() }
    // Sound: the elements are plain bytes, and the pointer does not leave the closure.
    try unsafe latest.withUnsafeBytes {
      unsafe earlierHash.update($0)
      try unsafe earlier?.write($0)
    }
    earlierCount += latest.count
    latest.removeAll(keepingCapacity: true)
  }

  /// Some of the values, for single look-ups.
  func elements(_ range: Range<Int>) throws -> [Element] {
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
      mapped = nil
      earlierCount = 0
    }
    guard earlierCount > 0 else { return latest }
    var all = try loaded(0..<earlierCount)
    var hash = Checksum()
    // Sound: as above.
    unsafe all.withUnsafeBytes { unsafe hash.update($0) }
    guard hash.value == earlierHash.value else { throw ScratchDamage() }
    all.append(contentsOf: latest)
    return all
  }

  private func loaded(_ range: Range<Int>) throws -> [Element] {
    let stride = MemoryLayout<Element>.stride
    let end = range.upperBound * stride
    if mapped.map({ $0.byteCount < end }) ?? true { mapped = try earlier?.map() }
    guard let mapped, end <= mapped.byteCount else { throw ScratchDamage() }
    let bytes = unsafe mapped.bytes[(range.lowerBound * stride)..<end]
    let elements = unsafe [Element](unsafeUninitializedCapacity: range.count) { target, count in
      // Sound: both have the bytes of the range, and any bytes are an element.
      unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes))
      count = range.count
    }
    mapped.forget((range.lowerBound * stride)..<end)
    return elements
  }
}
