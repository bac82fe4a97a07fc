/// One maximal run of letters and digits in the open chunk.
struct Part {
  /// Range of its folded bytes in the chunk's bytes, without the connector before it.
  var byteStart: Int
  var byteEnd: Int
  /// UTF-8 range in the original text.
  var start: Int
  var end: Int
  /// The connector before it, 0 for the first.
  var connector: UInt8
  var traits: Traits

  struct Traits: OptionSet {
    let rawValue: UInt8
    static let letters = Traits(rawValue: 1)
    static let digits = Traits(rawValue: 2)
    /// Holds something other than ASCII letters and digits.
    static let foreign = Traits(rawValue: 4)
    /// Longer than a term may be: only the beginning was kept.
    static let truncated = Traits(rawValue: 8)
    /// `c++`, `c#`, `.net`.
    static let signed = Traits(rawValue: 16)
    /// A dot stands right before it and nothing of the chunk before that.
    static let afterDot = Traits(rawValue: 32)
  }

  var byteCount: Int { byteEnd - byteStart }
  /// ASCII letters and nothing else.
  var isASCIIWord: Bool { traits.isDisjoint(with: [.digits, .foreign, .signed]) }
  /// ASCII digits and nothing else.
  var isNumber: Bool { traits.isDisjoint(with: [.letters, .foreign, .truncated]) }
}

extension Analyzer {
  // MARK: Words

  /// A run of ASCII letters and digits; returns where the walk goes on.
  func walkWord(at start: Int, into buffer: inout TokenBuffer) -> Int {
    var end = start + 1
    // Sound: the index is compared with `sourceCount` first; only bytes below 128 index the table.
    while end < sourceCount, unsafe source[end] < 0x80,
      unsafe codePoints.ascii[Int(source[end])] & ASCIIClass.word != 0
    {
      end += 1
    }
    let segmentFollows = joins(at: end)
    let last = segmentFollows ? end - 1 : end
    for i in start..<last {
      let byte = unsafe source[i]
      let bits = unsafe codePoints.ascii[Int(byte)]
      takeLatin(
        UInt32(byte | (bits & ASCIIClass.upper) << 4), isDigit: bits & ASCIIClass.digit != 0, start: i,
        end: i + 1, into: &buffer)
    }
    return segmentFollows ? walkSegment(at: last, into: &buffer) : end
  }

  /// Most tokens that one part gives: itself, its stem, pieces of two letters and more.
  static let tokensPerPart = longestTerm / 2 + 3
  /// Most bytes that one part takes: itself and its stem.
  static let bytesPerPart = 2 * (longestTerm + 1)

  // MARK: The chunk grows

  /// One folded letter, digit or mark.
  func takeLatin(_ folded: UInt32, isDigit: Bool, start: Int, end: Int, into buffer: inout TokenBuffer) {
    if chunkOpen && !inPart {
      if unsafe isDigit && pending != .none && pending != .connector && parts[partCount - 1].byteCount == 1 {
        // C++17 is C++ and 17.
        closeChunk(into: &buffer)
      } else if pending == .plusPlus || partCount == Self.longestChunk {
        // A letter or digit after `++` shows that it is no sign.
        pending = .none
        closeChunk(into: &buffer)
      }
    } else if unsafe chunkOpen && isDigit && partCount == 1 && parts[0].traits.contains(.afterDot), isNet(0) {
      closeChunk(into: &buffer)
    }
    if !chunkOpen {
      chunkOpen = true
      chunkIsURL = url == .inside
      if url == .slash { url = .none }
      partCount = 0
      chunkByteCount = 0
      beginPart(connector: 0, start: start)
      if dotStart >= 0 { unsafe parts[0].traits.insert(.afterDot) }
    } else if !inPart {
      beginPart(connector: pendingByte, start: start)
    }
    dotLeadStart = dotStart >= 0 ? dotStart : dotLeadStart
    dotStart = -1
    gap = .nothing

    // Sound: `beginPart` has made room for one term and the longest UTF-8 sequence.
    let part = unsafe parts + (partCount - 1)
    unsafe part.pointee.end = end
    if unsafe part.pointee.traits.contains(.truncated) { return }
    let width = unsafe Self.encode(folded, at: chunkBytes + chunkByteCount)
    if unsafe chunkByteCount + width - part.pointee.byteStart > Self.longestTerm {
      unsafe part.pointee.traits.insert(.truncated)
      return
    }
    chunkByteCount += width
    unsafe part.pointee.byteEnd = chunkByteCount
    unsafe part.pointee.traits.insert(folded >= 0x80 ? .foreign : isDigit ? .digits : .letters)
  }

