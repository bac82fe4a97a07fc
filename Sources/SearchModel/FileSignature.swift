/// What tells that a file was not touched, without reading it.
package struct FileSignature: Sendable, Equatable {
  package var byteCount: Int
  /// Nanoseconds since 1970.
  package var modificationTime: Int64
  /// Nanoseconds since 1970. Unlike the other time it cannot be set, so it tells of every write.
  package var changeTime: Int64
  package var inode: UInt64

  package init(byteCount: Int, modificationTime: Int64, changeTime: Int64, inode: UInt64) {
    self.byteCount = byteCount
    self.modificationTime = modificationTime
    self.changeTime = changeTime
    self.inode = inode
  }
}

/// XXH3, 128 bits, of the bytes of a file: tells that it was touched but not changed.
package struct ContentHash: Sendable, Equatable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}
