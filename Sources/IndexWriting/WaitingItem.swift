import SearchModel

/// An item that may still meet itself in another file.
///
/// What unites: categories, tags, sources and keywords in the order of first sight, compared by their bytes; a
/// text follows the one before unless all its paragraphs are there already; path and date where there were
/// none. The rest stays as it was first. Uniting n copies takes time in the order of what they bring, not of n².
struct WaitingItem {
  /// More text than this is not put together: a reader takes no entry above 128 MiB.
  static let largestUnitedText = 64 << 20

  private(set) var entry: Entry
  /// Memory, about.
  private(set) var byteCount: Int

  private var categories = DistinctStrings()
  private var tags = DistinctStrings()
  private var sources = DistinctStrings()
  private var keywords = DistinctStrings()
  private var pins = DistinctStrings()
  private var paragraphs: Set<[UInt8]> = []

  init(_ entry: Entry) {
    self.entry = entry
    byteCount = entry.memory
  }

  mutating func unite(with other: Entry) {
    byteCount += categories.append(other.category, to: &entry.category)
    byteCount += tags.append(other.tags, to: &entry.tags)
    byteCount += sources.append(other.sources, to: &entry.sources)
    byteCount += keywords.append(other.keywords, to: &entry.keywords)
    byteCount += pins.append(other.pins, to: &entry.pins)
    entry.boost = max(entry.boost, other.boost)
    if entry.path.isEmpty { entry.path = other.path }
    if entry.date == nil { entry.date = other.date }
    append(other.text)
  }

  private mutating func append(_ text: String) {
    if text.isEmpty { return }
    if entry.text.isEmpty {
      entry.text = text
      byteCount += text.utf8.count
      return
    }
    guard entry.text.utf8.count + text.utf8.count + 2 <= Self.largestUnitedText else { return }
    if paragraphs.isEmpty { byteCount += remember(Self.paragraphs(of: entry.text)) }
    let added = remember(Self.paragraphs(of: text))
    guard added > 0 else { return }
    entry.text += "\n\n"
    entry.text += text
    byteCount += added + text.utf8.count + 2
  }

  /// - Returns: the memory of those that are new.
  private mutating func remember(_ found: [[UInt8]]) -> Int {
    var added = 0
    for paragraph in found where paragraphs.insert(paragraph).inserted {
      added += paragraph.count + Entry.perString
    }
    return added
  }

  private static func paragraphs(of text: String) -> [[UInt8]] {
    let newline = UInt8(ascii: "\n")
    var found: [[UInt8]] = []
    var current: [UInt8] = []
    var newlines = 0
    for byte in text.utf8 {
      if byte == newline {
        newlines += 1
        continue
      }
      if newlines > 1 {
        found.append(current)
        current = []
      } else if newlines == 1 {
        current.append(newline)
      }
      newlines = 0
      current.append(byte)
    }
    found.append(current)
    return found
  }
}

/// Remembers which strings are in a list, once it is too long to look through.
private struct DistinctStrings {
  private static let shortList = 16
  private var seen: Set<[UInt8]> = []

  /// Appends those that are not there, each once.
  ///
  /// - Returns: the memory of those that are new.
  mutating func append(_ new: [String], to list: inout [String]) -> Int {
    var added = 0
    for string in new {
      if list.count < Self.shortList {
        if list.contains(where: { $0.utf8.elementsEqual(string.utf8) }) { continue }
      } else {
        if seen.isEmpty { seen = Set(list.map { Array($0.utf8) }) }
        guard seen.insert(Array(string.utf8)).inserted else { continue }
        added += string.utf8.count + Entry.perString
      }
      list.append(string)
      added += string.utf8.count + Entry.perString
    }
    return added
  }
}

extension Entry {
  /// What a string costs beside its bytes, about.
  static let perString = 48

  /// Bytes of memory, about.
  var memory: Int {
    var bytes = MemoryLayout<Entry>.stride + storedByteCount
    for list in [path, category, tags, sources, keywords, pins] { bytes += list.count * Self.perString }
    return bytes
  }

  /// Bytes of all its strings.
  var storedByteCount: Int {
    var bytes =
      id.utf8.count + title.utf8.count + text.utf8.count + description.utf8.count + author.utf8.count
    bytes += (url?.utf8.count ?? 0) + (anchor?.utf8.count ?? 0) + (date?.utf8.count ?? 0) + lang.utf8.count
    for list in [path, category, tags, sources, keywords, pins] {
      for string in list { bytes += string.utf8.count }
    }
    return bytes
  }
}
