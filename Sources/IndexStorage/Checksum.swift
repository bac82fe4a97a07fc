import CXXHash

/// XXH3, 64 bits, seed 0: finds damage, keeps nobody out. About the speed of memory.
///
/// The value is a number, the same on every machine; how its bytes are stored is the format's business.
/// `XXH_INLINE_` is what the header calls its functions when they are compiled in rather than linked.
package func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  // Sound: pointer and count belong together; a null pointer comes with count 0, which XXH3 allows.
  unsafe XXH_INLINE_XXH3_64bits(bytes.baseAddress, bytes.count)
}

package func checksum(_ bytes: RawSpan) -> UInt64 {
  // Sound: the pointer does not leave the closure.
  unsafe bytes.withUnsafeBytes { unsafe checksum($0) }
}

/// The same value for bytes that come in pieces.
@safe
package struct Checksum: ~Copyable {
  private let state: OpaquePointer

  package init() {
    guard let state = unsafe XXH_INLINE_XXH3_createState() else { fatalError("out of memory") }
    unsafe self.state = state
    _ = unsafe XXH_INLINE_XXH3_64bits_reset(state)
  }

  deinit { _ = unsafe XXH_INLINE_XXH3_freeState(state) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    // Sound: the state is ours alone (`~Copyable`), pointer and count belong together.
    _ = unsafe XXH_INLINE_XXH3_64bits_update(state, bytes.baseAddress, bytes.count)
  }

  package mutating func update(_ bytes: RawSpan) {
    // Sound: the pointer does not leave the closure.
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  /// The checksum of everything so far; more may follow.
  package var value: UInt64 { unsafe XXH_INLINE_XXH3_64bits_digest(state) }
}
