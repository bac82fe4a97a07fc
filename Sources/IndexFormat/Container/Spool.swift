package import IndexStorage

/// Values under construction, in the order in which they come: the latest in memory, those before in a scratch file.
///
/// For what is collected for each document of a segment and needed when all of them are there, so that memory does not
/// grow with them. Elements are plain values, of any bytes.
package final class Spool<Element: BitwiseCopyable> {
  private static var pieceBytes: Int { 4 << 20 }

  private let directory: IndexDirectory
  private let memoryBytes: Int
  private var latest: [Element] = []
  private var earlier: ScratchFile?
  private var earlierCount = 0
  private var earlierHash = Checksum()
  private var mapped: MappedFile?

  /// - Parameter memoryBytes: what stays in memory.
  package init(directory: IndexDirectory, memoryBytes: Int) {
    self.directory = directory
    self.memoryBytes = memoryBytes
  }

  package var count: Int { earlierCount + latest.count }

  package func append(_ element: Element) throws {
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
    latest.removeAll(keepingCapacity: true)
  }

  /// Some of the values, for single look-ups.
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
  package func takeAll() throws -> [Element] {
    defer {
      latest = []
      earlier = nil
      mapped = nil
      earlierCount = 0
    }
    guard earlierCount > 0 else { return latest }
    let file = try mapping(of: earlierCount)
    var hash = Checksum()
    let all = [Element](unsafeUninitializedCapacity: count) { target, count in
      // Sound: the target has room for all elements, and `earlierCount` of them stand in the file.
      let bytes = UnsafeMutableRawBufferPointer(target)
      let end = earlierCount * MemoryLayout<Element>.stride
      for start in stride(from: 0, to: end, by: Self.pieceBytes) {
        let piece = start..<min(start + Self.pieceBytes, end)
        let source = unsafe UnsafeRawBufferPointer(rebasing: file.bytes[piece])
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[piece]).copyMemory(from: source)
        unsafe hash.update(UnsafeRawBufferPointer(rebasing: bytes[piece]))
        file.forget(piece)
      }
      unsafe latest.withUnsafeBytes {
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[end...]).copyMemory(from: $0)
      }
      count = self.count
    }
    guard hash.value == earlierHash.value else { throw ScratchDamage() }
    return all
  }

  /// Gives the memory of what was read from the file back.
  package func forgetMemory() { mapped?.forget(0..<(mapped?.byteCount ?? 0)) }

  private func loaded(_ range: Range<Int>) throws -> [Element] {
    let file = try mapping(of: range.upperBound)
    let stride = MemoryLayout<Element>.stride
    let bytes = unsafe file.bytes[(range.lowerBound * stride)..<(range.upperBound * stride)]
    return unsafe [Element](unsafeUninitializedCapacity: range.count) { target, count in
      // Sound: both have the bytes of the range.
      unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes))
      count = range.count
    }
  }

  /// The file, mapped at least so far.
  private func mapping(of elementCount: Int) throws -> MappedFile {
    let byteCount = elementCount * MemoryLayout<Element>.stride
    if let mapped, mapped.byteCount >= byteCount { return mapped }
    mapped = try earlier?.map()
    guard let mapped, mapped.byteCount >= byteCount else { throw ScratchDamage() }
    return mapped
  }
}
