/// Pages as a generator has written them: `a/index.html` is `/a/`.
struct BuiltSite: AddressRules {
  var baseURL: String?
  var anchors: AnchorRule { .github }

  func place(of name: String, _ front: FrontMatter) -> PagePlace {
    var link = "/" + name
    for index in ["index.html", "index.htm"] where lastPart(of: name) == index {
      link.removeLast(index.count)
    }
    var place = PagePlace(url: address(baseURL, percentEncoded(link)))
    place.categories = name.split(separator: "/").dropLast().first.map { [String($0)] } ?? []
    return place
  }
}
