internal import CICU

/// Text → tokens, the same at index and query time.
///
/// One walk over the UTF-8 of a text: classes and folds come from a table per code point, and only
/// what normalization may combine goes through ICU, one normalization segment at a time. Han runs
/// become single characters and pairs; letters and digits become chunks, their parts and forms.
///
/// Opening one costs some ten microseconds: ICU's word rules and Snowball wait until they are needed.
/// Owns C handles and scratch memory: one per thread, not `Sendable`.
///
/// What cannot be seen from the outside about safety: all pointers below are owned by the instance
/// and freed in `deinit`; a scratch index is compared with its capacity before each write (`reserve`,
/// `append(folded:)`); `source` is set for the length of one call, inside the closure that lends it.
@safe package final class Analyzer {
  /// Longest term in bytes; a longer one is cut at a character border.
  package static let longestTerm = 255

  // MARK: Tables and handles

  let codePoints: CodePointTable
  var stemmer = Stemmer()
  let options: AnalysisOptions
  var wordRules: ICUWordRules?
  /// Tests switch it off to hold the lattice against ICU's break iterator.
  var usesOwnLattice = true

  // MARK: The text at hand

  var source: UnsafePointer<UInt8>
  var sourceCount = 0

  // MARK: Staging: tokens and bytes not yet in the caller's buffer

  static let stagedTokenCapacity = 1024
  static let stagedByteCapacity = 8192
  let stagedTokens: UnsafeMutablePointer<Token>
  let stagedBytes: UnsafeMutablePointer<UInt8>
  var stagedTokenCount = 0
  var stagedByteCount = 0
  /// Bytes of the caller's buffer before the staged ones.
  var byteBase = 0

  /// Takes the tokens off the buffer whenever there are `batchCount` of them.
  var drain: ((inout TokenBuffer) -> Void)?
  var batchCount = 0
  /// The bits of a `TermFilter`, while only what it lets through is wanted.
  var filter: UnsafePointer<UInt64>?

  // MARK: Where the walk stands

  var position: UInt32 = 0
  var nextChunk: UInt32 = 0
  var length = 0
  /// Kind of the token before; what stands between it and the next one is in `gap`.
  var last = Last.none
  var gap = Gap.nothing
  /// The Han character before, while `last` is `.han`.
  var hanStart = 0
  var hanEnd = 0
  var hanTermLength = 0
  var hanChunk: UInt32 = 0
  /// Byte of a dot that may begin `.net`; -1 when there is none right before.
  var dotStart = -1
  /// The dot before the first part of the open chunk.
  var dotLeadStart = -1
  var url = URLState.none

  enum Last { case none, han, latin }
  enum Gap { case nothing, lineBreak, carriageReturn, other }
  enum URLState { case none, slash, inside }

  // MARK: The open Latin chunk

  /// More parts than this make two chunks.
  static let longestChunk = 64
  let parts: UnsafeMutablePointer<Part>
  let chunkBytes: UnsafeMutablePointer<UInt8>
  var partCount = 0
  var chunkByteCount = 0
  var chunkOpen = false
  var inPart = false
  var chunkIsURL = false
  var pending = Pending.none
  var pendingByte: UInt8 = 0
  var pendingEnd = 0

  /// What follows the last part of the open chunk.
  enum Pending {
    case none
    /// One connector; a letter or digit makes it part of the chunk.
    case connector
    /// `#` or `++` after one or two letters: a sign, unless a letter or digit follows.
    case sharp, plusPlus
  }

  // MARK: The query side

  var isQuery = false
  /// Tests switch it off to hold the fast walk against the general one.
  var isFast = true
  var queryChunks: [QueryChunk] = []

  package init(options: AnalysisOptions = AnalysisOptions()) throws {
    codePoints = try CodePointTable()
    self.options = options
    unsafe source = UnsafePointer(codePoints.ascii)
    unsafe filter = nil
    unsafe stagedTokens = .allocate(capacity: Self.stagedTokenCapacity)
    // Filled once: a later read of padding bytes is a read of initialized memory.
    unsafe stagedBytes = .allocate(capacity: Self.stagedByteCapacity + Stemmer.padding)
    unsafe stagedBytes.initialize(repeating: 0, count: Self.stagedByteCapacity + Stemmer.padding)
    unsafe parts = .allocate(capacity: Self.longestChunk)
    unsafe chunkBytes = .allocate(capacity: Self.longestChunk * (Self.longestTerm + 1) + 8)
  }

  deinit {
    unsafe stagedTokens.deallocate()
    unsafe stagedBytes.deallocate()
    unsafe parts.deallocate()
    unsafe chunkBytes.deallocate()
  }

  // MARK: Index side

  /// Tokens of one field text as indexed, appended to `buffer`, positions from `buffer.nextPosition`.
  package func analyze(_ text: String, into buffer: inout TokenBuffer) {
    var text = text
    text.withUTF8 { unsafe analyze(utf8: $0, into: &buffer) }
  }

  /// Tokens of one field text as indexed, appended to `buffer`, positions from `buffer.nextPosition`.
  ///
  /// - Parameter utf8: any bytes; what is not UTF-8 separates like punctuation. Less than 4 GiB.
  /// - Complexity: O(n), without an allocation per token.
  package func analyze(utf8: UnsafeBufferPointer<UInt8>, into buffer: inout TokenBuffer) {
    isQuery = false
    unsafe walk(utf8, into: &buffer)
  }

  /// The same for a text of any length in bounded memory: hands the tokens over in batches.
  ///
  /// `drain` sees a buffer of about `batch` tokens, which is emptied after each call; `length` and
  /// `nextPosition` of the buffer are right when `analyze` returns. 32 MiB of Han text would otherwise
  /// make half a gigabyte of tokens.
  package func analyze(
    utf8: UnsafeBufferPointer<UInt8>, into buffer: inout TokenBuffer, batch: Int = 16_384,
    drain: (inout TokenBuffer) -> Void
  ) {
    precondition(batch > 0, "a batch of \(batch) tokens")
    isQuery = false
    withoutActuallyEscaping(drain) { drain in
      self.drain = drain
      batchCount = batch
      unsafe walk(utf8, into: &buffer)
      self.drain = nil
    }
    if !buffer.tokens.isEmpty { drain(&buffer) }
    buffer.emptyTokens()
  }

  // MARK: The walk

  func walk(_ utf8: UnsafeBufferPointer<UInt8>, into buffer: inout TokenBuffer) {
    guard let text = utf8.baseAddress, utf8.count > 0 else { return }
    precondition(utf8.count <= Int(UInt32.max), "a text of \(utf8.count) bytes")
    unsafe source = text
    sourceCount = utf8.count
    defer {
      unsafe source = UnsafePointer(codePoints.ascii)
      sourceCount = 0
    }
    stagedTokenCount = 0
    stagedByteCount = 0
    byteBase = buffer.bytes.count
    position = buffer.nextPosition
    nextChunk = 0
    length = 0
    last = .none
    gap = .nothing
    dotStart = -1
    url = .none
    chunkOpen = false
    inPart = false
    pending = .none
    var i = 0
    while i < sourceCount {
      if !chunkOpen && dotStart < 0 && url == .none && !isQuery && isFast {
        if let filter = unsafe filter {
          i = unsafe sparseWalk(from: i, filter, into: &buffer)
        } else {
          i = fastWalk(from: i, into: &buffer)
        }
        if i == sourceCount { break }
      }
      let byte = unsafe source[i]
      if byte < 0x80 {
        if unsafe codePoints.ascii[Int(byte)] & ASCIIClass.word != 0 {
          i = walkWord(at: i, into: &buffer)
        } else if joins(at: i + 1) {
          i = walkSegment(at: i, into: &buffer)
        } else {
          separate(UInt32(byte), start: i, end: i + 1, into: &buffer)
          i += 1
        }
        continue
      }
      let (entry, count) = character(at: i)
      if entry.isA(.several) || joins(at: i + count) {
        i = walkSegment(at: i, into: &buffer)
      } else {
        take(entry, start: i, end: i + count, into: &buffer)
        i += count
      }
    }
    if chunkOpen { closeChunk(into: &buffer) }
    flush(into: &buffer)
    buffer.length += length
    buffer.nextPosition = position
  }

  /// The character at a byte that is not ASCII, and its length; an invalid byte is a separator.
  @inline(__always) func character(at i: Int) -> (CodePointEntry, Int) {
    // Sound here and below: every index is compared with `sourceCount` first.
    let lead = unsafe source[i]
    if lead & 0xF0 == 0xE0 && i &+ 2 < sourceCount {
      let second = unsafe source[i &+ 1]
      let third = unsafe source[i &+ 2]
      if second & 0xC0 == 0x80 && third & 0xC0 == 0x80 {
        let codePoint = UInt32(lead & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(third & 0x3F)
        // A surrogate has the entry of a separator.
        if codePoint >= 0x800 { return (codePoints.entry(codePoint), 3) }
      }
      return (.separator, 1)
    }
    return rareCharacter(at: i)
  }

  @inline(never) func rareCharacter(at i: Int) -> (CodePointEntry, Int) {
    guard let (codePoint, count) = codePoint(at: i) else { return (.separator, 1) }
    return (codePoints.entry(codePoint), count)
  }

  /// The code point at `i` and its length in bytes; nil when the bytes there are not UTF-8.
  func codePoint(at i: Int) -> (UInt32, Int)? {
    func continuation(_ offset: Int) -> UInt32? {
      guard i + offset < sourceCount else { return nil }
      let byte = unsafe source[i + offset]
      return byte & 0xC0 == 0x80 ? UInt32(byte & 0x3F) : nil
    }
    let lead = unsafe UInt32(source[i])
    switch lead {
    case 0..<0x80:
      return (lead, 1)
    case 0xC2..<0xE0:
      guard let a = continuation(1) else { return nil }
      return ((lead & 0x1F) << 6 | a, 2)
    case 0xE0..<0xF0:
      guard let a = continuation(1), let b = continuation(2) else { return nil }
      let codePoint = (lead & 0x0F) << 12 | a << 6 | b
      return codePoint >= 0x800 && !(0xD800..<0xE000).contains(codePoint) ? (codePoint, 3) : nil
    case 0xF0..<0xF5:
      guard let a = continuation(1), let b = continuation(2), let c = continuation(3) else { return nil }
      let codePoint = (lead & 0x07) << 18 | a << 12 | b << 6 | c
      return (0x1_0000..<0x11_0000).contains(codePoint) ? (codePoint, 4) : nil
    default:
      return nil
    }
  }

  /// Whether normalization may combine the character at `i` with the one before.
  @inline(__always) func joins(at i: Int) -> Bool {
    guard i < sourceCount, unsafe source[i] >= 0x80 else { return false }
    return character(at: i).0.joins
  }

  /// One character that folds alone.
  func take(_ entry: CodePointEntry, start: Int, end: Int, into buffer: inout TokenBuffer) {
    switch CharacterClass(rawValue: entry.kind) {
    case .han: takeHan(entry.folded, start: start, end: end, into: &buffer)
    case .letter, .digit:
      takeLatin(entry.folded, isDigit: entry.isA(.digit), start: start, end: end, into: &buffer)
    case .nothing: break
    default: separate(entry.folded, start: start, end: end, into: &buffer)
    }
  }

  /// A normalization segment through ICU; returns its end. What comes out has the range of the whole.
  func walkSegment(at start: Int, into buffer: inout TokenBuffer) -> Int {
    guard let (first, count) = codePoint(at: start) else {
      separate(0x20, start: start, end: start + 1, into: &buffer)
      return start + 1
    }
    var segment = [Folding.replacement(first)]
    var end = start + count
    while segment.count < Folding.longestSegment, joins(at: end), let (next, count) = codePoint(at: end) {
      segment.append(Folding.replacement(next))
      end += count
    }
    for folded in Folding.compatibilityFolded(segment) {
      let entry = codePoints.entry(folded)
      take(entry.isA(.several) ? .separator : entry, start: start, end: end, into: &buffer)
    }
    return end
  }

  // MARK: Han runs

  /// One Han character: a token, and a pair with its neighbour in the run.
  func takeHan(_ folded: UInt32, start: Int, end: Int, into buffer: inout TokenBuffer) {
    if chunkOpen { closeChunk(into: &buffer) }
    dotStart = -1
    url = .none
    let continues = last == .han && (gap == .nothing || gap == .lineBreak)
    if isQuery {
      takeQueryHan(folded, start: start, end: end, continues: continues)
    } else if let filter = unsafe filter {
      unsafe takeSparseHan(folded, filter, start: start, end: end, continues: continues, into: &buffer)
    } else {
      reserve(tokens: 2, bytes: 8, into: &buffer)
      let at = stagedByteCount
      append(utf8Of: folded)
      let count = stagedByteCount - at
      if continues {
        emit(
          .hanPair, termStart: at - hanTermLength, termLength: hanTermLength + count,
          position: position - 1, start: hanStart, end: end, chunk: hanChunk)
      } else {
        if last == .han { position += 1 }
        hanChunk = nextChunk
        nextChunk += 1
      }
      emit(
        .han, termStart: at, termLength: count, position: position, start: start, end: end, chunk: hanChunk)
      hanTermLength = count
      position += 1
      length += 1
    }
    hanStart = start
    hanEnd = end
    last = .han
    gap = .nothing
  }

  // MARK: Staging

  /// Room for so many tokens and bytes.
  @inline(__always) func reserve(tokens: Int, bytes: Int, into buffer: inout TokenBuffer) {
    if stagedTokenCount + tokens > Self.stagedTokenCapacity
      || stagedByteCount + bytes > Self.stagedByteCapacity
    {
      flush(into: &buffer)
    }
  }

  /// Moves what is staged into the caller's buffer.
  @inline(never) func flush(into buffer: inout TokenBuffer) {
    // Sound: the first `staged…Count` elements are initialized.
    unsafe buffer.tokens.append(contentsOf: UnsafeBufferPointer(start: stagedTokens, count: stagedTokenCount))
    unsafe buffer.bytes.append(contentsOf: UnsafeBufferPointer(start: stagedBytes, count: stagedByteCount))
    precondition(buffer.bytes.count <= Int(UInt32.max), "more than 4 GiB of terms")
    if let drain, buffer.tokens.count >= batchCount {
      drain(&buffer)
      buffer.emptyTokens()
    }
    stagedTokenCount = 0
    byteBase = buffer.bytes.count
    // A pair shares the bytes of its first character, which must stand right before the next one:
    // a copy of them goes first.
    if last == .han, hanTermLength <= stagedByteCount {
      let from = stagedByteCount - hanTermLength
      for k in 0..<hanTermLength { unsafe stagedBytes[k] = stagedBytes[from + k] }
      stagedByteCount = hanTermLength
    } else {
      stagedByteCount = 0
    }
  }

  /// One token; the caller has reserved room and written the bytes. `termStart` counts staged bytes.
  @inline(__always)
  func emit(
    _ kind: TokenKind, termStart: Int, termLength: Int, position: UInt32, start: Int, end: Int,
    chunk: UInt32
  ) {
    unsafe stagedTokens[stagedTokenCount] = Token(
      kind: kind, termLength: UInt16(truncatingIfNeeded: termLength),
      termStart: UInt32(truncatingIfNeeded: byteBase + termStart), position: position,
      start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end), chunk: chunk)
    stagedTokenCount += 1
  }

  /// UTF-8 of a code point into the staged bytes; the caller has reserved four.
  @inline(__always) func append(utf8Of codePoint: UInt32) {
    stagedByteCount += unsafe Self.encode(codePoint, at: stagedBytes + stagedByteCount)
  }

  /// Writes the UTF-8 of a code point, at most four bytes; returns how many.
  @inline(__always)
  static func encode(_ codePoint: UInt32, at target: UnsafeMutablePointer<UInt8>) -> Int {
    func low(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | codePoint >> shift & 0x3F) }
    if codePoint < 0x80 {
      unsafe target[0] = UInt8(truncatingIfNeeded: codePoint)
      return 1
    }
    if codePoint < 0x800 {
      unsafe target[0] = UInt8(truncatingIfNeeded: 0xC0 | codePoint >> 6)
      unsafe target[1] = low(0)
      return 2
    }
    if codePoint < 0x1_0000 {
      unsafe target[0] = UInt8(truncatingIfNeeded: 0xE0 | codePoint >> 12)
      unsafe target[1] = low(6)
      unsafe target[2] = low(0)
      return 3
    }
    unsafe target[0] = UInt8(truncatingIfNeeded: 0xF0 | codePoint >> 18)
    unsafe target[1] = low(12)
    unsafe target[2] = low(6)
    unsafe target[3] = low(0)
    return 4
  }
}
