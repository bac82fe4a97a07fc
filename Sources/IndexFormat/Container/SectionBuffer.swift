package import IndexStorage

/// One section under construction: in memory while small, in a scratch file beyond that.
///
/// Sections grow side by side while a segment file is written front to back, so they wait here.
package final class SectionBuffer {
  private static let memoryLimit = 1 << 20
  private static let pieceBytes = 4 << 20

  private let directory: IndexDirectory
  private var memory: [UInt8] = []
  private var scratch: ScratchFile?
  private var hash = Checksum()
  package private(set) var count = 0

  package init(directory: IndexDirectory) { self.directory = directory }

  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    unsafe hash.update(bytes)
    count += bytes.count
    guard bytes.count <= Self.memoryLimit else {
      try spill()
      try unsafe scratch?.write(bytes)
      return
    }
    unsafe memory.append(contentsOf: bytes)
    if memory.count > Self.memoryLimit { try spill() }
  }

  package func append(_ bytes: [UInt8]) throws {
    try unsafe bytes.withUnsafeBytes { try unsafe append($0) }
  }

  private func spill() throws {
    if scratch == nil { scratch = try directory.scratchFile() }
    try unsafe memory.withUnsafeBytes { try unsafe scratch?.write($0) }
    memory.removeAll(keepingCapacity: true)
  }

  /// The hash of everything appended.
  package var contentHash: UInt64 { hash.value }

  /// Hands the bytes over in order.
  func drain(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    if scratch != nil {
      if !memory.isEmpty { try spill() }
      guard let map = try scratch?.map() else { return }
      // In pieces that are given back, so that a large section never stands in memory as a whole.
      for start in stride(from: 0, to: map.byteCount, by: Self.pieceBytes) {
        let end = min(start + Self.pieceBytes, map.byteCount)
        try unsafe body(UnsafeRawBufferPointer(rebasing: map.bytes[start..<end]))
        map.forget(start..<end)
      }
    } else {
      try unsafe memory.withUnsafeBytes { try unsafe body($0) }
    }
  }
}
