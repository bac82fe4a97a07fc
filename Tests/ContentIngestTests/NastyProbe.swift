@testable import ContentIngest
import Foundation
import Testing
import SearchModel

@Suite struct NastyProbe {
  @Test func probe() throws {
    guard let only = ProcessInfo.processInfo.environment["PROBE"] else { return }
    let n = Int(only) ?? 1_000_000
    func rep(_ s: String, _ total: Int) -> String { String(repeating: s, count: max(1, total / s.utf8.count)) }
    let cases: [(String, String)] = [
      ("quote", rep(">", n)), ("quote sp", rep("> ", n)), ("list", rep("- ", n)), ("num", rep("1. ", n)),
      ("brackets", rep("[", n)), ("brackets2", rep("[a](", n)), ("img", rep("![", n)), ("linkopen", rep("[a](<b", n)),
      ("stars", rep("*", n)), ("star a", rep("*a ", n)), ("a**b", rep("a**b", n)), ("under", rep("_a ", n)), ("__a", rep("__a", n)), ("a_", rep("a_ _", n)),
      ("tilde", rep("~", n)), ("~a ", rep("~a ", n)), ("~~a", rep("~~a", n)), ("tick", rep("`", n)), ("ticks", (1...2000).map { String(repeating: "`", count: $0) }.joined(separator: " ")),
      ("lt", rep("<", n)), ("<a", rep("<a ", n)), ("<!--", rep("<!--", n)), ("a<!--", "a " + rep("<!--", n)), ("<?", "a " + rep("<?", n)), ("<!A", "a " + rep("<!A ", n)), ("cdata", "a " + rep("<![CDATA[", n)),
      ("amp", rep("&", n)), ("www", rep("www.", n)), ("http", rep("http://", n)), ("at", rep("a@", n)), ("a@b.", rep("a@b.", n)), (":", rep(":", n)),
      ("table", "|a|\n|-|\n" + rep("|", n)), ("table2", rep("|a\n", n)), ("table3", "a\n-\n" + rep("|", n)), ("pipes", rep("|", n) + "\n" + rep("|-", n)), ("wide", "|" + rep("a|", n/4) + "\n|" + rep("-|", n/4) + "\n" + rep("|x|\n", n/4)),
      ("foot", rep("[^a]", n)), ("footdef", rep("[^a]: x\n", n)), ("footnest", (0..<n/20).map { "[^\($0)]: [^\($0+1)]\n" }.joined()), ("ref", rep("[a]: b\n", n)), ("refs", (0..<n/12).map { "[a\($0)]: b\n" }.joined()),
      ("bs", rep("\\", n)), ("nl", rep("\n", n)), ("sp", rep(" ", n)), ("heading", rep("# a\n", n)), ("emptyheading", rep("#\n", n)), ("fence", rep("```\n", n)), ("setext", rep("a\n=\n", n)),
      ("html", rep("<div>\n", n)), ("emoji", rep("👨‍👩‍👧‍👦", n)), ("han", rep("中", n)), ("bold", rep("**中。**文", n)), ("short", rep("{{< a ", n)), ("short2", rep("{{<", n)), ("sc", rep("{{< a >}}", n)), ("comment", rep("{{< comment >}}", n)),
      ("nested list indent", (0..<1000).map { String(repeating: " ", count: $0 * 2) + "- a\n" }.joined()),
      ("quote lines", rep("> > > > > a\n", n)), ("many small lists", rep("- a\n\n\n1. b\n\n", n)), ("delims", rep("*_~`[]()", n)), ("]", rep("]", n)), ("[]", rep("[]", n)), ("a](", rep("](", n)), ("![](", rep("![a](", n)), ("<a\"", rep("<a \"", n)), ("htmlq", "<div>\n" + rep("<a '\"", n)),
      ("tabs", rep("\t", n) + "a"), ("!!!", rep("!!! note\n", n)), ("!!!nest", (0..<500).map { String(repeating: " ", count: $0 * 4) + "!!! note \"a\"\n" }.joined()), (":::", rep(":::a\n", n)),
      ("task", rep("- [ ] a\n", n)), ("link items", rep("- [a](http://x/)\n", n)), ("x links", rep("[a](http://x/)", n)), ("x links para", rep("[a](http://x/)\n\n", n)), ("num list", (0..<n/8).map { "\($0 % 1000). a\n" }.joined()),
      ("<!-- fm", rep("<!--", n)), ("[ref]", "[a]: /b\n\n" + rep("[a]", n)), ("[a][b", rep("[a][b", n)),
    ]
    for (name, text) in cases {
      let start = ContinuousClock.now
      var reader = ContentReader()
      var entries = 0
      try reader.read(Array(text.utf8), name: "a.md", entry: { _ in entries += 1 }, skipped: { _ in })
      let t = ContinuousClock.now - start
      let ms = Double(t.components.attoseconds) / 1e15 + Double(t.components.seconds) * 1000
      if ms > 150 { print("PROBE \(name) \(text.utf8.count): \(Int(ms)) ms, \(entries) entries") }
    }
  }
}
