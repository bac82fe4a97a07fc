import SearchModel

enum FacetLayout {
  static let headerBytes = 8
  /// Number of the key, then what `FacetColumn` reads.
  static let columnBytes = 52
  static var directoryBytes: Int { headerBytes + FacetKey.allCases.count * columnBytes }
}
