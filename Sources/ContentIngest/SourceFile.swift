package import SearchModel

/// A file, or a line of a file, that gives no entry, and why.
package struct SkippedInput: Sendable, Equatable {
  /// The reason of a file that is as it should be and gives nothing to find.
  package static let noText = "it has no text"

  /// Relative to the indexed root, `/` between folders; never an absolute path.
  package var file: String
  /// 1-based; nil when the whole file is meant.
  package var line: Int?
  /// A plain sentence without a local path.
  package var reason: String
  /// The name stands for a folder: nothing is known about the files in it, so none of them counts as deleted.
  package var isFolder: Bool
  /// The site or its owner left it out: nothing is wrong with it.
  package var isDeliberate: Bool

  package init(
    file: String, line: Int? = nil, reason: String, isFolder: Bool = false, isDeliberate: Bool = false
  ) {
    self.file = file
    self.line = line
    self.reason = reason
    self.isFolder = isFolder
    self.isDeliberate = isDeliberate
  }
}

/// A file that holds content, as the walk found it.
package struct SourceFile: Sendable, Equatable {
  /// Absolute, without symbolic links: what to open.
  package var path: String
  /// Relative to the root, `/` between folders: what users see, and what entries name as their source.
  package var name: String
  package var signature: FileSignature

  package init(path: String, name: String, signature: FileSignature) {
    self.path = path
    self.name = name
    self.signature = signature
  }

  package var byteCount: Int { signature.byteCount }
}

/// A PATH that the user named does not exist.
package struct MissingInputError: Error, Equatable, CustomStringConvertible {
  /// As the user typed it.
  package var path: String
  package init(_ path: String) { self.path = path }
  package var description: String { "there is no file or folder \(path)" }
}

/// What is read, by the end of the file's name.
enum ContentFormat {
  case markdown
  /// Markdown with JavaScript imports and components.
  case mdx
  /// Plain text, or Markdown when its content says so.
  case text
  /// One JSON object a line.
  case jsonLines
  case html

  init?(name: String) {
    switch fileExtension(of: name) {
    case "md", "markdown": self = .markdown
    case "mdx": self = .mdx
    case "txt", "text": self = .text
    case "jsonl", "ndjson": self = .jsonLines
    case "html", "htm": self = .html
    default: return nil
    }
  }
}
