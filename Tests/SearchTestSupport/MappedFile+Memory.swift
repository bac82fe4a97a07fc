import Glibc
package import IndexStorage

extension MappedFile {
  /// A file that is only in memory, for tests that try very many damaged versions of one.
  ///
  /// The bytes end (to 15 bytes) where a page begins that cannot be read: reading past the end is a crash
  /// here, as it is for a real file that fills its last page.
  package static func inMemory(_ name: String, _ bytes: [UInt8]) -> MappedFile {
    let pageByteCount = sysconf(Int32(_SC_PAGESIZE))
    let readable = (bytes.count + pageByteCount - 1) / pageByteCount * pageByteCount
    let whole = readable + pageByteCount
    let base = mmap(nil, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let base, base != MAP_FAILED else { fatalError("out of memory") }
    let start = base + (readable - bytes.count) / 16 * 16
    UnsafeMutableRawBufferPointer(start: start, count: bytes.count).copyBytes(from: bytes)
    mprotect(base, readable, PROT_READ)
    mprotect(base + readable, pageByteCount, PROT_NONE)
    let address = UInt(bitPattern: base)
    return MappedFile(
      name: name, bytes: UnsafeRawBufferPointer(start: start, count: bytes.count),
      release: { munmap(UnsafeMutableRawPointer(bitPattern: address), whole) })
  }
}
