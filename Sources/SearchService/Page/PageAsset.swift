/// A file of the search page, part of the program.
struct PageAsset: Sendable {
  let type: String
  let bytes: [UInt8]
  let checksum: UInt64

  private init(type: String, bytes: [UInt8]) {
    self.type = type
    self.bytes = bytes
    checksum = EntityTag.checksum(bytes)
  }

  static let script = PageAsset(type: "text/javascript; charset=utf-8", bytes: PackageResources.search_js)
  static let style = PageAsset(type: "text/css; charset=utf-8", bytes: PackageResources.search_css)

  /// Changes with the program's pages, so that nobody keeps answers of an older program.
  static let version = script.checksum ^ style.checksum
}
