/// The lines of the ignore files of one folder, and those of the folders above it.
///
/// The deepest folder that says something about a path decides, and in it the last line that does. In one folder
/// the lines of `.searchignore` come after those of `.gitignore`.
final class IgnoreRules: Sendable {
  /// In the order in which they are read.
  static let fileNames = [".gitignore", ".searchignore"]
  /// Longer files are cut: nobody writes a megabyte of patterns.
  static let byteLimit = 1 << 20

  private let patterns: [PathPattern]
  /// Bytes of the absolute path of the folder, with the `/` after it.
  private let baseByteCount: Int
  private let outer: IgnoreRules?

  /// - Parameters:
  ///   - folder: absolute path of the folder that holds the files.
  ///   - contents: the bytes of the ignore files, in order.
  ///   - outer: the rules of the folders above.
  init(folder: String, contents: [[UInt8]], outer: IgnoreRules?) {
    patterns = contents.flatMap(Self.patterns)
    baseByteCount = folder == "/" ? 1 : folder.utf8.count + 1
    self.outer = outer
  }

  /// Whether a path is to be passed over. What lies in an ignored folder is not asked for.
  ///
  /// - Parameter path: absolute, below the folder of these rules.
  func ignores(_ path: UnsafeBufferPointer<UInt8>, isFolder: Bool) -> Bool {
    let slash = path.lastIndex(of: UInt8(ascii: "/")) ?? -1
    var rules = self
    while true {
      if rules.baseByteCount <= path.count, !rules.patterns.isEmpty {
        let relative = UnsafeBufferPointer(rebasing: path[rules.baseByteCount...])
        let nameStart = max(0, slash + 1 - rules.baseByteCount)
        for pattern in rules.patterns.reversed()
        where pattern.matches(relative, nameStart: nameStart, isFolder: isFolder) {
          return !pattern.isNegated
        }
      }
      guard let outer = rules.outer else { return false }
      rules = outer
    }
  }

  private static func patterns(of content: [UInt8]) -> [PathPattern] {
    var content = content[...]
    if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
    return content.split(separator: 0x0A).compactMap { line in
      PathPattern(line: line.last == 0x0D ? line.dropLast() : line)
    }
  }
}
