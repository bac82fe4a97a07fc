import Glibc

/// Descriptors that are held to be given up when there are no others.
///
/// A process without any may end: libdispatch opens a file of `/proc` for each of its threads now and then, and takes
/// it for a fault of the program when it cannot. For one thread at a time.
final class DescriptorReserve {
  /// That one, the pointer file of the index, and two for what nobody thought of.
  static let count = 4

  private var descriptors: [CInt] = []

  deinit { giveUp() }

  /// Takes what is missing.
  ///
  /// - Returns: false when there are not as many and one more; then none is held.
  func take() -> Bool {
    while descriptors.count <= Self.count {
      guard let descriptor = Self.open() else {
        // Whatever else forbids it is no shortage, and no reason to wait for its end.
        let isShort = AcceptPause.isShortage(errno)
        giveUp()
        return !isShort
      }
      descriptors.append(descriptor)
    }
    close(descriptors.removeLast())
    return true
  }

  func giveUp() {
    for descriptor in descriptors { close(descriptor) }
    descriptors = []
  }

  /// Of a socket that nobody uses, because that needs no file.
  private static func open() -> CInt? {
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    return descriptor >= 0 ? descriptor : nil
  }
}
