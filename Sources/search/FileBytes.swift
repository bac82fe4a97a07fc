import Glibc

/// Small input files of the command line itself.
enum FileBytes {
  /// All bytes, or nil when the file cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      bytes += buffer[..<count]
      if count < buffer.count { return ferror(file) == 0 ? bytes : nil }
    }
  }
}
