import Glibc

/// Standard output carries data, standard error messages. The only place that writes to either.
enum Output {
  /// Makes sure that streams and signals do only what they are for.
  ///
  /// A reader that goes away ends the program quietly, a file over the size limit is an error like any other.
  /// A stream that is closed gets a stand-in that refuses: else the next file opened, one of the index perhaps,
  /// would take its number and our messages.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  static func print(_ line: String) { write(Array((line + "\n").utf8), to: STDOUT_FILENO) }

  static func print(_ bytes: [UInt8]) { write(bytes + [UInt8(ascii: "\n")], to: STDOUT_FILENO) }

  /// One message on standard error.
  static func complain(_ message: String) {
    write(Array(("search: " + message + "\n").utf8), to: STDERR_FILENO)
  }

  /// Text on standard error as it is, without a line break.
  static func tell(_ text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      if count > 0 {
        written += count
      } else if count < 0, errno == EINTR {
        continue
      } else if count < 0, errno == EAGAIN {
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&wait, 1, -1)
      } else {
        if descriptor == STDOUT_FILENO { exit(errno == EPIPE ? 0 : ExitStatus.inputOutput) }
        return
      }
    }
  }

  /// Text from documents without anything that a terminal would obey: control and bidi characters.
  static func harmless(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A, 0x09, 0x0D: result.append(" ")
      case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F: continue
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
