import CMarkdown
import Glibc
import SearchModel

extension ContentReader {
  /// The targets of all links and images of a Markdown file, in order; none of a file of another kind, or of one
  /// that cannot be read.
  package func linkTargets(of file: SourceFile) -> [String] {
    switch ContentFormat(name: file.name) {
    case .markdown, .mdx: break
    default: return []
    }
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, isRegular(info), info.st_size <= fileByteLimit,
      case .success(let bytes) = Self.readAll(
        descriptor, expecting: Int(info.st_size), limit: fileByteLimit),
      let text = try? TextEncoding.utf8(bytes)
    else { return [] }
    let isMDX = ContentFormat(name: file.name) == .mdx
    return MarkdownSource.prepare(text[...], isMDX: isMDX).flatMap(MarkdownReader.linkTargets)
  }
}

extension MarkdownReader {
  fileprivate static func linkTargets(in source: [UInt8]) -> [String] {
    guard let document = parse(source) else { return [] }
    defer { cmark_node_free(document) }
    guard let iterator = cmark_iter_new(document) else { return [] }
    defer { cmark_iter_free(iterator) }
    var targets: [String] = []
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { return targets }
      guard event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) else { continue }
      let kind = UInt32(bitPattern: markdown_kind_of(node))
      guard kind == MARKDOWN_LINK.rawValue || kind == MARKDOWN_IMAGE.rawValue,
        let target = cmark_node_get_url(node)
      else { continue }
      targets.append(String(cString: target))
    }
  }
}