  private func beginPart(connector: UInt8, start: Int) {
    // Sound: a chunk is closed before it has more than `longestChunk` parts of at most one connector
    // (or leading dot) and one term each; the sign of a part of two letters fits as well.
    unsafe chunkBytes[chunkByteCount] = connector == 0 ? UInt8(ascii: ".") : connector
    chunkByteCount += 1
    unsafe parts[partCount] = Part(
      byteStart: chunkByteCount, byteEnd: chunkByteCount, start: start, end: start, connector: connector,
      traits: [])
    partCount += 1
    inPart = true
    pending = .none
  }

  static func isConnector(_ codePoint: UInt32) -> Bool {
    codePoint < 0x80 && ASCIIClass.of(UInt8(codePoint)) == ASCIIClass.connector
  }

  /// One separator, connectors included.
  func separate(_ folded: UInt32, start: Int, end: Int, into buffer: inout TokenBuffer) {
    if chunkOpen {
      if continueChunk(folded, end: end) { return }
      if url == .none, pending == .connector, pendingByte == UInt8(ascii: ":"), folded == 0x2F {
        url = .slash
      }
      closeChunk(into: &buffer)
      if url == .slash {
        gap = .other
        return
      }
    }
    switch url {
    case .none: break
    case .slash: url = folded == 0x2F ? .inside : .none
    case .inside: if !Self.isURLSign(folded) { url = .none }
    }
    dotStart = folded == UInt32(UInt8(ascii: ".")) ? start : -1
    switch (gap, folded) {
    case (.nothing, 0x0A), (.carriageReturn, 0x0A): gap = .lineBreak
    case (.nothing, 0x0D): gap = .carriageReturn
    default: gap = .other
    }
  }

  /// Signs that stand inside an address besides letters, digits and connectors.
  private static func isURLSign(_ codePoint: UInt32) -> Bool {
    switch codePoint {
    case 0x21, 0x24, 0x25, 0x2A, 0x2C, 0x3B, 0x3D, 0x3F, 0x7E: true  // ! $ % * , ; = ? ~
    default: isConnector(codePoint)
    }
  }

  /// Whether the open chunk may go on after this separator.
  private func continueChunk(_ folded: UInt32, end: Int) -> Bool {
    if inPart {
      endPart()
      guard Self.isConnector(folded) else { return false }
      pendingByte = UInt8(folded)
      pendingEnd = end
      pending = pendingByte == UInt8(ascii: "#") && mayTakeSign() ? .sharp : .connector
      return true
    }
    switch pending {
    case .connector:
      if pendingByte == UInt8(ascii: "+"), folded == UInt32(pendingByte), mayTakeSign() {
        pending = .plusPlus
        pendingEnd = end
        return true
      }
      return false
    case .sharp, .plusPlus:
      takeSign()
      guard Self.isConnector(folded) else { return false }
      pendingByte = UInt8(folded)
      pendingEnd = end
      pending = .connector
      return true
    case .none:
      return false
    }
  }

  private func mayTakeSign() -> Bool {
    let part = unsafe parts[partCount - 1]
    return part.isASCIIWord && part.byteCount <= 2
  }

  /// Makes the pending `#` or `++` a part of the word before it.
  private func takeSign() {
    let sign = UInt8(ascii: pending == .sharp ? "#" : "+")
    for _ in 0..<(pending == .sharp ? 1 : 2) {
      unsafe chunkBytes[chunkByteCount] = sign
      chunkByteCount += 1
    }
    // Sound: there is a part whenever a sign is pending.
    unsafe parts[partCount - 1].byteEnd = chunkByteCount
    unsafe parts[partCount - 1].end = pendingEnd
    unsafe parts[partCount - 1].traits.insert(.signed)
    pending = .none
  }

  private func endPart() {
    inPart = false
    let part = unsafe parts + (partCount - 1)
    guard unsafe part.pointee.traits.contains(.afterDot), isNet(partCount - 1) else { return }
    unsafe part.pointee.byteStart -= 1
    unsafe part.pointee.start = dotLeadStart
    unsafe part.pointee.traits.insert(.signed)
  }

  private func isNet(_ index: Int) -> Bool {
    let part = unsafe parts[index]
    let bytes = unsafe chunkBytes + part.byteStart
    return unsafe part.byteCount == 3 && bytes[0] == UInt8(ascii: "n") && bytes[1] == UInt8(ascii: "e")
      && bytes[2] == UInt8(ascii: "t")
  }

  // MARK: The chunk is done

