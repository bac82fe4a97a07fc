import SearchTestSupport
import Testing

@testable import TextAnalysis

@Suite struct LatinRuleTests {
  /// The rules by which a query chunk matches a text: what the query engine does, on one text.
  private func matches(_ query: String, in text: String) throws -> Bool {
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    analyzer.analyze(text, into: &buffer)
    let exact = buffer.tokens.filter { $0.kind == .latin }.map {
      String(decoding: buffer.term(of: $0), as: UTF8.self)
    }
    let forms = buffer.tokens.filter { $0.kind == .form }.map {
      String(decoding: buffer.term(of: $0), as: UTF8.self)
    }
    return analyzer.chunks(of: query).allSatisfy { chunk in
      guard case .latin(let chunk) = chunk else { return false }
      if chunk.forms.contains(where: { forms.contains($0) || exact.contains($0) }) { return true }
      if chunk.isVersion { return false }
      let parts = chunk.parts.map(\.text)
      return exact.indices.contains { exact[$0...].starts(with: parts) }
    }
  }

  @Test(
    "a query finds the text",
    arguments: [
      ("kube-proxy", "kubeproxy"), ("kubeproxy", "kube-proxy"), ("kube-proxy", "kube-proxy"),
      ("kube proxy", "kube-proxy"), ("snake_case", "snakecase"), ("snakecase", "snake_case"),
      ("Wi-Fi", "wifi"), ("wifi", "Wi‑Fi"), ("wi–fi", "WiFi"), ("node.js", "Node.js"), ("nodejs", "node.js"),
      ("node js", "node.js"), ("node.js", "nodejs"), ("admin.conf", "/etc/kubernetes/admin.conf"),
      ("a@b.c", "mail a@b.c now"), ("10.0.0.1:8080", "http on 10.0.0.1:8080"), ("10.0.0.1", "10.0.0.1:8080"),
      ("8080", "10.0.0.1:8080"), ("pod affinity", "PodAffinity"), ("podaffinity", "PodAffinity"),
      ("PodAffinity", "podaffinity"), ("http server", "HTTPServer"), ("1.29", "v1.29.3-rc.1"),
      ("v1.29", "1.29.3"), ("1.29.3", "v1.29.3-rc.1"), ("v1.29.3-rc.1", "v1.29.3-rc.1"),
      ("1.29.3-rc.1", "image:v1.29.3-rc.1"), ("1.29.3", "nginx:1.29.3"), ("1.29", "kubernetes-1.29.3"),
      ("V1.29", "v1.29"), ("3.14", "pi is 3.14"), ("v1.2.3+k3s1", "v1.2.3+k3s1"), ("v1", "v1.29"),
      ("CVE-2022-3172", "CVE-2022-3172"), ("3172", "CVE-2022-3172"), ("cve20223172", "CVE-2022-3172"),
      ("cve 2022 3172", "CVE-2022-3172"), ("C++", "C++ and C"), ("c++", "（C++）"), ("Ｃ＋＋", "C++"),
      ("C#", "C#, F#"), ("f#", "C#/F#"), ("c++", "C/C++"), (".NET", ".NET 6"), (".net", "用.NET写"),
      ("cicd", "CI/CD"), ("CI/CD", "cicd"), ("ci cd", "CI/CD"), ("io", "I/O"), ("att", "AT&T"),
      ("AT&T", "att"), ("oreilly", "O'Reilly"), ("O’Reilly", "O'Reilly"), ("o'reilly", "OReilly"),
      ("kubernetes.io", "https://kubernetes.io/docs/kube-proxy"),
      ("docs", "https://kubernetes.io/docs/kube-proxy"),
      ("kubeproxy", "https://kubernetes.io/docs/kube-proxy"),
      ("kubernetes.io/docs", "https://kubernetes.io/docs/x"),
      ("k8s", "K8s集群"), ("Ｋ８ｓ", "k8s"), ("5g", "5G"), ("ipv6", "IPv6"), ("e2e", "E2E"), ("h200", "H200"),
      ("BV1p4411c7mb", "bv1p4411c7mb"), ("naive", "naïve"), ("naïve", "naive"), ("cafe", "cafe\u{301}"),
      ("kube", "ＫＵＢＥ"), ("istanbul", "İstanbul"), ("strasse", "Straße"), ("STRASSE", "straße"),
      ("kubernetes", "Kubernetes™"), ("office", "oﬃce"), ("soft", "so\u{AD}ft"), ("елка", "Ёлка"),
      ("ελλασ", "Ελλάς"), ("c++", "C++17 教程"), ("c++17", "C++17"), ("C++17", "C++ 17"), ("c#", "C#9"),
      (".net", ".NET6"), (".NET6", ".NET 6"), ("1.21", "go1.21.3"), ("go1.21", "go1.21.3"),
      ("1.29", "k8s1.29.3"),
      ("1.3", "TLS1.3"), ("1.8", "JDK1.8"), ("1.29", "ver1.29.3"), ("go1.21.3", "golang-go1.21.3"),
      ("kubeproxy", "registry.k8s.io/kube-proxy:v1.29.3"), ("kubeproxy", "/usr/bin/kube-proxy"),
      ("kubeproxy", "cmd/kube-proxy"), ("kubeproxy", "kube-proxy.service"),
      ("kubeproxy", "kube-proxy/kube-dns"),
      ("nodejs", "docs/node.js/readme"), ("node.js", "docs/node.js/readme"),
      ("adminconf", "/etc/kubernetes/admin.conf"),
      ("clusterissuer", "cert-manager.io/cluster-issuer"),
      ("kube-proxy", "registry.k8s.io/kube-proxy:v1.29.3"),
    ])
  func finds(query: String, text: String) throws {
    #expect(try matches(query, in: text))
  }

