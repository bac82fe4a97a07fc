import HTTPTypes
import SearchModel
import Testing

@testable import SearchService

@Suite struct SearchPageTests {
  let fixture: Fixture
  let server: SearchServer

  init() throws {
    fixture = try Fixture()
    server = try fixture.server()
  }

  @Test("results stand in the page without a script")
  func results() async {
    let page = await server.ask("/?q=%E5%A4%9A%E9%9B%86%E7%BE%A4").text
    #expect(
      page.contains(
        "<a class=\"search-hit\" href=\"https://example.org/a\"><span class=\"search-title\"><mark>多集群</mark>入门</span>"
      ))
    #expect(page.contains("value=\"多集群\"") && page.contains("2 results"))
    #expect(
      page.contains(
        "href=\"?q=%E5%A4%9A%E9%9B%86%E7%BE%A4&amp;facet=category%3A%E5%B7%A5%E5%85%B7%E6%8E%A8%E8%8D%90\""))
    #expect(page.contains(">Guides &amp; more <span>1</span></a>"))
    #expect(page.contains("href=\"guide/#top\">"))
  }

  @Test("a chosen facet is marked and its link takes it away")
  func chosenFacet() async {
    let page = await server.ask("/?q=%E9%9B%86%E7%BE%A4&facet=lang:zh").text
    #expect(
      page.contains(
        "href=\"?q=%E9%9B%86%E7%BE%A4\" data-facet=\"lang:zh\" aria-current=\"true\">中文 <span>2</span></a>"))
  }

  @Test("a better query is a link")
  func suggestion() async {
    let page = await server.ask("/?q=kuberentes+guide").text
    #expect(page.contains("Did you mean <a href=\"?q=kubernetes%20guide\">kubernetes guide</a>"))
  }

  @Test("pages follow one another by links")
  func paging() async {
    let first = await server.ask("/?q=%E9%9B%86%E7%BE%A4&limit=1").text
    #expect(
      first.contains("<a rel=\"next\" href=\"?q=%E9%9B%86%E7%BE%A4&amp;limit=1&amp;offset=1\">Next</a>"))
    #expect(!first.contains("rel=\"prev\""))
    let second = await server.ask("/?q=%E9%9B%86%E7%BE%A4&limit=1&offset=1").text
    #expect(second.contains("<a rel=\"prev\" href=\"?q=%E9%9B%86%E7%BE%A4&amp;limit=1\">Previous</a>"))
  }

  @Test(
    "nothing that is echoed becomes markup",
    arguments: [
      "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "%22%20autofocus%20onfocus%3Dalert(1)%20x%3D%22",
      "'%3E%3Cimg%20src%3Dx%3E",
      "%3C%2Ftitle%3E%3Cscript%3E",
    ])
  func escaping(query: String) async {
    for target in [
      "/?q=\(query)", "/?q=a&facet=category:\(query)", "/?q=a&limit=\(query)", "/?q=a&facet=\(query):x",
    ] {
      let page = await server.ask(target).text
      #expect(page.components("<script").count == 2, "only our own script")
      #expect(!page.contains("<img") && !page.contains("onfocus=alert(1) x=\"\""))
      #expect(page.components("</title>").count == 2)
    }
  }

  @Test("markup of documents is text, and only web addresses are links")
  func documents() async {
    let page = await server.ask("/?q=%E9%9B%86%E7%BE%A4").text
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script>"))
    #expect(!page.contains("href=\"javascript"))
  }

  @Test(
    "schemes other than web and mail are no links",
    arguments: [
      ("https://a.org/x", true), ("HTTP://a.org", true), ("mailto:a@b.org", true), ("guide/a:b", true),
      ("?a:b", true),
      ("javascript:alert(1)", false), ("JaVaScRiPt:alert(1)", false), ("java\tscript:alert(1)", false),
      (" javascript:alert(1)", false), ("data:text/html,x", false), ("vbscript:x", false),
      ("\\\\evil", false), ("", false),
    ])
  func links(url: String, isLink: Bool) { #expect((linkTarget(url, anchor: nil) != nil) == isLink) }

  @Test("the policy allows nothing from elsewhere and nothing inline")
  func policy() async {
    let reply = await server.ask("/?q=a")
    #expect(
      reply.fields[.contentSecurityPolicy]
        == "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    #expect(
      !reply.text.contains(" style=") && !reply.text.contains("<style") && !reply.text.contains(" onclick"))
  }

  @Test("a wrong request and an overload are pages too")
  func failures() async throws {
    let wrong = await server.ask("/?q=a&limit=x", [.acceptLanguage: "zh-CN"])
    #expect(
      wrong.status == .badRequest && wrong.text.contains("出错了：limit is x")
        && wrong.text.contains("value=\"a\""))
    let busy = await (try fixture.server { $0.limits.queueLength = -$0.threadCount }).ask("/?q=a")
    #expect(
      busy.status == .serviceUnavailable && busy.fields[.retryAfter] == "1" && busy.text.contains("<form"))
  }

  @Test(
    "the language is the better of two",
    arguments: [
      (nil, "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"), ("en-GB,en;q=0.9,zh;q=0.8", "en"),
      ("fr, zh;q=0.3", "zh-Hans"),
      ("de", "en"), ("en;q=0.1, zh;q=0.2", "zh-Hans"), ("zh;q=0", "en"), (";;;,q=", "en"), ("*", "en"),
    ] as [(String?, String)])
  func languages(field: String?, language: String) {
    #expect(PageTexts(accepting: field).language == language)
  }
}

extension String {
  /// The pieces between occurrences of a separator.
  func components(_ separator: String) -> [Substring] {
    var pieces: [Substring] = []
    var rest = self[...]
    while let found = rest.indices.first(where: { rest[$0...].hasPrefix(separator) }) {
      pieces.append(rest[..<found])
      rest = rest[found...].dropFirst(separator.count)
    }
    return pieces + [rest]
  }
}
