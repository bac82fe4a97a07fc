internal import CICU

/// ICU's word dictionary, read by ourselves so that other words can stand in one lattice with its own.
///
/// Sendable although it holds a pointer: it points to read-only data of the ICU library, opened once and
/// never closed.
@safe struct ICUDictionary: @unchecked Sendable {
  /// Longest word that ICU's engine looks for, in characters.
  static let longestWord = 20
  /// Cost of a character that is no word, as in ICU's engine (`maxSnlp` of dictbe.cpp).
  static let unknownCost: Int32 = 255

  private let handle: OpaquePointer

  private init(handle: OpaquePointer) { unsafe self.handle = handle }

  /// The dictionary, if segmenting with it gives the words of ICU's break iterator on a probe text; nil
  /// otherwise: then the break iterator is asked itself.
  static let shared: ICUDictionary? = {
    guard let handle = unsafe cicu_dictionary_open() else { return nil }
    let dictionary = unsafe ICUDictionary(handle: handle)
    let rules = ICUWordRules()
    let agrees = probes.allSatisfy { probe in
      let characters = probe.unicodeScalars.map(\.value)
      let lattice = WordLattice(characters, dictionary: dictionary)
      guard let ends = rules?.ends(of: characters) else { return false }
      return lattice.bestPath().map(\.range.upperBound) == ends
    }
    if agrees { return dictionary }
    unsafe cicu_dictionary_close(handle)
    return nil
  }()

  /// Frequent and rare words, ambiguous runs, single characters, and one from outside the BMP.
  private static let probes = [
    "多集群管理云原生服务网格灰度发布镜像可观测性研究生命起源南京市长江大桥的确实在理发展中国家用电器",
    "结合成分子时有意见分歧今天下雨天留客天留我不留乒乓球拍卖完了中华人民共和国外交部长江泽民间艺术",
    "齉龘靐𠀀集群々〇",
  ]

  /// Calls `body` with the length in characters and the cost of each word that begins at `start`.
  func forEachWord(in characters: [UInt32], from start: Int, _ body: (_ length: Int, _ cost: Int32) -> Void) {
    guard start >= 0, start < characters.count else { return }
    let count = min(Self.longestWord, characters.count - start)
    unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * Self.longestWord) { space in
      // Sound: `count` characters stand from `start` on, both halves have room for twenty, and as many of
      // each as are read have been written.
      guard let lengths = space.baseAddress else { return }
      let costs = unsafe lengths + Self.longestWord
      let found = unsafe characters.withUnsafeBufferPointer { text in
        guard let base = text.baseAddress else { return Int32(0) }
        return unsafe cicu_dictionary_matches(
          handle, base + start, Int32(count), lengths, costs, Int32(Self.longestWord))
      }
      for k in 0..<min(Int(found), Self.longestWord) { unsafe body(Int(lengths[k]), costs[k]) }
    }
  }
}

/// ICU's break iterator for words, locale zh. Not to be shared between threads.
@safe final class ICUWordRules {
  private let handle: OpaquePointer

  /// Nil when ICU has no rules for Chinese.
  init?() {
    guard let handle = unsafe cicu_words_open("zh") else { return nil }
    unsafe self.handle = handle
  }

  deinit { unsafe cicu_words_close(handle) }

  /// Ends of the words, in characters, ascending, the last one being the number of characters; nil when ICU
  /// fails.
  func ends(of characters: [UInt32]) -> [Int]? {
    guard !characters.isEmpty, characters.count <= Int(Int32.max) / 2 else { return nil }
    var units: [UInt16] = []
    units.reserveCapacity(characters.count)
    for codePoint in characters {
      guard let scalar = Unicode.Scalar(codePoint) else { return nil }
      units.append(contentsOf: Character(scalar).utf16)
    }
    let count = Int32(units.count)
    // Sound: both arrays are as long as ICU is told.
    let ends = unsafe [Int32](unsafeUninitializedCapacity: units.count) { ends, written in
      let found = unsafe units.withUnsafeBufferPointer { text in
        unsafe cicu_words_ends(handle, text.baseAddress, count, ends.baseAddress, count)
      }
      written = max(0, Int(found))
    }
    guard ends.last == count else { return nil }

    // From UTF-16 units back to characters.
    var result: [Int] = []
    var unit = 0
    var character = 0
    for end in ends {
      let before = character
      while unit < Int(end), character < characters.count {
        unit += characters[character] > 0xFFFF ? 2 : 1
        character += 1
      }
      if character > before { result.append(character) }
    }
    return result
  }
}
