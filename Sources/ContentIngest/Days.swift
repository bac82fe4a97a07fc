/// `YYYY-MM-DD` from the start of a date or time in year-month-day order, or nil.
///
/// Takes `-`, `/` and `.` between the numbers, one or two digits, 年月日, and what follows the day after a
/// non-digit. The time zone does not move the day: the date is the one the author wrote.
func isoDate(_ text: String) -> String? {
  var numbers: [Int] = []
  var digits = 0
  var value = 0
  scan: for unit in text.unicodeScalars {
    let c = unit.value
    if (0x30...0x39).contains(c) {
      value = value * 10 + Int(c - 0x30)
      digits += 1
      if digits > 4 { return nil }
      continue
    }
    if digits == 0 {
      if numbers.isEmpty, c <= 0x20 { continue }
      return nil
    }
    numbers.append(value)
    if numbers.count == 1, digits != 4 { return nil }
    if numbers.count > 1, digits > 2 { return nil }
    digits = 0
    value = 0
    if numbers.count == 3 { break scan }
    switch unit {
    case "-", "/", ".", "年", "月": continue
    default: return nil
    }
  }
  if digits > 0 {
    if numbers.isEmpty || digits > 2 { return nil }
    numbers.append(value)
  }
  guard numbers.count == 3, (1...12).contains(numbers[1]), numbers[2] >= 1 else { return nil }
  let leap = numbers[0] % 4 == 0 && (numbers[0] % 100 != 0 || numbers[0] % 400 == 0)
  let days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][numbers[1] - 1]
  guard numbers[2] <= days else { return nil }
  func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
  return padded(numbers[0], 4) + "-" + padded(numbers[1], 2) + "-" + padded(numbers[2], 2)
}

/// The day in a title: `周报第 12 期（2024年8月30日）`, `Weekly 2024/08/30`.
///
/// A year of this century or the last, month and day, with `-`, `/`, `.` or 年 and 月 between them and white space where
/// people put it; digits on either side make it something else.
func dateInside(_ title: String) -> String? {
  // A title may be a whole paragraph.
  let text = Array(title.unicodeScalars.prefix(200))
  var place = 0
  /// The number that begins here, and its digits; moves on behind it.
  func number() -> (value: Int, digits: Int)? {
    let start = place
    var value = 0
    while place < text.count, let digit = digit(text[place]) {
      if place - start < 9 { value = value * 10 + digit }
      place += 1
    }
    return place > start ? (value, place - start) : nil
  }
  /// Moves on behind one of the signs and the white space around it.
  func separator(_ sign: Unicode.Scalar) -> Bool {
    func skipSpace() { while place < text.count, text[place].properties.isWhitespace { place += 1 } }
    skipSpace()
    guard place < text.count, ["-", "/", ".", sign].contains(text[place]) else { return false }
    place += 1
    skipSpace()
    return true
  }
  while place < text.count {
    guard let year = number() else {
      place += 1
      continue
    }
    let next = place
    if year.digits == 4, (1900...2099).contains(year.value), separator("年"), let month = number(),
      month.digits <= 2, separator("月"), let day = number(), day.digits <= 2
    {
      return isoDate("\(year.value)-\(month.value)-\(day.value)")
    }
    place = next
  }
  return nil
}

/// The day in the name of a file or of the folders around it: `2024-08-30-title.md`, `2024/08/30/title.md`.
func fileDate(_ name: String) -> String? {
  let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  guard let file = parts.last else { return nil }
  let lengths = [4, 2, 2]
  let numbers = file.prefix(10).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
  if numbers.map(\.count) == lengths, numbers.allSatisfy(isNumber),
    file.dropFirst(10).first.map(isDigit) != true
  {
    return isoDate(numbers.map { String(Substring($0)) }.joined(separator: "-"))
  }
  for first in parts.indices.dropLast(3) {
    let numbers = parts[first..<first + 3]
    if numbers.map(\.count) == lengths, numbers.allSatisfy(isNumber) {
      return isoDate(numbers.map { String(Substring($0)) }.joined(separator: "-"))
    }
  }
  return nil
}

private func digit(_ scalar: Unicode.Scalar) -> Int? {
  (0x30...0x39).contains(scalar.value) ? Int(scalar.value) - 0x30 : nil
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
private func isNumber(_ bytes: some Sequence<UInt8>) -> Bool { bytes.allSatisfy(isDigit) }
