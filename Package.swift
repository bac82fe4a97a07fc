// swift-tools-version: 6.2
import PackageDescription

// Settings of every Swift target: one place, no exceptions.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

// Targets with hot loops: optimised in debug builds too (tests run 10 to 350 times faster);
// cross-module optimisation never without unchecked exclusivity, alone it costs more than it brings.
let fast: [SwiftSetting] = [
  .unsafeFlags(
    ["-cross-module-optimization", "-enforce-exclusivity=unchecked"],
    .when(configuration: .release)),
  .unsafeFlags(["-O", "-enable-testing"], .when(configuration: .debug)),
]

// Targets that touch raw memory: every risky spot says `unsafe`.
let rawMemory: [SwiftSetting] = [.strictMemorySafety()]

let package = Package(
  name: "search",
  products: [
    .executable(name: "search", targets: ["search"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // C: system libraries and facades over them.
    .target(
      name: "CICU", linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icui18n")]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(
      name: "CMarkdown", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),

    // Swift, in the order of imports; no arrow points back.
    .target(name: "SearchModel", swiftSettings: house + fast),
    .target(
      name: "TextAnalysis", dependencies: ["CICU", "CStemmer"],
      swiftSettings: house + fast + rawMemory),
    .target(
      name: "IndexStorage", dependencies: ["CXXHash"],
      swiftSettings: house + fast + rawMemory),
    .target(
      name: "IndexFormat", dependencies: ["SearchModel", "IndexStorage", "CZstd"],
      exclude: ["FORMAT.md"], swiftSettings: house + fast + rawMemory),
    .target(
      name: "IndexWriting",
      dependencies: ["SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat"],
      swiftSettings: house + fast),
    .target(
      name: "QueryEngine",
      dependencies: ["SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat"],
      swiftSettings: house + fast),
    .target(
      name: "ContentIngest",
      dependencies: ["SearchModel", "CMarkdown", .product(name: "Yams", package: "Yams")],
      swiftSettings: house + fast),
    .executableTarget(
      name: "search",
      dependencies: [
        "SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "IndexWriting",
        "QueryEngine", "ContentIngest",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: house + fast),

    // Tests: one target per module, and what they share.
    .target(
      name: "SearchTestSupport", dependencies: ["SearchModel", "IndexStorage", "CZstd"],
      path: "Tests/SearchTestSupport", swiftSettings: house + fast),
    .testTarget(
      name: "TextAnalysisTests", dependencies: ["TextAnalysis", "SearchTestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "IndexStorageTests", dependencies: ["IndexStorage", "SearchTestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "IndexFormatTests", dependencies: ["IndexFormat", "IndexStorage", "SearchTestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "IndexWritingTests",
      dependencies: [
        "SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "IndexWriting",
        "SearchTestSupport",
      ], swiftSettings: house),
    .testTarget(
      name: "QueryEngineTests",
      dependencies: [
        "SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "IndexWriting",
        "QueryEngine", "ContentIngest", "SearchTestSupport",
      ], swiftSettings: house + fast),
    .testTarget(
      name: "ContentIngestTests",
      dependencies: ["SearchModel", "ContentIngest", "SearchTestSupport"], swiftSettings: house),
    .testTarget(
      name: "CommandTests",
      dependencies: ["search", "SearchModel", "ContentIngest", "SearchTestSupport"],
      swiftSettings: house),
  ]
)
