import Glibc

/// Tells when something in a set of folders may have changed.
///
/// Asks the kernel (inotify); where that does not work, or has no room for so many folders, it says "may have"
/// twice a second. Whether anything did is for the next run to find out.
package final class FolderWatcher {
  package enum Event: Sendable { case changed, stopped }

  /// After the last change this long, in milliseconds: an editor writes more than once, a generator many files.
  private static let quiet: Int32 = 100
  /// A change is never held back longer, in milliseconds.
  private static let patience = 400
  private static let pollInterval: Int32 = 500

  private static let mask =
    UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MODIFY) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_ATTRIB)
    | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
    | UInt32(IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)

  private let descriptor: Int32
  /// By watch descriptor.
  private var folders: [Int32: String] = [:]
  /// Whether the kernel tells of changes in all folders.
  package private(set) var isComplete: Bool

  /// - Parameter usesKernel: false for tests of what happens where inotify does not work.
  package init(usesKernel: Bool = true) {
    descriptor = usesKernel ? inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)) : -1
    isComplete = descriptor >= 0
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Watches these folders and no others.
  ///
  /// - Returns: whether one of them was not watched before, so that a change in it may have been missed.
  package func watch(_ paths: [String]) -> Bool {
    guard descriptor >= 0 else { return false }
    isComplete = true
    var watched: [Int32: String] = [:]
    for path in paths {
      let watch = inotify_add_watch(descriptor, path, Self.mask)
      if watch >= 0 {
        watched[watch] = path
      } else if errno != ENOENT, errno != ENOTDIR {
        // No room (ENOSPC), no permission, no memory.
        isComplete = false
      }
    }
    let isNew = watched.contains { folders[$0.key] != $0.value }
    for watch in folders.keys where watched[watch] == nil { inotify_rm_watch(descriptor, watch) }
    folders = watched
    // Whatever this made the kernel say of watches that ended is no news.
    return isNew
  }

  /// Waits for a change, and then until there is a little peace.
  ///
  /// - Parameter stop: a descriptor that ends the waiting when it becomes readable.
  package func wait(unless stop: Int32) -> Event {
    var deadline: ContinuousClock.Instant?
    while true {
      var looks = [
        pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      // A negative descriptor is passed over.
      let timeout = deadline != nil ? Self.quiet : isComplete ? -1 : Self.pollInterval
      let count = poll(&looks, 2, timeout)
      if count < 0, errno != EINTR { return .stopped }
      if looks[0].revents != 0 { return .stopped }
      if count == 0 { return .changed }
      if looks[1].revents != 0, drain() {
        let now = ContinuousClock.now
        if let deadline, now >= deadline { return .changed }
        deadline = deadline ?? now + .milliseconds(Self.patience)
      }
    }
  }

  /// Takes what the kernel has to tell. Returns whether anything changed.
  private func drain() -> Bool {
    var hasChanged = false
    let size = 64 << 10
    withUnsafeTemporaryAllocation(byteCount: size, alignment: MemoryLayout<inotify_event>.alignment) {
      buffer in
      while true {
        let count = read(descriptor, buffer.baseAddress, size)
        guard count > 0 else { return }
        var offset = 0
        // The kernel writes whole events: a header and a name of the length that it says.
        while offset + MemoryLayout<inotify_event>.size <= count {
          let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
          if event.mask & UInt32(IN_IGNORED) != 0 {
            folders[event.wd] = nil
          } else {
            hasChanged = true
          }
          offset += MemoryLayout<inotify_event>.size + Int(event.len)
        }
      }
    }
    return hasChanged
  }
}
