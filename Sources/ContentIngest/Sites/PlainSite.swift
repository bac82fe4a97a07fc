/// A folder of files without a generator: no address but the one that the owner says.
struct PlainSite: AddressRules {
  /// Prefix of the addresses, such as `https://github.com/me/weekly/blob/main/`.
  var baseURL: String?
  var anchors = AnchorRule.github

  func place(of name: String, _ front: FrontMatter) -> PagePlace {
    PagePlace(url: baseURL.map { address($0, percentEncoded("/" + name)) })
  }
}
