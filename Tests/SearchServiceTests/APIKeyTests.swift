import HTTPTypes
import Testing

@testable import SearchService

@Suite struct APIKeyTests {
  private static let key = "a-key-of-a-site"
  private let server: SearchServer

  init() throws {
    let keys = try #require(APIKeys(hashes: [APIKeys.hash(of: "another"), APIKeys.hash(of: Self.key)]))
    server = try Fixture().server { $0.operation.keys = keys }
  }

  @Test("SHA-256, HMAC and base64 are those of their standards")
  func standards() {
    // FIPS 180-2, appendix B.1; RFC 4231, test case 2.
    #expect(APIKeys.hash(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Digest.hexadecimal(
        Digest.authenticationCode(of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(Base64.password(ofCredentials: "QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == "open sesame")
    #expect(Base64.password(ofCredentials: "OmE=") == "a" && Base64.password(ofCredentials: "Og==") == "")
    for bad in ["", "QWxh", "Q", "Q===", "====", "OmE", "!!!!", "Ov8="] {
      #expect(Base64.password(ofCredentials: bad[...]) == nil, "\(bad)")
    }
  }

  @Test("a new key is 48 digits that never come again, and its hash lets it in")
  func newKeys() throws {
    let made = try (0..<50).map { _ in try #require(APIKeys.makeKey()) }
    #expect(Set(made).count == 50 && made.allSatisfy { $0.count == 48 })
    let keys = try #require(APIKeys(hashes: [APIKeys.hash(of: made[0])]))
    #expect(keys.contains(made[0]) && !keys.contains(made[1]) && !keys.contains(""))
    #expect(APIKeys(hashes: ["00"]) == nil && APIKeys(hashes: [String(repeating: "g", count: 64)]) == nil)
  }

  @Test(
    "a key is taken from every place where clients put it",
    arguments: [
      ("/search?q=a", [HTTPField.Name.authorization: "Bearer \(key)"]),
      ("/search?q=a", [.authorization: "bearer \(key)"]),
      ("/suggest?q=a", [.xMeilisearchKey: key]),
      ("/search?q=a", [.xAlgoliaKey: key]),
      ("/search?q=a&x-algolia-api-key=\(key)", [:]),
      // "any:a-key-of-a-site"
      ("/", [.authorization: "Basic YW55OmEta2V5LW9mLWEtc2l0ZQ=="]),
    ] as [(String, HTTPFields)])
  func places(target: String, fields: HTTPFields) async {
    #expect(await server.ask(target, fields).status == .ok)
  }

  @Test("without a key 401, with a wrong one 403; a browser is asked again")
  func refused() async {
    let missing = await server.ask("/search?q=a")
    #expect(missing.status == .unauthorized && missing.string("code") == "missing_key")
    #expect(missing.fields[.wwwAuthenticate] == #"Bearer realm="search""#)
    for fields in [[.authorization: "Bearer wrong"], [.xAlgoliaKey: ""]] as [HTTPFields] {
      let wrong = await server.ask("/search?q=a", fields)
      #expect(wrong.status == .forbidden && wrong.string("code") == "invalid_key")
      #expect(wrong.fields[.cacheControl] == "no-store")
    }
    #expect(await server.ask("/search?q=a", [.authorization: "Basic !"]).status == .unauthorized)
    for fields in [[:], [.authorization: "Basic OmE="]] as [HTTPFields] {
      let page = await server.ask("/?q=a", fields)
      #expect(page.status == .unauthorized && page.fields[.wwwAuthenticate] == #"Basic realm="search""#)
    }
    // Nothing says whether there is anything at an address.
    #expect(await server.ask("/nothing").status == .unauthorized)
  }

  @Test("what tells nothing of the index is open, and so is asking whether one may ask")
  func open() async {
    for path in ["/healthz", "/readyz", "/search.js", "/search.css", "/openapi.json"] {
      #expect(await server.ask(path).status == .ok, "\(path)")
    }
    #expect(await server.ask("/search?q=a", method: .options).status == .noContent)
  }

  @Test("an answer that is kept is given only to who has a key")
  func cache() async throws {
    let first = await server.ask("/search?q=guide", [.authorization: "Bearer \(Self.key)"])
    #expect(first.status == .ok)
    let tag = try #require(first.fields[.eTag])
    #expect(await server.ask("/search?q=guide").status == .unauthorized)
    #expect(await server.ask("/search?q=guide", [.ifNoneMatch: tag]).status == .unauthorized)
  }
}
