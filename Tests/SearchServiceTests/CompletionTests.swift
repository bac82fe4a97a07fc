import SearchModel
import Testing

@testable import SearchService

@Suite struct CompletionTests {
  @Test("titles and tags over HTTP, each once, with an address when it is clear")
  func endpoint() async throws {
    let twins = [
      Entry(id: "x", title: "Kustomize", url: "one"), Entry(id: "y", title: "Kustomize", url: "two"),
    ]
    let server = try Fixture(Fixture.entries + twins).server()
    let reply = await server.ask("/suggest?q=ku")
    #expect(
      reply.text
        == #"{"query":"ku","suggestions":[{"text":"kubernetes","kind":"tag","url":null},{"text":"Kustomize","kind":"title","url":null},{"text":"Kubernetes guide","kind":"title","url":"guide/#top"}],"commit":1}"#
    )
    #expect(
      await server.ask("/suggest?q=ku&limit=1").text.contains("kubernetes\",\"kind\":\"tag\",\"url\":null}]")
    )
    #expect(await server.ask("/suggest?q=zzz").text == #"{"query":"zzz","suggestions":[],"commit":1}"#)
  }
}
