import Glibc
import IndexStorage

/// Small files of the command line itself, none of an index.
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

  /// Replaces a file, or makes it.
  static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "we") else { throw FileError(operation: "open", path: path, code: errno) }
    let written = fwrite(bytes, 1, bytes.count, file)
    let code = errno
    guard fclose(file) == 0, written == bytes.count else {
      throw FileError(operation: "write", path: path, code: code == 0 ? EIO : code)
    }
  }
}