  @Test(
    "a query does not find the text",
    arguments: [
      ("1.2", "v1.29.3"), ("29.3", "v1.29.3"), ("1.2", "1 2"), ("1.2", "3.1.2"), ("12", "1.2"), ("1.2", "12"),
      ("129", "v1.29"), ("C++", "C"), ("C", "C++"), ("c#", "c"), ("c", "C#"), (".NET", "net"),
      ("net", ".NET"),
      ("k8", "k8s"), ("8s", "k8s"), ("fi", "wifi"), ("kube", "kubeproxy"), ("35", "3-5"), ("3-5", "35"),
      ("k8s", "k 8 s"), ("ipv", "IPv6"), ("http", "https://example.org"), ("iophone", "I phone"),
      ("docskube", "https://kubernetes.io/docs/kube-proxy"), ("c", "C++17"), ("c", "C#9"),
      ("21.3", "go1.21.3"),
      ("29.3", "Kubernetes1.29.3"), ("11.4", "Python3.11.4"), ("1.2", "go1.21"), ("go1.21", "node1.21"),
      ("cmdkube", "cmd/kube-proxy"), ("12", "pr#12x"),
    ])
  func findsNot(query: String, text: String) throws {
    #expect(try !matches(query, in: text))
  }

  @Test(
    "forms of a text",
    arguments: [
      ("kube-proxy", ["kubeproxy"]), ("a-b-c-d-e", ["abcde"]), ("a-b-c-d-e-f", []),
      ("node.js", ["node.js", "nodejs"]),
      ("a@b.c", ["a@b.c", "bc"]), ("10.0.0.1:8080", ["10.0", "10.0.0", "10.0.0.1", "10.0.0.1:8080"]),
      ("PodAffinity", ["pod", "affinity"]), ("HTTPServer", ["http", "server"]), ("LLMs", []), ("APIs", []),
      ("iPhone", ["phone"]), ("WiFi", ["wi", "fi"]), ("GitHubCLI", ["git", "hub", "cli"]), ("KUBE", []),
      ("Kube", []),
      ("v1.29.3-rc.1", ["1.29", "1.29.3", "1.29.3-rc", "1.29.3-rc.1", "v1.29.3-rc.1"]),
      ("1.29.3", ["1.29", "1.29.3"]),
      ("3.14", ["3.14"]), ("CVE-2022-3172", ["cve20223172"]), ("2022-01-02", []), ("10:30", []),
      ("1,000", []),
      ("CI/CD", ["cicd"]), ("I/O", ["io"]), ("AT&T", ["att"]), ("O'Reilly", ["oreilly"]), ("K8s", []),
      ("iOS17", []),
      ("foo.", []), ("-foo-", []), ("a--b", []), ("foo.-bar", []), ("C++", []), ("C++/C#", []),
      ("https://kubernetes.io/docs/kube-proxy", ["kubernetes.io", "kubernetesio", "kubeproxy"]),
      ("https://a.b/c?x=d-e", ["a.b", "ab", "de"]),
      ("go1.21.3", ["1.21", "go1.21", "1.21.3", "go1.21.3"]),
      ("kube-proxy.service", ["kube-proxy.service", "kubeproxyservice", "kubeproxy"]),
      ("cmd/kube-proxy", ["kubeproxy"]), ("a/b", ["ab"]),
      (
        "1.2.3.4.5.6.7.8.9.10",
        [
          "1.2", "1.2.3", "1.2.3.4", "1.2.3.4.5", "1.2.3.4.5.6", "1.2.3.4.5.6.7", "1.2.3.4.5.6.7.8",
          "1.2.3.4.5.6.7.8.9.10",
        ]
      ),
    ])
  func forms(text: String, forms: [String]) throws {
    #expect(try terms(.form, of: text) == forms)
  }

