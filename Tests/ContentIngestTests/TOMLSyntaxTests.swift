import SearchModel
import Testing

@testable import ContentIngest

@Suite struct TOMLSyntaxTests {
  private static let malformed: [String] = [
    "1024-01-02T-02T03:04:0501-02T03:04:05Z", "2048-01-02Tnan03:04:05Z", "12:x", "2024-01-02T",
    "2024-01-02T03:04:05+x", "[}", "[,1]", "[1,,2]", "[1 2]", "{,}", "{a = 1,}", "{a}", "{a = }", "_1", "1_",
    "1__0", "01", "0x", "0xg", "1.", ".5", "1e", "1e_1", "++1", "+-1", "0b2", "tru", "True", "", "]",
    "'a' 'b'",
    #""\x""#, #""\uD800""#, #""\u+12F""#, "\"\u{1}\"", "\"a", "1\u{1}", String(repeating: "1", count: 101),
    "é",
  ]

  @Test("what the parser of TOML may not stand is refused before, with its line", arguments: malformed)
  func malformedValues(value: String) throws {
    let reading = try read("+++\ntitle = \"题\"\na = \(value)\n+++\n\n正文在此。\n")
    #expect(reading.page?.text.hasSuffix("正文在此。") == true && reading.page?.title == "page")
    #expect(reading.skipped.map(\.line) == [3])
  }

  @Test(
    "a list or text that does not end is refused", arguments: ["[1", "'''a''", "\"\"\"a\\\"\"\"", "{a = ["])
  func unended(value: String) throws {
    let reading = try read("+++\na = \(value)\n+++\n\n正文在此。\n")
    #expect(reading.page?.text.hasSuffix("正文在此。") == true && reading.skipped.count == 1)
  }

  private static let everyForm: [String] = [
    "true", "false", "0", "-0", "+99", "1_000", "0xDEAD_beef", "0o755", "0b1101", "3.14", "-0.01", "5e+22",
    "1e06", "6.626e-34", "inf", "-inf", "nan", "1979-05-27", "1979-05-27T07:32:00", "1979-05-27 07:32:00Z",
    "1979-05-27t00:32:00.999999-07:00", "07:32:00", "00:32:00.5", "[]", "[1, 2,]", "[ [ 1 ], ['a'] ]",
    "[ # c\n 1 ,# d\n\n]", "{}", "{ a = 1, b.c = 'x', \"d e\" = [ {f = 1}, {} ] } # g",
    #""\b\t\n\f\r\"\\\u00E9\U0001F600""#, #"'\x'"#, "\"\"\"\na \\  \n  b\"\"\"\"\"", "'''\n'a''''", "''",
    "\"\"",
  ]

  @Test("every form of a value of TOML is read, with either line end", arguments: everyForm, ["\n", "\r\n"])
  func values(value: String, newline: String) throws {
    let toml = "\"a.b\".c-d_1 . 'e' = \(value)\n\n[x . y]\n  z=1 # end\n[[w]]\n"
    let bytes = Array(toml.replacing("\n", with: newline).utf8)
    #expect(throws: Never.self) { try TOMLReader.read(bytes[...], byteLimit: 1_000) }
  }
}
