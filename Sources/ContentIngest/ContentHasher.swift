import CXXHash
package import SearchModel

/// The hash of bytes that come in pieces.
struct ContentHasher: ~Copyable {
  private let state: OpaquePointer

  init() {
    guard let state = XXH_INLINE_XXH3_createState() else { fatalError("out of memory") }
    self.state = state
    _ = XXH_INLINE_XXH3_128bits_reset(state)
  }

  deinit { _ = XXH_INLINE_XXH3_freeState(state) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    _ = XXH_INLINE_XXH3_128bits_update(state, bytes.baseAddress, bytes.count)
  }

  var value: ContentHash {
    let hash = XXH_INLINE_XXH3_128bits_digest(state)
    return ContentHash(high: hash.high64, low: hash.low64)
  }
}

extension ContentHash {
  package init(of text: String) { self.init(Array(text.utf8)) }

  package var hexadecimal: String {
    [high, low].map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  init(_ bytes: [UInt8]) {
    let hash = bytes.withUnsafeBytes { XXH_INLINE_XXH3_128bits($0.baseAddress, $0.count) }
    self.init(high: hash.high64, low: hash.low64)
  }
}