  @Test(
    "exact parts of a text",
    arguments: [
      ("C++ c# F# .NET", ["c++", "c#", "f#", ".net"]), ("ASP.NET", ["asp", "net"]), (".network", ["network"]),
      ("C++11", ["c++", "11"]), ("C#9", ["c#", "9"]), ("pr#12", ["pr", "12"]), (".NET6", [".net", "6"]),
      ("c++x", ["c", "x"]), ("c#x", ["c", "x"]), ("abc++ abc#", ["abc", "abc"]), ("a+b", ["a", "b"]),
      ("foo..net", ["foo", ".net"]), ("......net", [".net"]), ("……net", ["net"]),
      ("c++.net", ["c++", "net"]),
      ("C#", ["c#"]), ("C# ", ["c#"]), ("C#集", ["c#"]), ("x#y#", ["x", "y#"]), ("¼", ["1", "4"]),
      ("m²", ["m2"]),
      ("30℃", ["30", "c"]), ("don't", ["don", "t"]), ("हिन्दी ไทย العَرَبِيَّة", ["हिन्दी", "ไทย", "العربية"]),
    ])
  func parts(text: String, parts: [String]) throws {
    #expect(try terms(.latin, of: text) == parts)
  }

  @Test("stems are those of English words longer than three letters")
  func stems() throws {
    let text = "running runs ran scheduling scheduled ios flies the kubernetes K8s5 naïve words"
    #expect(
      try terms(.stem, of: text) == ["run", "run", "schedul", "schedul", "fli", "kubernet", "naiv", "word"])
  }

  @Test("a remembered stem is the stem")
  func remembersStems() throws {
    let words = [
      "happily", "happy", "generalizations", "internationalizations", "sky", "dying", "skies", "news",
      "abcdefghijklmnop", "characteristically", "internationalizationally",
      "abcdefghijklmnopqrstuvwxyzabcdefghi",
    ]
    for word in words {
      let analyzer = try Analyzer()
      func stem() -> String? {
        guard case .latin(let chunk)? = analyzer.chunks(of: word).first else { return nil }
        return chunk.parts[0].stem
      }
      let first = stem()
      #expect(stem() == first)
      var buffer = TokenBuffer()
      analyzer.analyze(word + " " + word, into: &buffer)
      let stems = buffer.tokens.filter { $0.kind == .stem }.map {
        String(decoding: buffer.term(of: $0), as: UTF8.self)
      }
      #expect(stems == (first.map { [$0, $0] } ?? []))
    }
  }

  @Test("the stems remembered are those of a stemmer that remembers nothing", arguments: UInt64(0)..<4)
  func stemsAgree(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let beginnings = [
      "gener", "commun", "ab", "str", "inter", "counter", "electro", "hyper", "un", "dis", "y", "qu",
    ]
    let middles = ["al", "iz", "ation", "at", "ical", "ment", "ous", "iv", "e", "o", "ing", "ful", "ly"]
    let endings = ["s", "ed", "ing", "ly", "ness", "es", "ies", "y", "ment", "ation", "e", ""]
    let words = (0..<3_000).map { _ in
      var word = beginnings.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 0...6, using: &random) { word += middles.randomElement(using: &random)! }
      return word + endings.randomElement(using: &random)!
    }
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    // Twice: the second time most come from the table.
    for _ in 0..<2 {
      buffer.removeAll()
      analyzer.analyze(words.joined(separator: " "), into: &buffer)
    }
    let found = buffer.tokens.filter { $0.kind == .stem }.map {
      String(decoding: buffer.term(of: $0), as: UTF8.self)
    }
    let wanted = words.compactMap { word -> String? in
      let bytes = Array(word.utf8) + Array(repeating: 0, count: Stemmer.padding)
      guard word.utf8.count > 3 else { return nil }
      var stemmer = Stemmer()
      return bytes.withUnsafeBufferPointer { bytes in
        stemmer.stem(bytes.baseAddress!, count: word.utf8.count).map {
          String(decoding: UnsafeBufferPointer(start: $0.bytes, count: $0.count), as: UTF8.self)
        }
      }
    }
    #expect(found == wanted)
  }

  @Test("terms are cut at 255 bytes, at a character border")
  func longTerms() throws {
    let letters = String(repeating: "a", count: 400)
    #expect(try terms(.latin, of: letters) == [String(repeating: "a", count: 255)])
    let cyrillic = String(repeating: "ж", count: 300)
    #expect(try terms(.latin, of: cyrillic) == [String(repeating: "ж", count: 127)])
    #expect(try terms(.latin, of: "\(letters) b") == [String(repeating: "a", count: 255), "b"])
    let form = try #require(try terms(.form, of: "\(cyrillic).\(cyrillic)").first)
    #expect(form.utf8.count == 255)
  }

  @Test("a chunk of very many parts becomes several")
  func manyParts() throws {
    let text = Array(repeating: "a", count: 1_000).joined(separator: ".")
    #expect(try terms(.latin, of: text).count == 1_000)
  }
}
