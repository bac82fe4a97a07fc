import CZlib

/// Compression of answers, as `Content-Encoding: gzip`.
enum Gzip {
  /// Smaller answers fit one packet anyway.
  static let minimumByteCount = 1_200

  /// - Parameter level: 1, fastest, to 9, smallest.
  /// - Returns: nil when zlib has no memory; the caller then sends the bytes as they are.
  static func compress(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
    guard let inputCount = UInt32(exactly: bytes.count) else { return nil }
    var stream = z_stream()
    guard search_deflate_init_gzip(&stream, level) == Z_OK else { return nil }
    defer { deflateEnd(&stream) }
    guard let bound = UInt32(exactly: deflateBound(&stream, UInt(inputCount))) else { return nil }
    var result = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: Int(bound)) { output, count in
      bytes.withUnsafeBufferPointer { input in
        // zlib only reads it; its type is older than `const`.
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = inputCount
        stream.next_out = output.baseAddress
        stream.avail_out = bound
        result = deflate(&stream, Z_FINISH)
      }
      count = Int(bound - stream.avail_out)
    }
    return result == Z_STREAM_END ? output : nil
  }

  /// Whether an `Accept-Encoding` field takes gzip: named, or by `*`, and not with a weight of 0.
  static func isAccepted(by field: String?) -> Bool {
    guard let field else { return false }
    var byStar = false
    for choice in field.utf8.split(separator: UInt8(ascii: ",")) {
      let parts = choice.split(separator: UInt8(ascii: ";"))
      guard let name = parts.first.map(trimmed) else { continue }
      let isRefused = parts.dropFirst().contains { part in
        let weight = trimmed(part)
        return weight.hasPrefix("q=") && Double(weight.dropFirst(2)) == 0
      }
      if name == "gzip" || name == "x-gzip" { return !isRefused }
      if name == "*" { byStar = !isRefused }
    }
    return byStar
  }

  private static func trimmed(_ text: Substring.UTF8View) -> String {
    String(Substring(text)).filter { $0 != " " && $0 != "\t" }.lowercased()
  }
}
