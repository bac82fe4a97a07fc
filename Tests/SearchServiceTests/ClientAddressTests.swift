import HTTPTypes
import SearchTestSupport
import Testing

@testable import SearchService

@Suite struct ClientAddressTests {
  private func client(
    _ peer: String, _ fields: [(String, String)],
    trusting: [String] = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]
  ) throws -> String {
    var headers = HTTPFields()
    for (name, value) in fields {
      headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
    }
    let request = HTTPRequest(
      method: .get, scheme: "http", authority: "t", path: "/", headerFields: headers)
    let proxies = TrustedProxies(try trusting.map { try #require(AddressRange($0)) })
    let found = try #require(proxies.client(of: request, from: ClientAddress(peer)))
    return found.address.description + (found.isKnown ? "" : " unknown")
  }

  @Test("addresses are read and written in the usual way, anything else is none")
  func notation() throws {
    for text in ["1.2.3.4", "255.255.255.255", "::", "::1", "2001:db8::7", "fe80::1:2"] {
      #expect(ClientAddress(text)?.description == text)
    }
    #expect(ClientAddress("::ffff:1.2.3.4") == ClientAddress("1.2.3.4"))
    for text in ["", "1.2.3", "1.2.3.4.5", "1.2.3.4:80", "[::1]", "localhost", "2001:db8::g", "1.2.3.4\0"] {
      #expect(ClientAddress(text) == nil, "\(text)")
    }
    #expect(ClientAddress("203.0.113.77")?.truncated.description == "203.0.113.0")
    #expect(ClientAddress("2001:db8:1:2:3:4:5:6")?.truncated.description == "2001:db8:1::")
    #expect(ClientAddress("2001:db8:1:2:3:4:5:6")?.household.description == "2001:db8:1:2::")
  }

  @Test("a range holds the addresses that share its bits")
  func ranges() throws {
    for (range, address, isHeld) in [
      ("10.0.0.0/8", "10.255.1.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "9.9.9.9", true),
      ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "9.9.9.9", true),
      ("2001:db8::/33", "2001:db8:7fff::1", true),
      ("2001:db8::/33", "2001:db8:8000::1", false), ("1.2.3.4", "1.2.3.4", true),
      ("1.2.3.4", "1.2.3.5", false),
    ] {
      let found = try #require(AddressRange(range)).contains(try #require(ClientAddress(address)))
      #expect(found == isHeld, "\(range) \(address)")
    }
    for text in ["10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0.0/-1", "x/8", "/8", ""] {
      #expect(AddressRange(text) == nil, "\(text)")
    }
  }

  @Test("who comes straight is whoever has connected, whatever it says")
  func noProxy() throws {
    #expect(try client("203.0.113.5", []) == "203.0.113.5")
    #expect(
      try client("203.0.113.5", [("X-Forwarded-For", "1.1.1.1"), ("Forwarded", "for=1.1.1.1")])
        == "203.0.113.5")
  }

  @Test("of what trusted servers say, the nearest address that is not one of theirs counts")
  func proxies() throws {
    #expect(try client("127.0.0.1", [("X-Forwarded-For", "203.0.113.5")]) == "203.0.113.5")
    #expect(try client("127.0.0.1", [("X-Forwarded-For", "6.6.6.6, 203.0.113.5, 10.1.1.1")]) == "203.0.113.5")
    #expect(
      try client("127.0.0.1", [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "203.0.113.5")])
        == "203.0.113.5")
    #expect(try client("127.0.0.1", [("X-Forwarded-For", "[2001:db8::1]:80")]) == "2001:db8::1")
    #expect(try client("127.0.0.1", [("X-Forwarded-For", "203.0.113.5:4711")]) == "203.0.113.5")
    #expect(
      try client("127.0.0.1", [("Forwarded", #"for=6.6.6.6, for="[2001:db8::1]:4711";proto=https"#)])
        == "2001:db8::1")
  }

  @Test("a trusted server that names nobody, or in two ways, may ask for anyone")
  func unknown() throws {
    #expect(try client("127.0.0.1", []) == "127.0.0.1 unknown")
    #expect(try client("127.0.0.1", [("X-Forwarded-For", "6.6.6.6, unknown")]) == "127.0.0.1 unknown")
    #expect(try client("127.0.0.1", [("X-Forwarded-For", "10.0.0.3")]) == "127.0.0.1 unknown")
    #expect(
      try client("127.0.0.1", [("X-Forwarded-For", "203.0.113.5"), ("Forwarded", "for=6.6.6.6")])
        == "127.0.0.1 unknown")
    #expect(
      try client("127.0.0.1", [("X-Forwarded-For", "203.0.113.5"), ("Forwarded", "for=203.0.113.5")])
        == "203.0.113.5")
  }
}
