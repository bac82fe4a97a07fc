/// The words of the search page, in the visitor's language.
struct PageTexts: Sendable {
  var language: String
  var title: String
  var placeholder: String
  var button: String
  var hint: String
  var noResults: String
  var noResultsHint: String
  var didYouMean: String
  var partialOnly: String
  var partial: String
  var previous: String
  var next: String
  var failed: String
  var filters: String
  var pages: String
  var results: String
  var facets: [String: String]

  /// What languages call themselves.
  static let languages = ["zh": "中文", "en": "English"]

  static let english = PageTexts(
    language: "en", title: "Search", placeholder: "Search in Chinese or English", button: "Search",
    hint: "Type a word, a name or any run of Chinese characters.", noResults: "Nothing found.",
    noResultsHint: "Try fewer or other words.", didYouMean: "Did you mean",
    partialOnly: "Nothing holds every word. These hold some:", partial: "some of the words",
    previous: "Previous",
    next: "Next", failed: "That did not work", filters: "Filters", pages: "Pages", results: "Results",
    facets: ["category": "Category", "tags": "Tags", "lang": "Language"])

  static let chinese = PageTexts(
    language: "zh-Hans", title: "搜索", placeholder: "搜索中文或英文", button: "搜索",
    hint: "输入词语、名称或任意一段汉字。", noResults: "没有找到结果。",
    noResultsHint: "试试更少或别的词语。", didYouMean: "你要找的是不是：",
    partialOnly: "没有包含全部词语的结果，以下包含其中一部分：", partial: "部分匹配", previous: "上一页", next: "下一页",
    failed: "出错了", filters: "筛选", pages: "分页", results: "搜索结果",
    facets: ["category": "分类", "tags": "标签", "lang": "语言"])

  private init(
    language: String, title: String, placeholder: String, button: String, hint: String, noResults: String,
    noResultsHint: String, didYouMean: String, partialOnly: String, partial: String, previous: String,
    next: String,
    failed: String,
    filters: String, pages: String, results: String, facets: [String: String]
  ) {
    self.language = language
    self.title = title
    self.placeholder = placeholder
    self.button = button
    self.hint = hint
    self.noResults = noResults
    self.noResultsHint = noResultsHint
    self.didYouMean = didYouMean
    self.partialOnly = partialOnly
    self.partial = partial
    self.previous = previous
    self.next = next
    self.failed = failed
    self.filters = filters
    self.pages = pages
    self.results = results
    self.facets = facets
  }

  /// The better of the two languages by an `Accept-Language` field; English when it names neither.
  init(accepting field: String?) {
    var best: (texts: PageTexts, weight: Double)?
    for choice in (field ?? "").lowercased().split(separator: ",") {
      let parts = choice.split(separator: ";")
      let tag = parts.first.map { $0.filter { $0 != " " } } ?? ""
      let weight =
        parts.dropFirst().lazy.map { $0.filter { $0 != " " } }.first { $0.hasPrefix("q=") }
        .map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      let texts: PageTexts
      switch tag.prefix(while: { $0 != "-" }) {
      case "zh": texts = .chinese
      case "en": texts = .english
      default: continue
      }
      if weight > best?.weight ?? 0 { best = (texts, weight) }
    }
    self = best?.texts ?? .english
  }

  func count(_ total: Int) -> String {
    language == "en" ? total == 1 ? "1 result" : "\(total) results" : "\(total) 个结果"
  }
}
