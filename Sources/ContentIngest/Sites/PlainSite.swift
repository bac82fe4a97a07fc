/// A folder of files without a generator: no address but the one that the owner says.
struct PlainSite: AddressRules {
  /// Prefix of the addresses, such as `https://github.com/me/weekly/blob/main/`.
  var baseURL: String?
  var anchors = AnchorRule.github

  func place(of name: String, _ front: FrontMatter) -> PagePlace {
    let parts = name.split(separator: "/", maxSplits: 1)
    var place = PagePlace(url: baseURL.map { address($0, percentEncoded("/" + name)) })
    place.categories = parts.count > 1 ? [String(parts[0])] : []
    return place
  }
}
