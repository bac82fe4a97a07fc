/// Where the files of this repository are, for tests that read or renew some of them.
package enum Repository {
  /// The absolute path of a file or folder, given relative to the root.
  package static func path(_ relativePath: String) -> String {
    let here = "/Tests/SearchTestSupport/Repository.swift"
    return "\(#filePath)".dropLast(here.count) + "/" + relativePath
  }
}
