import Glibc
import IndexStorage

extension IndexDirectory {
  /// The bytes of a file that is read as a whole. One that is larger than any of its kind is damaged.
  ///
  /// - Throws: `FileError`, `IndexFormatError`.
  func readSmall(_ name: String, limit: Int, section: String) throws -> [UInt8] {
    do { return try read(name, limit: limit) } catch let error as FileError where error.code == EFBIG {
      throw IndexFormatError(.invalid("at most \(limit) bytes"), file: name, section: section)
    }
  }
}
