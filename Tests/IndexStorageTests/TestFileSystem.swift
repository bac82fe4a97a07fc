import IndexStorage
import SearchTestSupport

/// The file systems that have to keep the same contract.
enum TestFileSystem: CaseIterable, Sendable {
  case posix, faultyWithoutFaults

  func make(root: TemporaryDirectory) throws -> any FileSystem {
    switch self {
    case .posix: POSIXFileSystem()
    case .faultyWithoutFaults: try FaultyFileSystem(root: root)
    }
  }
}

func contents(of file: MappedFile) -> [UInt8] {
  file.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
}

/// Bytes that differ from place to place, so that a shifted or repeated block shows.
func pattern(_ byteCount: Int, seed: UInt64 = 1) -> [UInt8] {
  var random = SplitMix64(seed: seed)
  return (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: random.next()) }
}
