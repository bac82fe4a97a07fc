import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

/// Latin as engineers write it, through the whole engine: what is typed, what stands in a text, and whether
/// the one finds the other in full.
@Suite struct LatinSpellingTests {
  /// Every row: queries, texts; each query finds each text.
  private static let finds: [(queries: [String], texts: [String])] = [
    // Hyphens and underscores: joined, as parts, and apart.
    (
      ["kube-proxy", "kubeproxy", "kube proxy", "Kube-Proxy", "KUBE_PROXY", "kube_proxy"],
      ["kube-proxy", "kube_proxy"]
    ),
    (["kube proxy", "kube-proxy", "kubeproxy", "KubeProxy"], ["kubeproxy", "KubeProxy"]),
    (["snake_case", "snakecase", "snake case", "snake-case"], ["snake_case", "snake-case"]),
    (["Wi-Fi", "wifi", "WiFi", "wi fi"], ["Wi-Fi", "wifi", "WiFi"]),
    (["web hooks", "webhook"], ["webhooks", "web-hook"]),
    (["multi-cluster", "multicluster", "multi cluster"], ["multi-cluster", "multicluster"]),
    (["a-b-c-d-e", "abcde"], ["a-b-c-d-e"]),
    (["cert-manager.io", "certmanager.io"], ["cert-manager.io"]),
    // Dots: whole, joined, as words.
    (["node.js", "nodejs", "node js", "Node.JS"], ["node.js", "Node.js 18", "nodejs"]),
    (["vue.js", "vuejs"], ["Vue.js"]),
    (["admin.conf", "admin conf"], ["/etc/kubernetes/admin.conf"]),
    (["values.yaml", "values"], ["values.yaml"]),
    (["foo@example.org", "example.org", "foo"], ["write to foo@example.org today"]),
    (["10.0.0.1:8080", "10.0.0.1", "8080", "10.0"], ["listens on 10.0.0.1:8080"]),
    (["localhost:7720", "7720"], ["http://localhost:7720/"]),
    // CamelCase.
    (["pod affinity", "PodAffinity", "podaffinity", "affinity"], ["PodAffinity", "podAffinity"]),
    (["PodAffinity", "podAffinity"], ["pod affinity", "pod-affinity", "pod_affinity"]),
    (["http server", "HTTPServer", "httpserver"], ["HTTPServer"]),
    (["getUserById", "user", "getuserbyid"], ["getUserById()"]),
    (["git hub", "github", "GitHub"], ["GitHub"]),
    (["ReplicaSet", "replica set", "replicaset"], ["ReplicaSet", "replica-set"]),
    // Versions by prefix.
    (["1.29", "v1.29", "1.29.3", "v1.29.3", "v1.29.3-rc.1", "1.29.3-rc.1"], ["v1.29.3-rc.1"]),
    (["1.27", "v1.27", "1.27.3"], ["v1.27.3", "nginx:1.27.3", "kubernetes-1.27.3", "1.27.3"]),
    (["v1.2.3+k3s1", "1.2.3", "1.2"], ["v1.2.3+k3s1"]),
    (["14.2.1.0", "14.2"], ["14.2.1.0"]),
    (["3.14"], ["pi is 3.14"]),
    // CVE: as it stands, joined, and its number.
    (
      ["CVE-2022-3172", "cve-2022-3172", "cve20223172", "3172", "cve 2022 3172"], ["CVE-2022-3172"]
    ),
    // Signs.
    (["C++", "c++", "Ｃ＋＋"], ["C++ and Rust", "用C++写", "C/C++"]),
    (["C#", "c#"], ["C# 12", "（C#）"]),
    (["F#"], ["C#/F#"]),
    ([".NET", ".net"], [".NET 8", "用.NET写"]),
    // Slashes, ampersands, apostrophes.
    (["CI/CD", "cicd", "ci cd", "CICD"], ["CI/CD"]),
    (["CI/CD", "cicd", "ci-cd"], ["cicd", "CICD pipeline"]),
    (["I/O", "io"], ["I/O", "IO"]),
    (["AT&T", "att"], ["AT&T", "ATT"]),
    (["O'Reilly", "O’Reilly", "oreilly", "OReilly"], ["O'Reilly", "O’Reilly", "OReilly"]),
    (["TCP/IP", "tcpip"], ["TCP/IP"]),
    // URLs: host, segments, parts.
    (
      [
        "kubernetes.io", "docs", "kube-proxy", "kubeproxy", "kubernetes.io/docs",
        "https://kubernetes.io/docs/kube-proxy",
      ],
      ["see https://kubernetes.io/docs/kube-proxy now"]
    ),
    (
      ["github.com/karmada-io/karmada", "karmada-io", "karmada"],
      ["https://github.com/karmada-io/karmada"]
    ),
    // Never split; apart on the query side.
    (["k8s", "K8S", "Ｋ８ｓ"], ["K8s集群", "k8s"]),
    (["5G"], ["5g 网络"]),
    (["IPv6"], ["ipv6"]),
    (["e2e"], ["E2E"]),
    (["H200"], ["h200"]),
    (["iOS17", "iOS 17", "ios 17"], ["iOS17", "iOS 17"]),
    (["Python 3", "python3"], ["Python3", "Python 3"]),
    (["5 G"], ["5G"]),
    // Stems and folds.
    (["scheduling", "scheduled", "schedules"], ["the scheduler schedules", "scheduling"]),
    (["naive", "naïve"], ["naïve", "naive"]),
    (["strasse", "STRASSE"], ["Straße"]),
    (["istanbul"], ["İstanbul"]),
    (["office"], ["oﬃce"]),
    // Prefixes.
    (["kube*", "kube-prox*", "kube-p＊"], ["kube-proxy"]),
    (["node.j*"], ["node.js"]),
    (["v1.2*"], ["v1.29"]),
    // Inside Chinese.
    (["FAQ", "faq"], ["常见问题FAQ汇总"]),
    (["gen-itgc", "重跑gen-itgc后"], ["重跑gen-itgc后再看"]),
  ]

