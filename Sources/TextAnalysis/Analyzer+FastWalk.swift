extension Analyzer {
  /// The plain stretches of a text: lone ASCII words, Han runs, separators; nothing that normalization
  /// could combine, no chunk of several parts.
  ///
  /// Does what the general walk does for the same bytes, with its state in registers. It is entered
  /// between chunks only and stops, between chunks, at the first thing it does not know.
  ///
  /// - Returns: where the general walk goes on; `start` when it has to take the very next step.
  func fastWalk(from start: Int, into buffer: inout TokenBuffer) -> Int {
    // Sound throughout: every read of `text` follows a comparison of its index with `count`, the
    // class table has 128 entries and is read for bytes below 128, the entry table has one for every
    // three-byte character, and room in the staging area is made before it is written.
    let text = unsafe source
    let count = sourceCount
    let ascii = unsafe codePoints.ascii
    let entries = unsafe codePoints.entries
    let tokens = unsafe stagedTokens
    let bytes = unsafe stagedBytes
    var tokenCount = stagedTokenCount
    var byteCount = stagedByteCount
    var base = UInt32(truncatingIfNeeded: byteBase)
    var position = self.position
    var nextChunk = self.nextChunk
    var length = self.length
    var last = self.last
    var gap = self.gap
    var hanStart = self.hanStart
    var hanEnd = self.hanEnd
    var hanTermLength = self.hanTermLength
    var hanChunk = self.hanChunk

    /// The entry of a well-formed three-byte character; nothing for all else.
    @inline(__always) func entry(at i: Int) -> UInt32 {
      guard i &+ 2 < count else { return 0 }
      let lead = unsafe text[i]
      let second = unsafe text[i &+ 1]
      let third = unsafe text[i &+ 2]
      guard lead & 0xF0 == 0xE0, second & 0xC0 == 0x80, third & 0xC0 == 0x80 else { return 0 }
      let codePoint = UInt32(lead & 0x0F) &<< 12 | UInt32(second & 0x3F) &<< 6 | UInt32(third & 0x3F)
      guard codePoint >= 0x800 else { return 0 }
      let known = unsafe entries[Int(truncatingIfNeeded: codePoint)]
      return known != 0 ? known : codePoints.lookUp(codePoint).bits
    }
    @inline(__always) func flushStaged() {
      stagedTokenCount = tokenCount
      stagedByteCount = byteCount
      self.last = last
      self.hanTermLength = hanTermLength
      flush(into: &buffer)
      tokenCount = stagedTokenCount
      byteCount = stagedByteCount
      base = UInt32(truncatingIfNeeded: byteBase)
    }
    @inline(__always) func put(
      _ kind: TokenKind, _ termStart: UInt32, _ termLength: Int, _ position: UInt32, _ start: Int, _ end: Int,
      _ chunk: UInt32
    ) {
      unsafe tokens[tokenCount] = Token(
        kind: kind, termLength: UInt16(truncatingIfNeeded: termLength), termStart: termStart,
        position: position, start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
        chunk: chunk)
      tokenCount &+= 1
    }

    var i = start
    walk: while i < count {
      let byte = unsafe text[i]
      if byte < 0x80 {
        let first = unsafe ascii[Int(byte)]
        if first & ASCIIClass.word != 0 {
          if tokenCount &+ Self.tokensPerPart > Self.stagedTokenCapacity
            || byteCount &+ Self.bytesPerPart > Self.stagedByteCapacity
          {
            flushStaged()
          }
          // Eight bytes at a time: classes and lower case by arithmetic on all of them at once. What
          // is written past the word is written over or never counted.
          let target = unsafe bytes + byteCount
          var end = i
          var uppers: UInt64 = 0
          var lowers: UInt64 = 0
          var digits: UInt64 = 0
          var firstKey: UInt64 = 0
          var secondKey: UInt64 = 0
          while end &- i < Self.longestTerm {
            let eight = ASCIIEight(unsafe Self.load(text, at: end, count: count))
            unsafe UnsafeMutableRawPointer(target + (end &- i)).storeBytes(
              of: eight.lowercased.littleEndian, as: UInt64.self)
            let inside = eight.wordMask
            // In the first eight, the first letter does not count: it is often a capital.
            uppers |= eight.uppers & inside & (end == i ? ~0xFF : ~0)
            lowers |= eight.lowers & inside
            digits |= eight.digits & inside
            if end == i { firstKey = eight.lowercased & inside }
            if end == i &+ 8 { secondKey = eight.lowercased & inside }
            end &+= eight.wordLength
            if eight.wordLength < 8 { break }
          }
          if end &- i > Self.longestTerm { break walk }
          if end < count {
            let byte = unsafe text[end]
            if byte < 0x80 {
              let bits = unsafe ascii[Int(byte)]
              if bits & ASCIIClass.connector != 0, !endsChunk(connectorAt: end, wordStart: i) { break walk }
            } else {
              let next = CodePointEntry(bits: entry(at: end))
              let ends = next.isA(.han) || (next.isA(.separator) && !Self.isConnector(next.folded))
              if next.joins || !ends { break walk }
            }
          }
          let termLength = end &- i
          let term = base &+ UInt32(truncatingIfNeeded: byteCount)
          put(.latin, term, termLength, position, i, end, nextChunk)
          byteCount &+= termLength
          last = .latin
          gap = .nothing
          if digits == 0 && termLength > 2 {
            if uppers != 0 && lowers != 0 {
              stagedTokenCount = tokenCount
              emitPieces(
                termStart: byteCount &- termLength, start: i, count: termLength, position: position,
                chunk: nextChunk)
              tokenCount = stagedTokenCount
            }
            if termLength > 3,
              let stem = unsafe stemmer.stem(target, count: termLength, key: (firstKey, secondKey))
            {
              let stemLength = min(stem.count, Self.longestTerm)
              var at = term
              if !stem.isPrefix {
                at = base &+ UInt32(truncatingIfNeeded: byteCount)
                unsafe stem.copy(to: bytes + byteCount, count: stemLength)
                byteCount &+= stemLength
              }
              put(.stem, at, stemLength, position, i, end, nextChunk)
            }
          }
          nextChunk &+= 1
          position &+= 1
          length &+= 1
          i = end
          continue
        }
        // A separator.
        let next = i &+ 1 < count ? unsafe text[i &+ 1] : 0
        if next >= 0x80 {
          let following = entry(at: i &+ 1)
          if following == 0 || following & CodePointEntry.joinsBit != 0 || byte == UInt8(ascii: ".") {
            break walk
          }
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

      var current = CodePointEntry(bits: entry(at: i))
      if current.isA(.separator) {
        if current.folded == UInt32(UInt8(ascii: ".")) { break walk }
        let end = i &+ 3
        if end < count, unsafe text[end] >= 0x80 {
          let following = entry(at: end)
          if following == 0 || following & CodePointEntry.joinsBit != 0 { break walk }
        }
        gap = .other
        i = end
        continue
      }
      guard current.isPlainHan else { break walk }
      // A run: each character is looked up once, as the neighbour of the one before it.
      var continues = last == .han && (gap == .nothing || gap == .lineBreak)
      var isOver = false
      var isStuck = false
      while !isOver {
        if tokenCount &+ 2 > Self.stagedTokenCapacity || byteCount &+ 8 > Self.stagedByteCapacity {
          flushStaged()
        }
        var slot = tokenCount
        var target = byteCount
        let lastSlot = min(
          Self.stagedTokenCapacity &- 2, slot &+ (Self.stagedByteCapacity &- 8 &- target) / 3 &* 2)
        while slot <= lastSlot {
          let end = i &+ 3
          var next = CodePointEntry(bits: 0)
          if end < count, unsafe text[end] >= 0x80 {
            next = CodePointEntry(bits: entry(at: end))
            // What is not three bytes long is left to the general walk, together with this one.
            if next.bits == 0 || next.joins {
              isOver = true
              isStuck = true
              break
            }
          }
          let folded = current.folded
          unsafe bytes[target] = UInt8(truncatingIfNeeded: 0xE0 | folded &>> 12)
          unsafe bytes[target &+ 1] = UInt8(truncatingIfNeeded: 0x80 | folded &>> 6 & 0x3F)
          unsafe bytes[target &+ 2] = UInt8(truncatingIfNeeded: 0x80 | folded & 0x3F)
          let term = base &+ UInt32(truncatingIfNeeded: target)
          if continues {
            unsafe tokens[slot] = Token(
              kind: .hanPair, termLength: UInt16(truncatingIfNeeded: hanTermLength &+ 3),
              termStart: term &- UInt32(truncatingIfNeeded: hanTermLength), position: position &- 1,
              start: UInt32(truncatingIfNeeded: hanStart), end: UInt32(truncatingIfNeeded: end),
              chunk: hanChunk)
            slot &+= 1
          } else {
            if last == .han { position &+= 1 }
            hanChunk = nextChunk
            nextChunk &+= 1
            continues = true
          }
          unsafe tokens[slot] = Token(
            kind: .han, termLength: 3, termStart: term, position: position,
            start: UInt32(truncatingIfNeeded: i), end: UInt32(truncatingIfNeeded: end), chunk: hanChunk)
          slot &+= 1
          target &+= 3
          hanTermLength = 3
          hanStart = i
          position &+= 1
          length &+= 1
          i = end
          last = .han
          gap = .nothing
          if !next.isPlainHan {
            isOver = true
            break
          }
          current = next
          let stretch = unsafe Self.hanStretch(
            text, count, entries, tokens + slot, bytes + target, at: i, current, position: position,
            term: base &+ UInt32(truncatingIfNeeded: target), chunk: hanChunk,
            limit: slot > lastSlot ? 0 : (lastSlot &- slot) / 2 &+ 1)
          slot &+= 2 &* stretch.count
          target &+= 3 &* stretch.count
          position &+= UInt32(truncatingIfNeeded: stretch.count)
          length &+= stretch.count
          i &+= 3 &* stretch.count
          hanStart = i &- 3
          current = stretch.next
          if current.bits == 0 {
            isOver = true
            break
          }
        }
        tokenCount = slot
        byteCount = target
      }
      hanEnd = i
      if isStuck { break }
    }

    stagedTokenCount = tokenCount
    stagedByteCount = byteCount
    self.position = position
    self.nextChunk = nextChunk
    self.length = length
    self.last = last
    self.gap = gap
    self.hanStart = hanStart
    self.hanEnd = hanEnd
    self.hanTermLength = hanTermLength
    self.hanChunk = hanChunk
    return i
  }

  /// The inside of a Han run: three-byte characters that follow one, each with its pair.
  ///
  /// A loop of its own, so that what it needs stays in registers.
  ///
  /// - Parameters:
  ///   - tokens: room for two tokens per character; `bytes`, room for three bytes.
  ///   - i: where `first` stands; a plain Han character ends there.
  ///   - limit: most characters to take.
  /// - Returns: how many were taken, and the character after them that still belongs to the run but
  ///   needs a closer look, if there is one.
  @inline(never)
  private static func hanStretch(
    _ text: UnsafePointer<UInt8>, _ textCount: Int, _ entries: UnsafeMutablePointer<UInt32>,
    _ tokens: UnsafeMutablePointer<Token>, _ bytes: UnsafeMutablePointer<UInt8>, at i: Int,
    _ first: CodePointEntry, position: UInt32, term: UInt32, chunk: UInt32, limit: Int
  ) -> (count: Int, next: CodePointEntry) {
    // Sound: reads end before `textCount`, writes before `limit`; the entry table has one for every
    // three-byte character.
    var current = first
    var count = 0
    var start = UInt32(truncatingIfNeeded: i)
    var position = position
    var term = term
    var text = unsafe text + i
    var remaining = textCount &- i
    var tokens = unsafe tokens
    var bytes = unsafe bytes
    while count < limit && remaining >= 6 {
      var next = CodePointEntry(bits: 0)
      let lead = unsafe text[3]
      if lead >= 0x80 {
        let second = unsafe text[4]
        let third = unsafe text[5]
        guard lead & 0xF0 == 0xE0, second & 0xC0 == 0x80, third & 0xC0 == 0x80 else { break }
        let codePoint = UInt32(lead & 0x0F) &<< 12 | UInt32(second & 0x3F) &<< 6 | UInt32(third & 0x3F)
        next = unsafe CodePointEntry(bits: entries[Int(truncatingIfNeeded: codePoint)])
        // An overlong sequence has the bits of a shorter character: not for this loop.
        if codePoint < 0x800 || next.bits == 0 || next.joins { break }
      }
      let folded = current.folded
      unsafe bytes[0] = UInt8(truncatingIfNeeded: 0xE0 | folded &>> 12)
      unsafe bytes[1] = UInt8(truncatingIfNeeded: 0x80 | folded &>> 6 & 0x3F)
      unsafe bytes[2] = UInt8(truncatingIfNeeded: 0x80 | folded & 0x3F)
      unsafe tokens[0] = Token(
        kind: .hanPair, termLength: 6, termStart: term &- 3, position: position &- 1, start: start &- 3,
        end: start &+ 3, chunk: chunk)
      unsafe tokens[1] = Token(
        kind: .han, termLength: 3, termStart: term, position: position, start: start, end: start &+ 3,
        chunk: chunk)
      count &+= 1
      start &+= 3
      position &+= 1
      term &+= 3
      remaining &-= 3
      unsafe text += 3
      unsafe bytes += 3
      unsafe tokens += 2
      if !next.isPlainHan { return (count, CodePointEntry(bits: 0)) }
      current = next
    }
    return (count, current)
  }

  /// Whether an ASCII connector after a word ends the chunk.
  func endsChunk(connectorAt i: Int, wordStart: Int) -> Bool {
    let connector = unsafe source[i]
    guard i + 1 < sourceCount else { return connector != UInt8(ascii: "#") }
    let next = unsafe source[i + 1]
    if next >= 0x80 { return false }
    if unsafe codePoints.ascii[Int(next)] & ASCIIClass.word != 0 { return false }
    switch connector {
    case UInt8(ascii: ":"): return next != UInt8(ascii: "/")
    case UInt8(ascii: "#"): return i - wordStart > 2
    case UInt8(ascii: "+"): return i - wordStart > 2 || next != connector
    default: return true
    }
  }

  /// Eight bytes of the text, the first in the lowest bits; zeros past its end.
  @inline(__always)
  static func load(_ text: UnsafePointer<UInt8>, at i: Int, count: Int) -> UInt64 {
    if i &+ 8 <= count {
      return unsafe UInt64(littleEndian: UnsafeRawPointer(text + i).loadUnaligned(as: UInt64.self))
    }
    var eight: UInt64 = 0
    var k = count &- 1
    while k >= i {
      eight = unsafe eight &<< 8 | UInt64(text[k])
      k &-= 1
    }
    return eight
  }
}
