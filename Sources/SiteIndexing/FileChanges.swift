import ContentIngest
import IndexFormat

/// What the walk found, compared with what the index was made from. Both are sorted by name.
struct FileChanges {
  /// A file whose name is known, and its record.
  struct Known {
    var file: SourceFile
    var record: Int
  }

  /// By its signature the same file with the same content.
  private(set) var same: [Known] = []
  /// To be compared by content: touched, or so new when it was read that its signature proves nothing.
  private(set) var suspects: [Known] = []
  private(set) var new: [SourceFile] = []
  /// Records of files that are not there any more.
  private(set) var gone: [Int] = []

  init(_ found: [SourceFile], since state: SourceState) {
    let records = state.records
    let end = records.last?.isStandardInput == true ? records.count - 1 : records.count
    same.reserveCapacity(found.count)
    var record = 0
    for file in found {
      while record < end, bytesPrecede(records[record].name, file.name) {
        gone.append(record)
        record += 1
      }
      guard record < end, records[record].name.utf8.elementsEqual(file.name.utf8) else {
        new.append(file)
        continue
      }
      let known = Known(file: file, record: record)
      if records[record].signature == file.signature, !records[record].isUncertain {
        same.append(known)
      } else {
        suspects.append(known)
      }
      record += 1
    }
    gone += record..<end
  }
}