  /// Queries that do not find the texts, in full or in another spelling.
  private static let findsNot: [(queries: [String], texts: [String])] = [
    (["1.2", "v1.2", "29.3", "129", "12"], ["v1.29.3"]),
    (["1.2"], ["3.1.2", "1 2", "12", "v1.27.3"]),
    (["12"], ["1.2"]),
    (["C++", "C#"], ["C", "c 语言"]),
    (["C"], ["C++", "C#"]),
    ([".NET"], ["net", "network"]),
    (["net"], [".NET"]),
    (["k8", "8s"], ["k8s"]),
    (["fi"], ["wifi"]),
    (["kube"], ["kubeproxy"]),
    (["35"], ["3-5"]),
    (["3 5"], ["35"]),
    (["k8s"], ["k 8 s"]),
    (["2025", "202"], ["2024"]),
    (["3173", "CVE-2022-3173"], ["CVE-2022-3172"]),
    (["proxy kube"], ["kubeproxy"]),
    (["\"kube proxy\""], ["kubeproxy"]),
    (["\"iOS 17\""], ["iOS17"]),
    (["iOS18", "iOS 18"], ["iOS17", "iOS 17"]),
    (["H 20"], ["H200"]),
    (["getUserByName"], ["getUserById"]),
    (["docskube"], ["https://kubernetes.io/docs/kube-proxy"]),
    (["kube-x*", "kube-proxyz*"], ["kube-proxy"]),
    (["v1.3*"], ["v1.29"]),
  ]

  @Test("the table has at least 150 cases")
  func size() {
    let count = (Self.finds + Self.findsNot).reduce(0) { $0 + $1.queries.count * $1.texts.count }
    #expect(count >= 150, "\(count) cases")
  }

  private static func index(of table: [(queries: [String], texts: [String])]) throws -> (
    TestIndex, [String: String]
  ) {
    var ids: [String: String] = [:]
    for text in table.flatMap(\.texts) where ids[text] == nil { ids[text] = "\(ids.count)" }
    return (try TestIndex(ids.map { Entry(id: $0.value, title: "", text: $0.key) }), ids)
  }

  private static func fullMatches(_ query: String, in index: TestIndex) throws -> Set<String> {
    let results = try index.search(query)
    return results.match == .full
      ? Set(results.hits.filter { $0.match == .full }.map(\.entry.id)) : []
  }

  @Test("each query finds each text")
  func found() throws {
    let (index, ids) = try Self.index(of: Self.finds)
    for row in Self.finds {
      for query in row.queries {
        let found = try Self.fullMatches(query, in: index)
        for text in row.texts { #expect(found.contains(ids[text] ?? ""), "\(query) finds \(text)") }
      }
    }
  }

  @Test("no query finds any text")
  func notFound() throws {
    let (index, ids) = try Self.index(of: Self.findsNot)
    for row in Self.findsNot {
      for query in row.queries {
        let found = try Self.fullMatches(query, in: index)
        for text in row.texts {
          #expect(!found.contains(ids[text] ?? ""), "\(query) must not find \(text)")
        }
      }
    }
  }

  @Test("what is found in another spelling is marked as it stands")
  func marks() throws {
    for (query, text, marked) in [
      ("kube proxy", "run kubeproxy now", ["kubeproxy"]), ("iOS17", "on iOS 17 only", ["iOS 17"]),
      ("iOS 17", "on iOS17 only", ["iOS17"]),
      ("PodAffinity", "the pod affinity rule", ["pod affinity"]),
      ("pod affinity", "the PodAffinity rule", ["PodAffinity"]),
      ("kube-prox*", "run kube-proxy now", ["kube-proxy"]),
      ("cicd", "a CI/CD line", ["CI/CD"]), ("nodejs", "with Node.js here", ["Node.js"]),
    ] {
      let hit = try #require(
        try TestIndex([Entry(id: "1", title: "", text: text)]).search(query).hits.first)
      let found = hit.snippetHighlights.map {
        String(decoding: Array(hit.snippet.utf8)[$0], as: UTF8.self)
      }
      #expect(found == marked, "\(query) in \(text)")
    }
  }

  @Test("the spelling that was typed comes first")
  func typedFirst() throws {
    let index = try TestIndex([
      Entry(id: "a", title: "kubeproxy", text: "kubeproxy"),
      Entry(id: "b", title: "", text: "about kube proxy"),
    ])
    #expect(try index.search("kube proxy").hits.map(\.entry.id) == ["b", "a"])
    #expect(try index.search("kubeproxy").hits.first?.entry.id == "a")
  }
}
