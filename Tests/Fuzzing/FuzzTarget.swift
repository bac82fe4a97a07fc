import Glibc

/// What a fuzzer feeds: takes any bytes and comes back, or traps because something that must hold does not.
typealias FuzzTarget = (UnsafeRawBufferPointer) throws -> Void

/// The targets by name, each made when it is chosen: some need an index or a server.
private var fuzzTargets: [String: () throws -> FuzzTarget] {
  [
    "markdown": contentTarget("page.md"), "mdx": contentTarget("page.mdx"),
    "html": contentTarget("page.html"),
    "text": contentTarget("page.txt"), "jsonl": contentTarget("lines.jsonl"),
    "yaml": frontMatterTarget("---\n", "\n---\n"), "toml": frontMatterTarget("+++\n", "\n+++\n"),
    "json": frontMatterTarget("", "\n"),
    "config": configTarget, "sites": siteTarget, "ignore": ignoreTarget, "lists": listTarget,
    "analyzer": analyzerTarget, "query": queryTarget,
    "segment": segmentTarget, "commit": commitTarget, "sources": sourceStateTarget, "live": liveBitsTarget,
    "address": addressTarget, "http": httpTarget,
  ]
}

/// Ends the process as a finding.
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}

/// The target that `SEARCH_FUZZ_TARGET` names.
nonisolated(unsafe) private var chosen: FuzzTarget = { _ in }

@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> CInt {
  let name = getenv("SEARCH_FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let make = fuzzTargets[name] else {
    let known = fuzzTargets.keys.sorted().joined(separator: " ")
    print("SEARCH_FUZZ_TARGET names no target; there are: \(known)")
    exit(64)
  }
  do {
    chosen = try make()
    if let folder = getenv("SEARCH_FUZZ_SEEDS") { try writeSeeds(of: name, to: String(cString: folder)) }
  } catch {
    print("\(name): \(error)")
    exit(70)
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // Errors are answers.
  try? chosen(UnsafeRawBufferPointer(start: start, count: count))
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ target: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Where the program begins: the build system gives its `main` the name of the product, and libFuzzer's is not asked.
@_cdecl("SearchFuzz_main")
public func main(
  _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  var count = count
  var arguments = arguments
  return runFuzzer(&count, &arguments, testOneInput)
}
