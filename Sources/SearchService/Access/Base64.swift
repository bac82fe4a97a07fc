import CCrypto

enum Base64 {
  /// What stands after the colon of `name:password`; nil for what is no base64 of such a text.
  static func password(ofCredentials text: Substring) -> String? {
    let encoded = Array(text.utf8)
    guard !encoded.isEmpty, encoded.count <= 4_096, encoded.count % 4 == 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: encoded.count / 4 * 3)
    let count = Int(EVP_DecodeBlock(&bytes, encoded, Int32(encoded.count)))
    guard count >= 0, count <= bytes.count else { return nil }
    // The padding comes out as zeros.
    let padding = encoded.suffix(2).count { $0 == UInt8(ascii: "=") }
    guard let text = String(validating: bytes[..<max(0, count - padding)], as: UTF8.self),
      let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    return String(text[text.utf8.index(after: colon)...])
  }
}
