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
  /// - Returns: whether all are held and there is at least one more; if not, none is.
  func take() -> Bool {
    while descriptors.count < Self.count, let descriptor = Self.open() { descriptors.append(descriptor) }
    guard descriptors.count == Self.count, Self.isOneFree else {
      giveUp()
      return false
    }
    return true
  }

  func giveUp() {
    for descriptor in descriptors { close(descriptor) }
    descriptors = []
  }

  /// Whether the process can open one more.
  static var isOneFree: Bool {
    guard let descriptor = open() else { return false }
    close(descriptor)
    return true
  }

  private static func open() -> CInt? {
    let descriptor = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
    return descriptor >= 0 ? descriptor : nil
  }
}
