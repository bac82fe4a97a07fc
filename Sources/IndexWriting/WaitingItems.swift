import SearchModel

/// Items that may still meet themselves in another file, in the order of first sight.
struct WaitingItems {
  /// Nil where an item was taken out again.
  private var items: [WaitingItem?] = []
  private var places = EntryLocations()
  /// Memory, about.
  private(set) var byteCount = 0

  /// Unites an item with the one that waits under its id; false when there is none.
  mutating func unite(_ entry: Entry, _ hash: UInt32) -> Bool {
    guard let place = place(of: entry.id, hash) else { return false }
    byteCount -= items[place]?.byteCount ?? 0
    items[place]?.unite(with: entry)
    byteCount += items[place]?.byteCount ?? 0
    return true
  }

  /// Appends an item whose id does not wait yet.
  mutating func append(_ item: WaitingItem, _ hash: UInt32) {
    places.insert(UInt32(items.count), hash: hash)
    items.append(item)
    byteCount += item.byteCount
  }

  /// Takes out the item with this id; false when there is none.
  mutating func remove(_ id: String, _ hash: UInt32) -> Bool {
    guard let place = place(of: id, hash) else { return false }
    places.remove(UInt32(place), hash: hash)
    byteCount -= items[place]?.byteCount ?? 0
    items[place] = nil
    // The place itself costs something too, and a page may take an item's id again and again.
    if items.count > 1_024, places.count * 2 < items.count { closeGaps() }
    return true
  }

  /// Everything that waits, in order; nothing waits afterwards.
  mutating func takeAll() -> [Entry] {
    let entries = items.compactMap { $0?.entry }
    self = WaitingItems()
    return entries
  }

  private func place(of id: String, _ hash: UInt32) -> Int? {
    places.find(hash) { items[Int($0)]?.entry.id.utf8.elementsEqual(id.utf8) ?? false }.map(Int.init)
  }

  private mutating func closeGaps() {
    items.removeAll { $0 == nil }
    places.removeAll()
    for (place, item) in items.enumerated() {
      if let item { places.insert(UInt32(place), hash: EntryLocations.hash(item.entry.id)) }
    }
  }
}
