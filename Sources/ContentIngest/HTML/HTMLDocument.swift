import CGumbo

/// A page as HTML5 rules read it, by gumbo.
struct HTMLDocument: ~Copyable {
  private let output: UnsafeMutablePointer<GumboOutput>
  /// The tree points into the text.
  private let text: UnsafeMutableBufferPointer<CChar>

  /// - Throws: when the page would take the parser out of bounds.
  init(_ bytes: [UInt8]) throws(MetaProblem) {
    try HTMLShape.check(bytes)
    let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
    copy[bytes.count] = 0
    var options = kGumboDefaultOptions
    options.max_errors = 0
    guard let parsed = gumbo_parse_with_options(&options, copy.baseAddress, bytes.count) else {
      copy.deallocate()
      throw MetaProblem(line: 1, reason: "it cannot be read as HTML")
    }
    text = copy
    output = parsed
  }

  deinit {
    var options = kGumboDefaultOptions
    gumbo_destroy_output(&options, output)
    text.deallocate()
  }

  /// Calls `body` with the root; elements are not to be kept.
  func withRoot<Result>(_ body: (HTMLElement?) -> Result) -> Result {
    body(output.pointee.root.flatMap { HTMLElement($0) })
  }
}

/// An element of a page, valid while its document is.
struct HTMLElement {
  let node: UnsafeMutablePointer<GumboNode>

  /// Nil for text and comments.
  init?(_ node: UnsafeMutablePointer<GumboNode>) {
    guard node.pointee.type == GUMBO_NODE_ELEMENT else { return nil }
    self.node = node
  }

  var tag: GumboTag { node.pointee.v.element.tag }

  /// Lower case; empty for an element that HTML does not know.
  var name: String { String(cString: gumbo_normalized_tagname(tag)) }

  /// The value of an attribute.
  subscript(name: String) -> String? {
    var attributes = node.pointee.v.element.attributes
    guard let found = gumbo_get_attribute(&attributes, name), let value = found.pointee.value else {
      return nil
    }
    return String(cString: value)
  }

  /// The node after this one in the order of the text, not below it if `below` is false; nil at the end of `root`.
  static func next(
    after node: UnsafeMutablePointer<GumboNode>, below: Bool, within root: UnsafeMutablePointer<GumboNode>,
    leaving: (UnsafeMutablePointer<GumboNode>) -> Void
  ) -> UnsafeMutablePointer<GumboNode>? {
    if below, node.pointee.type == GUMBO_NODE_ELEMENT, let first = child(0, of: node) { return first }
    var current = node
    while current != root {
      leaving(current)
      guard let parent = current.pointee.parent else { return nil }
      if let sibling = child(Int(current.pointee.index_within_parent) + 1, of: parent) { return sibling }
      current = parent
    }
    leaving(root)
    return nil
  }

  private static func child(
    _ index: Int, of parent: UnsafeMutablePointer<GumboNode>
  ) -> UnsafeMutablePointer<GumboNode>? {
    guard parent.pointee.type == GUMBO_NODE_ELEMENT else { return nil }
    let children = parent.pointee.v.element.children
    guard index < Int(children.length), let data = children.data, let node = data[index] else { return nil }
    return node.assumingMemoryBound(to: GumboNode.self)
  }

  /// The elements below and including this one for which `isWanted` holds, without those inside another.
  func elements(where isWanted: (HTMLElement) -> Bool) -> [HTMLElement] {
    var found: [HTMLElement] = []
    var current: UnsafeMutablePointer<GumboNode>? = node
    while let node = current {
      var below = true
      if let element = HTMLElement(node), isWanted(element) {
        found.append(element)
        below = false
      }
      current = Self.next(after: node, below: below, within: self.node) { _ in }
    }
    return found
  }
}
