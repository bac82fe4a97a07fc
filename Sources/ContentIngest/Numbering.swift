/// Where the count of the numbered paragraphs of a section stands.
///
/// `2、` goes on with the items of the section; `1、` inside an item begins steps that belong to it.
struct Numbering {
  private var item = 0
  private var step = 0

  /// A paragraph with this number is an item whatever stands before it.
  mutating func note(_ number: Int) {
    item = number
    step = 0
  }

  /// Whether a paragraph with this number and without a title of its own begins an item.
  mutating func beginsItem(_ number: Int, isInside: Bool) -> Bool {
    if isInside, number == 1 || (step > 0 && number == step + 1) {
      step = number
      return false
    }
    guard number == item + 1 else { return false }
    note(number)
    return true
  }
}
