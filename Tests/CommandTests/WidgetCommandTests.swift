import SearchTestSupport
import Testing

/// `search widget` writes the box, and says what is wrong with where.
@Suite struct WidgetCommandTests {
  @Test("the files are written and named, again and again")
  func writes() throws {
    let files = try TemporaryDirectory()
    for endpoint in ["/s/", "https://search.example.org"] {
      let outcome = try SearchProgram.run("widget", "--out", "box", "--endpoint", endpoint, in: files.path)
      #expect(outcome.status == 0 && outcome.errors == "")
      #expect(
        outcome.lines.dropLast() == [
          "box/search.js", "box/search.css", "box/search-box.md", "box/search-box.html",
        ])
      let page = String(decoding: try files.read("box/search-box.html"), as: UTF8.self)
      #expect(page.contains("<search-box endpoint=\"\(endpoint)\">"))
    }
    #expect(try SearchProgram.run("widget", "--out", "box", "--quiet", in: files.path).text == "")
    #expect(try files.names(in: "box").count == 4)
  }

  @Test(
    "what cannot be is a usage error that says what to type",
    arguments: [
      ["widget"], ["widget", "--out", ""], ["widget", "--out", "x", "--endpoint", "/\"><script>"],
      ["widget", "--out", "x", "--endpoint", "search.example.org"], ["serve", "--base-url", "example.org"],
    ])
  func usage(arguments: [String]) throws {
    let files = try TemporaryDirectory()
    let outcome = try SearchProgram.run(arguments, in: files.path)
    #expect(outcome.status == 64 && outcome.errors.hasPrefix("search: ") && outcome.text == "")
    #expect(try files.names(in: ".") == [])
  }

  @Test("a folder that cannot be made is named")
  func noFolder() throws {
    let files = try TemporaryDirectory()
    try files.write("file", "x")
    for out in ["nowhere/deep", "file"] {
      let outcome = try SearchProgram.run("widget", "--out", out, in: files.path)
      #expect(outcome.status == 74 || outcome.status == 66)
      #expect(outcome.errors.contains(out), "\(outcome.errors)")
    }
  }
}
