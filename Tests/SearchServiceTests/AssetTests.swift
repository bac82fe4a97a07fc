import HTTPTypes
import SearchTestSupport
import Testing

@testable import SearchService

/// The files of the box, as they are served and as `search widget` writes them.
@Suite struct AssetTests {
  @Test("script and style together are 12 KiB at most, compressed")
  func size() async throws {
    let server = try Fixture().server()
    let script = await server.ask("/search.js", [.acceptEncoding: "gzip"])
    let style = await server.ask("/search.css", [.acceptEncoding: "gzip"])
    #expect(script.fields[.contentEncoding] == "gzip" && script.body.count > 1_000)
    #expect(script.body.count + style.body.count <= 12 << 10)
  }

  @Test("comments that have a line to themselves are left out, nothing else")
  func comments() {
    func stripped(_ text: String) -> String {
      String(decoding: PageAsset.withoutComments(Array(text.utf8)), as: UTF8.self)
    }
    #expect(stripped("// a\nb(); // c\n\n  /** d\n   e() */\n  f('//g');\n") == "b(); // c\nf('//g');\n")
    #expect(stripped("/* a */\nb { c: url(//d) }") == "b { c: url(//d) }\n")
    for asset in [PageAsset.script, .style] {
      let lines = String(decoding: asset.bytes, as: UTF8.self).split(separator: "\n")
      #expect(!lines.contains { $0.hasPrefix("//") || $0.hasPrefix("/*") || $0.hasPrefix("*") })
      #expect(lines.count > 100)
    }
  }

  @Test("no script parses HTML, and nothing is evaluated")
  func script() {
    let text = String(decoding: PageAsset.script.bytes, as: UTF8.self)
    for word in [
      "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", ".style.",
    ] {
      #expect(!text.contains(word), "\(word)")
    }
  }

  @Test("the files for a site name the endpoint that was asked for")
  func widget() throws {
    let files = Widget.files(endpoint: "https://search.example.org/")
    #expect(files.map(\.name) == ["search.js", "search.css", "search-box.md", "search-box.html"])
    #expect(files[0].bytes == PageAsset.script.bytes && files[1].bytes == PageAsset.style.bytes)
    for file in files.suffix(2) {
      let text = String(decoding: file.bytes, as: UTF8.self)
      #expect(text.contains("<search-box endpoint=\"https://search.example.org/\""))
      #expect(!text.contains("{endpoint}"))
    }
  }

  @Test(
    "an endpoint is a path or an address",
    arguments: [
      ("/search-api/", true), ("/", true), ("https://a.org/x", true), ("search", false), ("//a.org", false),
      ("/\"onload=", false), ("javascript:x", false),
    ])
  func endpoints(text: String, isPlain: Bool) { #expect(Widget.isPlain(text) == isPlain) }
}
