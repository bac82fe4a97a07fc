import ContentIngest
import IndexFormat

/// What the walk found, compared with what the index was made from. Both are sorted by name.
struct FileChanges {
  /// A file whose name is known, and its record.
  struct Known {
    var file: SourceFile
    var record: Int
    /// What is known about the file besides its content may be different.
    var isTouched = false
  }

  /// By its signature the same file with the same content.
  private(set) var same: [Known] = []
  /// To be compared by content: touched, or so new when it was read that its signature proves nothing.
  private(set) var suspects: [Known] = []
  private(set) var new: [SourceFile] = []
  /// Records of files that are not there any more.
  private(set) var gone: [Int] = []

  /// - Parameter touched: absolute paths of files to be read whatever they hold.
  init(_ found: [SourceFile], since state: SourceState, touched: Set<String> = []) {
    let records = state.records
    let end = records.last?.isStandardInput == true ? records.count - 1 : records.count
    same.reserveCapacity(found.count)
    var record = 0
    for file in found {
      var order = 1
      while record < end {
        order = orderOfBytes(records[record].name, file.name)
        if order >= 0 { break }
        gone.append(record)
        record += 1
      }
      guard record < end, order == 0 else {
        new.append(file)
        continue
      }
      let isTouched = !touched.isEmpty && touched.contains(file.path)
      let known = Known(file: file, record: record, isTouched: isTouched)
      if !isTouched, records[record].signature == file.signature, !records[record].isUncertain {
        same.append(known)
      } else {
        suspects.append(known)
      }
      record += 1
    }
    gone += record..<end
  }
}