  func closeChunk(into buffer: inout TokenBuffer) {
    if inPart { endPart() }
    if pending == .sharp || pending == .plusPlus { takeSign() }
    pending = .none
    chunkOpen = false
    last = .latin
    gap = .nothing
    if isQuery {
      finishQueryChunk()
      return
    }
    let chunk = nextChunk
    nextChunk += 1
    let first = position
    var segment = 0..<0
    for index in 0..<partCount {
      let part = unsafe parts[index]
      reserve(tokens: Self.tokensPerPart, bytes: Self.bytesPerPart, into: &buffer)
      let at = stagedByteCount
      stage(from: part.byteStart, count: part.byteCount)
      let partIsWanted = unsafe isWanted(chunkBytes + part.byteStart, count: part.byteCount)
      if partIsWanted {
        emit(
          .latin, termStart: at, termLength: part.byteCount, position: first + UInt32(index),
          start: part.start,
          end: part.end, chunk: chunk)
      }
      if part.isASCIIWord {
        if isASCII(from: part.start, count: part.byteCount), part.end - part.start == part.byteCount {
          emitPieces(
            termStart: at, start: part.start, count: part.byteCount, position: first + UInt32(index),
            chunk: chunk)
        }
        if partIsWanted {
          emitStem(
            termStart: at, termLength: part.byteCount, start: part.start, end: part.end,
            position: first + UInt32(index), chunk: chunk)
        }
      }
      if partCount == 1 { break }
      if index == segment.upperBound { segment = formSegment(from: index) }
      forEachForm(startingAt: index, in: segment) { form in
        reserve(tokens: 1, bytes: Self.bytesPerForm, into: &buffer)
        let at = stagedByteCount
        let count = unsafe write(form, at: stagedBytes + at)
        guard unsafe isWanted(stagedBytes + at, count: count) else { return }
        stagedByteCount += count
        emit(
          .form, termStart: at, termLength: count, position: first + UInt32(index),
          start: unsafe parts[form.parts.lowerBound].start, end: unsafe parts[form.parts.upperBound - 1].end,
          chunk: chunk)
      }
    }
    position = first + UInt32(partCount)
    length += partCount
  }

  private func stage(from byteStart: Int, count: Int) {
    for k in 0..<count { unsafe stagedBytes[stagedByteCount + k] = chunkBytes[byteStart + k] }
    stagedByteCount += count
  }

  /// Stem of a word already staged.
  @inline(__always)
  func emitStem(
    termStart: Int, termLength: Int, start: Int, end: Int, position: UInt32, chunk: UInt32
  ) {
    guard termLength > 3 else { return }
    // Sound: the staged bytes end in padding that the stemmer may read.
    guard let stem = unsafe stemmer.stem(stagedBytes + termStart, count: termLength) else { return }
    if stem.isPrefix {
      emit(
        .stem, termStart: termStart, termLength: stem.count, position: position, start: start, end: end,
        chunk: chunk)
      return
    }
    let at = stagedByteCount
    let count = min(stem.count, Self.longestTerm)
    for k in 0..<count { unsafe stagedBytes[at + k] = stem.bytes[k] }
    stagedByteCount += count
    emit(.stem, termStart: at, termLength: count, position: position, start: start, end: end, chunk: chunk)
  }

  /// Whether the text is ASCII there. ß folds to two letters and is as long as they are: no case to read.
  private func isASCII(from start: Int, count: Int) -> Bool {
    for k in start..<min(start + count, sourceCount) {
      if unsafe source[k] >= 0x80 { return false }
    }
    return true
  }

  /// CamelCase pieces of at least two letters of a word already staged; `start` is where it stands in
  /// the text, one ASCII letter per byte.
  func emitPieces(termStart: Int, start: Int, count: Int, position: UInt32, chunk: UInt32) {
    var begin = 0
    func emitPiece(to end: Int) {
      // Sound: the caller has staged the word.
      if end - begin >= 2, unsafe isWanted(stagedBytes + termStart + begin, count: end - begin) {
        emit(
          .form, termStart: termStart + begin, termLength: end - begin, position: position,
          start: start + begin, end: start + end, chunk: chunk)
      }
      begin = end
    }
    forEachPieceBorder(start: start, count: count) { emitPiece(to: $0) }
    if begin > 0 { emitPiece(to: count) }
  }

  /// Where the second and every further piece of a CamelCase word begins.
  @inline(__always)
  func forEachPieceBorder(start: Int, count: Int, _ body: (Int) -> Void) {
    func isUpper(_ k: Int) -> Bool { unsafe (0x41...0x5A).contains(source[start + k]) }
    func isLower(_ k: Int) -> Bool { unsafe (0x61...0x7A).contains(source[start + k]) }
    var k = 1
    while k < count {
      let afterLower = isUpper(k) && isLower(k - 1)
      // In HTTPServer the S begins a piece; the s of LLMs does not.
      let next: UInt8 = k + 1 < count ? unsafe source[start + k + 1] : 0
      let plural = k + 2 == count && next == UInt8(ascii: "s")
      let beforeLower =
        isUpper(k) && isUpper(k - 1) && (0x61...0x7A).contains(next) && !plural
      if afterLower || beforeLower { body(k) }
      k += 1
    }
  }
}
