/// The walk of whoever looks for a few terms in a text: it counts all and writes down what a filter lets through.
extension Analyzer {
  /// Of the tokens of one field text those that a filter lets through, exactly as `analyze` gives them but for pairs.
  ///
  /// - Complexity: O(n), a fraction of that of all tokens.
  package func analyze(
    utf8: UnsafeBufferPointer<UInt8>, only filter: TermFilter, into buffer: inout TokenBuffer
  ) {
    isQuery = false
    // Sound: the filter outlives the walk.
    withExtendedLifetime(filter) {
      unsafe self.filter = UnsafePointer(filter.bits)
      unsafe walk(utf8, into: &buffer)
      unsafe self.filter = nil
    }
  }

  /// Whether a token is wanted whose term stands here, or for a stem that of its word.
  @inline(__always) func isWanted(_ term: UnsafePointer<UInt8>, count: Int) -> Bool {
    guard let filter = unsafe filter else { return true }
    // Sound: no term is empty.
    return unsafe TermFilter.passes(filter, term[0], count > 1 ? term[1] : 0)
  }

  /// What `fastWalk` does, for the tokens of a filter.
  ///
  /// - Returns: where the general walk goes on; `start` when it has to take the very next step.
  func sparseWalk(from start: Int, _ filter: UnsafePointer<UInt64>, into buffer: inout TokenBuffer) -> Int {
    // Sound throughout: every read of `text` follows a comparison of its index with `count`, and the class table has
    // 128 entries and is read for bytes below 128.
    let text = unsafe source
    let count = sourceCount
    let ascii = unsafe codePoints.ascii
    var position = self.position
    var nextChunk = self.nextChunk
    var length = self.length
    var last = self.last
    var gap = self.gap
    var hanChunk = self.hanChunk
    hanTermLength = 0

    var i = start
    walk: while i < count {
      let byte = unsafe text[i]
      if byte < 0x80 {
        let first = unsafe ascii[Int(byte)]
        if first & ASCIIClass.word != 0 {
          var end = i
          var uppers: UInt64 = 0
          var lowers: UInt64 = 0
          var digits: UInt64 = 0
          while end &- i < Self.longestTerm {
            let eight = ASCIIEight(unsafe Self.load(text, at: end, count: count))
            let inside = eight.wordMask
            // A capital at the beginning is no border of pieces.
            uppers |= eight.uppers & inside & (end == i ? ~0xFF : ~0)
            lowers |= eight.lowers & inside
            digits |= eight.digits & inside
            end &+= eight.wordLength
            if eight.wordLength < 8 { break }
          }
          if end &- i > Self.longestTerm || !isChunk(from: i, to: end) { break walk }
          let lowercased = byte | (first & ASCIIClass.upper) &<< 4
          let second = end &- i > 1 ? unsafe text[i &+ 1] : 0
          let isWanted = unsafe TermFilter.passes(filter, lowercased, second)
          let hasPieces = digits == 0 && uppers != 0 && lowers != 0
          if isWanted || hasPieces {
            emitWord(
              start: i, count: end &- i, isWanted: isWanted, isASCIIWord: digits == 0, position: position,
              chunk: nextChunk, into: &buffer)
          }
          nextChunk &+= 1
          position &+= 1
          length &+= 1
          last = .latin
          gap = .nothing
          i = end
          continue
        }
        // A separator.
        let next = i &+ 1 < count ? unsafe text[i &+ 1] : 0
        if next >= 0x80 {
          let following = plainEntry(at: i &+ 1)
          if following.bits == 0 || following.joins || byte == UInt8(ascii: ".") { break walk }
        } else if byte == UInt8(ascii: ".") && next | 0x20 == UInt8(ascii: "n") {
          break walk
        }
        if byte == 0x0A && (gap == .nothing || gap == .carriageReturn) {
          gap = .lineBreak
        } else if byte == 0x0D && gap == .nothing {
          gap = .carriageReturn
        } else {
          gap = .other
        }
        i &+= 1
        continue
      }

      var current = plainEntry(at: i)
      if current.isA(.separator) {
        if current.folded == UInt32(UInt8(ascii: ".")) { break walk }
        let end = i &+ 3
        if end < count, unsafe text[end] >= 0x80 {
          let following = plainEntry(at: end)
          if following.bits == 0 || following.joins { break walk }
        }
        gap = .other
        i = end
        continue
      }
      guard current.isPlainHan else { break walk }
      var continues = last == .han && (gap == .nothing || gap == .lineBreak)
      while true {
        let end = i &+ 3
        var next = CodePointEntry(bits: 0)
        if end < count, unsafe text[end] >= 0x80 {
          next = plainEntry(at: end)
          // What is not three bytes long is left to the general walk, together with this one.
          if next.bits == 0 || next.joins { break walk }
        }
        if !continues {
          if last == .han { position &+= 1 }
          hanChunk = nextChunk
          nextChunk &+= 1
          continues = true
        }
        if unsafe TermFilter.passes(filter, han: current.folded) {
          emitHan(current.folded, start: i, end: end, position: position, chunk: hanChunk, into: &buffer)
        }
        position &+= 1
        length &+= 1
        last = .han
        gap = .nothing
        i = end
        if !next.isPlainHan { break }
        current = next
      }
    }

    self.position = position
    self.nextChunk = nextChunk
    self.length = length
    self.last = last
    self.gap = gap
    self.hanChunk = hanChunk
    return i
  }

