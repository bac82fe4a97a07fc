package import IndexStorage

/// An empty index directory on a disk that may fail, for what writes scratch files.
package struct FaultyDirectory {
  package let root: TemporaryDirectory
  package let files: FaultyFileSystem
  package let directory: IndexDirectory

  package init() throws {
    root = try TemporaryDirectory()
    files = try FaultyFileSystem(root: root)
    directory = IndexDirectory(path: root.path, fileSystem: files)
  }
}
