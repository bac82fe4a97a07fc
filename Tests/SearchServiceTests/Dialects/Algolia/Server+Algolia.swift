import HTTPTypes
import SearchModel

@testable import SearchService

extension SearchServer {
  /// A POST without a connection.
  func post(_ target: String, _ body: String, _ fields: HTTPFields = [:]) async -> Reply {
    await ask(target, method: .post, fields, body: body)
  }

  /// The answer to one search with these members, which are JSON without its braces.
  func algolia(_ members: String) async throws -> JSONValue {
    try await post("/1/indexes/docs/query", "{\(members)}").json()
  }
}

extension Reply {
  func json() throws -> JSONValue { try JSONReader.read(body) }
}

extension JSONValue {
  /// A member of an object or, by number, of an array; with dots those inside of it. Null where there is none.
  subscript(_ path: String) -> JSONValue {
    path.split(separator: ".").reduce(self) { value, name in
      switch value {
      case .object(let members): members[String(name)] ?? .null
      case .array(let values): Int(name).flatMap { values.indices.contains($0) ? values[$0] : nil } ?? .null
      default: .null
      }
    }
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }
  var integer: Int? { if case .integer(let number) = self { number } else { nil } }
  var array: [JSONValue] { if case .array(let values) = self { values } else { [] } }
  var keys: Set<String> { if case .object(let members) = self { Set(members.keys) } else { [] } }

  /// The ids of the hits, in order.
  var ids: [String] { self["hits"].array.compactMap { $0["objectID"].string } }
}

extension Fixture {
  /// A small site: pages with sections in two languages, an item, and what hopes to be HTML.
  static let site = [
    Entry(
      id: "guide", title: "Cluster guide", text: "All about a cluster and what it's good for.",
      url: "/guide/",
      category: ["Guides"], tags: ["cluster", "intro"], date: "2021-05-01", lang: "en"),
    Entry(
      id: "guide#add", kind: .heading, title: "Adding nodes",
      text: "Nodes join the cluster with one command.",
      url: "/guide/", anchor: "add", path: ["Cluster guide"], category: ["Guides"], tags: ["cluster"],
      date: "2022-11-01", lang: "en"),
    Entry(
      id: "guide#deep", kind: .heading, title: "Labels", text: "Label what belongs together.", url: "/guide/",
      anchor: "deep", path: ["Cluster guide", "Adding nodes"], category: ["Guides"], lang: "en"),
    Entry(
      id: "多集群", title: "多集群管理", text: "用一个入口管理多集群，省下许多来回。", url: "/zh/multi/", category: ["指南"],
      tags: ["多集群"], date: "2022-12-31", lang: "zh"),
    Entry(
      id: "item", kind: .item, title: "集群备份工具", text: "把集群的状态存到别处。", url: "https://example.org/b",
      path: ["周报", "工具推荐"], category: ["工具推荐"], date: "2023-01-01", lang: "zh"),
    Entry(id: "code", title: "v1.2.3", text: "1.2.3 集群", url: "/v/", lang: "und"),
    Entry(
      id: "evil", title: "<img src=x onerror=alert(1)>", text: "<script>alert('cluster')</script> & more",
      url: "javascript:alert(1)", category: ["<b>"], tags: ["<i>"], lang: "en"),
  ]
}
