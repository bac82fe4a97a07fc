@testable import ContentIngest
import Testing

/// Anchors as the generators make them; the expected names come from running Hugo 0.111 and MkDocs 1.6.
@Suite struct AnchorTests {
  private func anchors(_ rule: AnchorRule, _ markdown: String) -> [String] {
    var reader = MarkdownReader()
    let units = reader.units(of: MarkdownSource.prepare(Array(markdown.utf8)[...], isMDX: false))
    let headings = units.flatMap(\.headings)
    var names = AnchorNames(rule, explicit: headings.compactMap(\.explicit))
    return headings.map { names.name(for: $0) }
  }

  private static let page = """
    # 云原生 Cloud-Native_1

    ## Use `kubectl get` & **go**

    ## [Link](https://example.org/x)

    ## 检查

    ## 检查

    ## Own {#own-name}

    ## Closed ##

    Set
    ext
    ---

    > ## In a quote

    ## ![alt](x.png) picture
    """

  @Test func goldmark() {
    #expect(
      anchors(.goldmark(.github), Self.page) == [
        "云原生-cloud-native_1", "use-kubectl-get--go", "linkhttpsexampleorgx", "检查", "检查-1", "own-name",
        "closed",
        "ext", "in-a-quote", "altxpng-picture",
      ])
    #expect(
      anchors(.goldmark(.blackfriday), Self.page) == [
        "云原生-cloud-native-1", "use-kubectl-get-go", "link-https-example-org-x", "检查", "检查-1", "own-name",
        "closed",
        "ext", "in-a-quote", "alt-x-png-picture",
      ])
    #expect(
      anchors(.goldmark(.githubASCII), "# Café 中文 x\n\n# 中文\n\n# 中文\n") == [
        "cafe--x", "heading", "heading-1",
      ])
  }

  @Test func toc() {
    var names = TOCNames()
    #expect(
      anchors(.toc(names), Self.page) == [
        "cloud-native_1", "use-kubectl-get-go", "link", "_1", "_2", "own-name", "closed", "set-ext",
        "in-a-quote",
        "picture",
      ])
    names.isASCII = false
    #expect(
      anchors(.toc(names), Self.page) == [
        "云原生-cloud-native_1", "use-kubectl-get--go", "link", "检查", "检查_1", "own-name", "closed", "set-ext",
        "in-a-quote", "picture",
      ])
    #expect(anchors(.toc(names), "# a\n\n# a_1\n\n# a\n\n# a\n") == ["a", "a_1", "a_2", "a_3"])
    #expect(anchors(.toc(names), "# x `vector<bool>`\n\n# y { id=\"0.1.0\" }\n") == ["x-vector", "0.1.0"])
    // A name that the page gives later is taken from the start.
    #expect(anchors(.toc(names), "# b\n\n# c {#b}\n") == ["b_1", "b"])
  }

  @Test func githubAndVitePress() {
    #expect(anchors(.github, "# A & B\n\n# a  b\n\n# 检查!\n\n# 检查\n") == ["a--b", "a--b-1", "检查", "检查-1"])
    #expect(
      anchors(.vitePress, "# A & B.c\n\n# 1. 安装\n\n# Café（一）\n\n# a-b\n") == [
        "a-b-c", "_1-安装", "cafe（一）", "a-b",
      ])
  }

  @Test(
    "braces at the end of a heading are names only when they look like it",
    arguments: [
      ("# a {b}", "a {b}", nil), ("# a {#b .c}", "a", "b"), ("# a {: #b }", "a", "b"), ("# a {.c}", "a", nil),
      ("# a { data-toc-label='x' }", "a", nil), ("# {{ .Title }}", "{{ .Title }}", nil),
    ] as [(String, String, String?)])
  func braces(markdown: String, text: String, name: String?) {
    var reader = MarkdownReader()
    let heading = reader.units(of: [Array(markdown.utf8)]).first?.headings.first
    #expect(heading?.text == text && heading?.explicit == name)
  }
}
