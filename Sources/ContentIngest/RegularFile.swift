import Glibc

/// The bytes of a regular file of at most `limit` bytes; nil for anything else, and for one that grows meanwhile.
///
/// - Parameter followsLinks: whether a link stands for the file that it leads to.
package func bytes(ofRegularFile path: String, upTo limit: Int, followsLinks: Bool) -> [UInt8]? {
  // A pipe must not block.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW))
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var info = stat()
  guard fstat(descriptor, &info) == 0, isRegular(info), info.st_size <= limit,
    case .success(let bytes) = ContentReader.readAll(descriptor, expecting: Int(info.st_size), limit: limit),
    bytes.count <= Int(info.st_size)
  else { return nil }
  return bytes
}
