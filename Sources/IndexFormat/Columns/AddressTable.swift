package import IndexStorage

/// Which documents may have an address: 32 bits of a checksum of each (FORMAT.md, "Addresses").
package struct AddressTable: Sendable {
  private let column: NumberColumn

  init(_ file: SegmentFile, documentCount: Int) throws(IndexFormatError) {
    column = try NumberColumn(file, section: .addresses, offset: 0, width: 4, count: documentCount)
    guard column.end == file.byteCount(of: .addresses) else {
      throw file.error(.invalid("an address per document"), in: .addresses)
    }
  }

  /// Where an entry leads: its URL, with its anchor unless the URL has one; nil without a URL.
  package static func address(url: String?, anchor: String?) -> String? {
    guard let url, let anchor, !url.contains("#") else { return url }
    return url + "#" + anchor
  }

  /// Never 0, which stands for no address.
  static func hash(_ address: String?) -> UInt32 {
    guard let address else { return 0 }
    let bytes = Array(address.utf8)
    // Sound: the pointer does not leave the closure.
    let sum = unsafe bytes.withUnsafeBytes { unsafe checksum($0) }
    return max(1, UInt32(truncatingIfNeeded: sum))
  }

  package func hash(of document: Int) throws(IndexFormatError) -> UInt32 { try column.value(of: document) }

  /// Documents whose address may be this one; the heads say for sure.
  ///
  /// - Complexity: O(documents), four bytes each.
  package func candidates(for address: String) throws(IndexFormatError) -> [Int] {
    try column.check(0..<column.count)
    let wanted = Self.hash(address)
    return (0..<column.count).filter { column[$0] == wanted }
  }
}
