import HTTPTypes
import QueryEngine
import SearchModel
import Testing

@testable import SearchService

/// Results while somebody types: `prefix=last`.
@Suite struct TypingTests {
  private func total(_ query: String, typing: Bool = true) async throws -> String {
    let entries =
      Fixture.entries + [
        Entry(id: "k", title: "Kube"), Entry(id: "l", title: "kubectl"), Entry(id: "m", title: "c3po"),
      ]
    let text = await (try Fixture(entries).server()).ask(
      "/search?q=\(query)" + (typing ? "&prefix=last" : "")
    ).text
    #expect(!text.contains("*"), "the query is told as it was typed")
    return String(text[try #require(text.range(of: "\"total\":"))...].dropFirst(8).prefix { $0 != "," })
  }

  @Test(
    "the last word may go on",
    arguments: [("kube", "3"), ("kubec", "1"), ("c3", "1"), ("run+clu", "1"), ("集", "3"), ("zzz", "0")])
  func goesOn(query: String, expected: String) async throws { #expect(try await total(query) == expected) }

  @Test("without being told, and after a space, a word is a word")
  func words() async throws {
    #expect(try await total("kube", typing: false) == "1")
    #expect(try await total("kube+") == "1")
  }

  @Test("what cannot be longer is answered as it is")
  func longest() async throws {
    let word = String(repeating: "a", count: SearchRequest.maximumTextBytes)
    #expect(try await total(word) == "0")
    #expect(await (try Fixture().server()).ask("/search?q=a&prefix=first").status == .badRequest)
  }

  @Test("only letters and digits go on; Han does not need to")
  func mayGoOn() {
    for text in ["a", "K8", "安装 kube", "é", "ж", "한"] { #expect(ServedCommit.mayGoOn(text), "\(text)") }
    for text in ["", " ", "a ", "a*", "多集", "\"a\"", "a-"] { #expect(!ServedCommit.mayGoOn(text), "\(text)") }
  }

  @Test("the page answers as one types, with or without its script")
  func page() async throws {
    let server = try Fixture().server()
    #expect(await server.ask("/?q=kubern").text.contains("<mark>Kubernetes</mark> guide"))
  }
}
