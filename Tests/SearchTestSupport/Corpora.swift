import CZstd
import Glibc

/// Documents to test on: the sample of this package, and larger ones that may lie beside it.
package enum Corpora {
  /// The root of the package.
  package static let package: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()

  /// The sample content, always there.
  package static var data: String { package + "/Data" }

  /// Real digests and weeklies as their owner keeps them; nil where they are not.
  package static var seeds: String? { folder(package + "/../shared/corpora/seeds") }

  /// The first lines of a large mixed JSONL corpus; nil where it is not.
  package static func mixedLines(_ count: Int) -> [UInt8]? {
    guard let compressed = bytes(of: package + "/../shared/corpora/bench-mixed.jsonl.zst") else { return nil }
    guard let stream = ZSTD_createDStream() else { return nil }
    defer { ZSTD_freeDStream(stream) }
    var output: [UInt8] = []
    var lines = 0
    var chunk = [UInt8](repeating: 0, count: 1 << 17)
    return compressed.withUnsafeBytes { source in
      var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
      while input.pos < input.size {
        let produced = chunk.withUnsafeMutableBytes { target in
          var buffer = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
          return ZSTD_isError(ZSTD_decompressStream(stream, &buffer, &input)) == 0 ? buffer.pos : nil
        }
        guard let produced else { return nil }
        for byte in chunk[..<produced] {
          output.append(byte)
          if byte == UInt8(ascii: "\n") {
            lines += 1
            if lines == count { return output }
          }
        }
      }
      return output
    }
  }

  private static func folder(_ path: String) -> String? {
    var info = stat()
    return stat(path, &info) == 0 ? path : nil
  }

  /// All bytes of a file; nil where it cannot be read.
  package static func bytes(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      bytes += chunk[..<count]
      if count < chunk.count { return bytes }
    }
  }
}
