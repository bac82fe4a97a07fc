import ContentIngest
import Foundation
import SearchModel
import Testing

/// The documents the product is for. Every figure here was counted by hand or by the line pattern below.
@Suite(.enabled(if: Seeds.directory != nil)) struct SeedDigestTests {
  /// An item as the line patterns of the two digests see it.
  private struct Line: Hashable {
    var title: String
    var url: String
    var category: String
  }

  private func lines(of text: String) -> [Line] {
    var category = ""
    var found: [Line] = []
    for line in text.split(separator: "\n") {
      if let heading = line.wholeMatch(of: #/##? (.+)/#) { category = String(heading.output.1) }
      guard line.hasPrefix("- [") else { continue }
      let links = line.matches(of: #/\[([^\]]*)\]\(([^)]*)\)/#)
      let title = links.map { String($0.output.1) }.joined()
      found.append(Line(title: title, url: String(links[0].output.2), category: category))
    }
    return found
  }

  @Test("every item of the two digests has its title, URL and category", arguments: ["000", "001"])
  func digestItems(number: String) throws {
    let expected = lines(of: try Seeds.file(number).text)
    #expect(expected.count == (number == "000" ? 156 : 28))
    let items = try Seeds.read(number).items
    #expect(
      items.map { Line(title: $0.title, url: $0.url ?? "", category: $0.category.joined()) } == expected)
    #expect(items.allSatisfy { !$0.text.isEmpty && $0.lang == "zh" })
  }

  @Test func theTwoDigestsHold167Items() throws {
    let a = try Seeds.read("000")
    let b = try Seeds.read("001")
    #expect(a.items.count == 156 && b.items.count == 28)
    #expect(a.entries.count == 157 && b.entries.count == 29)
    var categories: [String: Set<String>] = [:]
    for item in a.items + b.items { categories[item.id, default: []].formUnion(item.category) }
    #expect(categories.count == 167)
    #expect(Set(a.items.map(\.id)).intersection(b.items.map(\.id)).count == 17)
    let counts = categories.values.flatMap { $0 }.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    #expect(
      counts == [
        "工具推荐": 50, "最佳实践": 43, "前沿热点": 28, "其他": 16, "排障方案": 10, "产品选型": 8, "安全漏洞": 8, "电子书": 4,
      ])
    #expect(a.items[0].path == ["知识分享", "排障方案"])
    #expect(b.items[0].path == ["前沿热点"])
  }

  @Test func twoLinksAreOneTitle() throws {
    let reading = try Seeds.read("000")
    let item = try #require(reading.item("是时候思考 K8s 出向流量安全了（上）&（下）"))
    #expect(item.url == "https://mp.weixin.qq.com/s/Lj3sl-Ukday9WP4U-8-vqA")
    let loose = try #require(reading.item("声明式管理 Helm 版本的工具"))
    #expect(loose.text.hasPrefix("这篇文章介绍了 Kubernetes 生态中"))
  }

  @Test func plainWeeklyIsOnePage() throws {
    let reading = try Seeds.read("002")
    #expect(reading.entries.map(\.kind) == [.page])
    #expect(reading.entries[0].title == "In this post")
    #expect(reading.entries[0].text.hasPrefix("🆕产品新版本/新功能介绍"))
  }

  @Test func hugoWeeklyHasItsItems() throws {
    let reading = try Seeds.read("003")
    #expect(reading.entries.count == 23)
    let counts = reading.items.flatMap(\.category).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    #expect(counts == ["开源项目推荐": 11, "博客推荐": 9, "视频推荐": 2])
    let ko = try #require(reading.item("ko"))
    #expect(ko.url == "https://github.com/google/ko")
    #expect(ko.text.contains("kind: Deployment") && ko.text.hasSuffix("一步到位！"))
    let video = try #require(reading.item("Envoy SDS：增强 Istio 的安全性"))
    #expect(video.text.contains("生成密钥对") && !video.text.contains("bilibili"))
    let page = try #require(reading.page)
    #expect(page.title == "云原生周报第 2 期" && page.author == "米开朗基杨" && page.date == "2019-07-05")
    #expect(page.keywords == ["米开朗基杨", "kubernetes", "cloud-native"] && page.category == ["cloud-native"])
  }

  @Test func numberedWeeklyHasItsItems() throws {
    let reading = try Seeds.read("004")
    #expect(reading.items.count == 17)
    let counts = reading.items.flatMap(\.category).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    #expect(counts == ["业界要闻": 2, "上游重要进展": 10, "本周云原生最佳实践": 2, "开源项目推荐": 1, "本周阅读推荐": 2])
    #expect(
      reading.item("runc v2 shim 支持 cgroup 设置")?.url == "https://github.com/containerd/containerd/issues/3198"
    )
    #expect(reading.item("来自阿里巴巴“全站云化”的实践")?.text.contains("PouchContainer") == true)
    let spiffe = try #require(reading.item("本周我们向您推荐SPIFFE项目"))
    #expect(spiffe.url == "https://spiffe.io/" && spiffe.text.contains("SPIRE的零信任安全机制"))
    #expect(reading.items.contains { $0.title == "Serving v1beta1 API proposal" })
    #expect(reading.items.allSatisfy { !$0.text.contains("**") && !$0.title.contains("项目\n") })
    let page = try #require(reading.page)
    for label in ["Kubernetes 项目", "Knative 项目", "Istio 项目", "containerd 项目"] {
      #expect(page.text.contains(label))
    }
  }

  @Test("no Han character of a document is lost", arguments: ["000", "001", "002", "003", "004"])
  func nothingIsLost(number: String) throws {
    let (_, text) = try Seeds.file(number)
    #expect(missingHan(text, try Seeds.read(number).entries) == [:])
  }

  @Test(
    "the ending of the file's name does not matter", arguments: ["000", "001", "003", "004"],
    ["md", "markdown", "text"])
  func sameEntriesUnderOtherNames(number: String, kind: String) throws {
    func withoutNames(_ reading: Reading) -> [Entry] {
      reading.entries.map {
        var entry = $0
        entry.sources = []
        if entry.kind != .item || entry.url == nil { entry.id = "" }
        return entry
      }
    }
    #expect(try withoutNames(Seeds.read(number)) == withoutNames(Seeds.read(number, extension: kind)))
  }

  @Test func theFolderReadsLikeItsFiles() throws {
    let reading = try readAll([try #require(Seeds.directory)])
    #expect(reading.skipped.isEmpty)
    #expect(reading.items.count == 156 + 28 + 22 + 17)
    #expect(reading.entries.filter { $0.kind == .page }.count == 5)
  }
}
