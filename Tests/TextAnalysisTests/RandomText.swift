import SearchTestSupport

/// Text of everything the rules name, in any order.
struct RandomText {
  static let fragments: [String] = [
    "多集群", "雲原生", "羣", "裏", "的", "服务网格", "々", "〇", "ー", "カナ", "ひらがな", "か\u{3099}", "ｶﾞ", "ﾊ\u{309A}", "한국어",
    "\u{1112}\u{1161}\u{11AB}", "𠀀", "\u{2F800}", "\u{F900}", "⼀", "㍿", "㈱", "㎏", "①", "½", "™", "℃", "ﬁ",
    "ß", "Ⅷ", "ﷺ",
    " ", " ", " ", " ", "\n", "\n", "\r\n", "\r", "\t", "，", "。", "、", "：", "——", "……", "「", "」", "（", "）",
    "　", "!", "?", "(",
    ")", ",", ";", "\"", "=", "%", "~", "-", "-", "_", ".", ".", "/", "@", ":", "+", "++", "#", "&", "'", "’",
    "–", "−", "－", "．", "＋",
    "://", "https://", "kube", "proxy", "Kubernetes", "PodAffinity", "HTTPServer", "LLMs", "iPhone",
    "running", "flies", "hopping",
    "C++", "C#", "F#", ".NET", "net", ".net", "c", "go", "K8s", "5G", "IPv6", "v1", "1", "29", "3",
    "v1.29.3-rc.1", "10.0.0.1", "8080",
    "a", "AT&T", "I/O", "CI/CD", "O’Reilly", "node.js", "naïve", "cafe\u{301}", "e\u{301}\u{323}", "İ",
    "Ångström", "ＫＵＢＥ", "ｋ８ｓ",
    "Привет", "Ёлка", "Ελλάδα", "ςΣ", "עִבְרִית", "العَرَبِيَّة", "ไทย", "हिन्दी", "\u{200B}", "\u{200D}", "\u{FEFF}",
    "\u{AD}", "\u{FE0F}",
    "\u{E0100}", "\u{301}", "\u{3099}", "\u{20E3}", "👨‍👩‍👧", "1️⃣", "é", "ĳ", "ǆ", "ᾳ", "abcdefg", "abcdefgh",
    "abcdefghi",
    "internationalization", "supercalifragilistic", String(repeating: "x", count: 254),
    String(repeating: "Y", count: 256),
    String(repeating: "é", count: 130),
  ]

  static func make(_ random: inout SplitMix64, fragments count: Int) -> String {
    var text = ""
    for _ in 0..<count {
      if Int.random(in: 0..<8, using: &random) == 0 {
        // Any scalar at all.
        let planes: [ClosedRange<UInt32>] = [
          0...0x7F, 0x80...0x2FF, 0x300...0x3FFF, 0xA000...0xFFFF, 0x10000...0x10FFFF,
        ]
        let value = UInt32.random(in: planes.randomElement(using: &random)!, using: &random)
        if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
      } else {
        text += fragments.randomElement(using: &random)!
      }
    }
    return text
  }
}