  /// The entry of a well-formed three-byte character; nothing for all else.
  @inline(__always) private func plainEntry(at i: Int) -> CodePointEntry {
    // Sound: the index is compared with `sourceCount` first.
    guard i &+ 2 < sourceCount else { return CodePointEntry(bits: 0) }
    let lead = unsafe source[i]
    let second = unsafe source[i &+ 1]
    let third = unsafe source[i &+ 2]
    guard lead & 0xF0 == 0xE0, second & 0xC0 == 0x80, third & 0xC0 == 0x80 else {
      return CodePointEntry(bits: 0)
    }
    let codePoint = UInt32(lead & 0x0F) &<< 12 | UInt32(second & 0x3F) &<< 6 | UInt32(third & 0x3F)
    return codePoint < 0x800 ? CodePointEntry(bits: 0) : codePoints.entry(codePoint)
  }

  /// Whether a run of ASCII letters and digits is a chunk, by what follows it.
  @inline(__always) private func isChunk(from start: Int, to end: Int) -> Bool {
    guard end < sourceCount else { return true }
    // Sound: the index was compared just above; only bytes below 128 index the table.
    let byte = unsafe source[end]
    if byte < 0x80 {
      return unsafe codePoints.ascii[Int(byte)] & ASCIIClass.connector == 0
        || endsChunk(connectorAt: end, wordStart: start)
    }
    let next = plainEntry(at: end)
    return !next.joins && (next.isA(.han) || next.isA(.separator) && !Self.isConnector(next.folded))
  }

  /// What the general walk does with a Han character, for the tokens of a filter.
  func takeSparseHan(
    _ folded: UInt32, _ filter: UnsafePointer<UInt64>, start: Int, end: Int, continues: Bool,
    into buffer: inout TokenBuffer
  ) {
    if !continues {
      if last == .han { position += 1 }
      hanChunk = nextChunk
      nextChunk += 1
    }
    // Without pairs nothing needs the bytes of the character before.
    hanTermLength = 0
    if unsafe TermFilter.passes(filter, han: folded) {
      emitHan(folded, start: start, end: end, position: position, chunk: hanChunk, into: &buffer)
    }
    position += 1
    length += 1
  }

  private func emitHan(
    _ folded: UInt32, start: Int, end: Int, position: UInt32, chunk: UInt32, into buffer: inout TokenBuffer
  ) {
    reserve(tokens: 1, bytes: 4, into: &buffer)
    let at = stagedByteCount
    append(utf8Of: folded)
    emit(
      .han, termStart: at, termLength: stagedByteCount - at, position: position, start: start, end: end,
      chunk: chunk)
  }

  /// The tokens of a chunk that is one run of ASCII letters and digits.
  @inline(never)
  private func emitWord(
    start: Int, count: Int, isWanted: Bool, isASCIIWord: Bool, position: UInt32, chunk: UInt32,
    into buffer: inout TokenBuffer
  ) {
    reserve(tokens: Self.tokensPerPart, bytes: Self.bytesPerPart, into: &buffer)
    let at = stagedByteCount
    // Sound: `reserve` has made room for a term, and the word is inside the text.
    for k in 0..<count {
      let byte = unsafe source[start + k]
      unsafe stagedBytes[at + k] = byte | (codePoints.ascii[Int(byte & 0x7F)] & ASCIIClass.upper) << 4
    }
    stagedByteCount += count
    if isWanted {
      emit(
        .latin, termStart: at, termLength: count, position: position, start: start, end: start + count,
        chunk: chunk)
    }
    guard isASCIIWord else { return }
    emitPieces(termStart: at, start: start, count: count, position: position, chunk: chunk)
    if isWanted {
      emitStem(
        termStart: at, termLength: count, start: start, end: start + count, position: position, chunk: chunk)
    }
  }
}
