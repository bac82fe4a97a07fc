import SearchTestSupport
import Testing

/// The sample site of Data/, indexed as the demo does it, against the counts in Data/expected.json.
@Suite struct SampleDataTests {
  private let folder: TemporaryDirectory
  private let expected: ParsedJSON

  init() throws {
    folder = try TemporaryDirectory()
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
      separator: "/")
    let outcome = try SearchProgram.run("index", "--index", folder.path, "\(root)/Data", "--strict")
    #expect(outcome.status == 0 && outcome.errors == "")
    let content = try RunningProgram(["/bin/cat", "\(root)/Data/expected.json"]).finish()
    expected = try content.json()
  }

  private func query(_ arguments: String...) throws -> ParsedJSON {
    try SearchProgram.run(["query", "--index", folder.path, "--json", "--limit", "1000"] + arguments).json()
  }

  private func titles(_ answer: ParsedJSON) -> [String] {
    answer["hits"].elements.compactMap { $0["title"].string }
  }

  @Test("as many items as were counted, in all and per category")
  func items() throws {
    #expect(try query("kind:item")["total"] == expected["items_distinct"])
    for category in expected["items_by_category"].keys {
      let answer = try query("category:\"\(category)\"", "--facet", "kind=item")
      #expect(answer["total"] == expected["items_by_category"][category], "\(category)")
    }
  }

  @Test("多集群 finds the items that hold it, those with it in the title first")
  func multiCluster() throws {
    let answer = try query("多集群", "--facet", "kind=item")
    let inTitle = expected["multi_cluster_entries"]["title"].strings
    let inText = expected["multi_cluster_entries"]["text_only"].strings
    #expect(answer["match"].string == "full")
    #expect(answer["total"].int == inTitle.count + inText.count)
    let found = titles(answer)
    #expect(Set(found.prefix(inTitle.count)) == Set(inTitle))
    #expect(Set(found.dropFirst(inTitle.count)) == Set(inText))
    #expect(Set(found).isDisjoint(with: expected["multi_cluster_english_only"].strings))
  }

  @Test("an item of two files is one entry with the categories and sources of both")
  func sharedItems() throws {
    for item in expected["items_shared"].elements {
      let title = try #require(item["title"].string)
      let hits = try query("title:\"\(title)\"", "--facet", "kind=item")["hits"].elements.filter {
        $0["title"].string == title
      }
      #expect(hits.count == 1, "\(title)")
      #expect(hits.first?["category"].strings.sorted() == item["category"].strings.sorted(), "\(title)")
      #expect(hits.first?["sources"].strings.sorted() == item["sources"].strings.sorted(), "\(title)")
    }
  }

  @Test("the pages of an answer join without repeats and sum to the total", arguments: ["集群", "安全"])
  func pages(text: String) throws {
    let all = try query(text)
    let total = try #require(all["total"].int)
    let ids = all["hits"].elements.compactMap { $0["id"].string }
    #expect(total > 10 && ids.count == total && Set(ids).count == total)
    var joined: [String] = []
    for offset in stride(from: 0, to: total, by: 7) {
      let page = try query("--limit", "7", "--offset", "\(offset)", text)
      #expect(page["total"].int == total)
      joined += page["hits"].elements.compactMap { $0["id"].string }
    }
    #expect(joined == ids)
  }

  @Test("facet counts are recounts of the hits")
  func facetCounts() throws {
    let answer = try query("多集群", "--facets", "category,lang,kind,source")
    for (facet, key) in [("category", "category"), ("lang", "lang"), ("kind", "kind"), ("source", "sources")]
    {
      var recount: [String: Int] = [:]
      for hit in answer["hits"].elements {
        for value in hit[key].string.map({ [$0] }) ?? hit[key].strings { recount[value, default: 0] += 1 }
      }
      let counts = answer["facets"][facet].elements.map { ($0["value"].string ?? "", $0["count"].int ?? 0) }
      #expect(Dictionary(uniqueKeysWithValues: counts) == recount)
      #expect(counts.map(\.1) == counts.map(\.1).sorted(by: >))
    }
  }

  @Test("Traditional characters and full-width letters find what their plain forms find")
  func otherForms() throws {
    for (form, plain) in [("多集羣", "多集群"), ("雲原生", "云原生"), ("Ｋ８ｓ", "K8s")] {
      let answer = try query(form)
      #expect(answer["total"].int ?? 0 > 0)
      #expect(titles(answer) == titles(try query(plain)))
    }
  }
}
