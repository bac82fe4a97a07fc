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

// Released programs carry every library, Swift's and the system's: they start in 60 % of the time and need nothing
// where they run. Not `-static-pie`: the C library refuses to start one that names a search path for libraries, as
// SwiftPM lets every program do. Libraries stand before those they use; the other linker warns of functions that ask
// the system for names of users and hosts.
let carriesLibraries: [LinkerSetting] = [
  .unsafeFlags(
    ["-static-executable", "-use-ld=lld"]
      + [
        "CoreFoundation", "_FoundationCShims", "_FoundationCollections", "_FoundationICU",
        "cmark-gfm-extensions", "cmark-gfm", "icui18n", "icuuc", "icudata", "stdc++", "m", "gcc_eh", "c",
      ].flatMap { ["-Xlinker", "-l" + $0] },
    .when(configuration: .release))
]

let package = Package(
  name: "search",
  products: [
    .executable(name: "search", targets: ["search"]),
    .executable(name: "search-bench", targets: ["SearchBench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
  ],
  targets: [
    // C: system libraries and facades over them.
    .target(
      name: "CICU", linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icui18n")]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CMarkdown", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),

    // The inner loops; never with fused arithmetic, so that every machine gives equal scores.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off"])]),
    .systemLibrary(name: "CGumbo", pkgConfig: "gumbo", providers: [.apt(["libgumbo-dev"])]),

    // Swift, in the order of imports; no arrow points back.
    .target(name: "SearchModel", swiftSettings: house + fast),
    .target(
      name: "TextAnalysis", dependencies: ["CICU", "CStemmer"],
      swiftSettings: house + fast + rawMemory),
    .target(
      name: "IndexStorage", dependencies: ["CXXHash"],
      swiftSettings: house + fast + rawMemory),
    .target(
      name: "IndexFormat", dependencies: ["SearchModel", "IndexStorage", "CKernels", "CZstd"],
      exclude: ["FORMAT.md"], swiftSettings: house + fast + rawMemory),
    .target(
      name: "IndexWriting",
      dependencies: ["SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat"],
      swiftSettings: house + fast),
    .target(
      name: "QueryEngine",
      dependencies: ["SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "CKernels"],
      swiftSettings: house + fast),
    .target(
      name: "ContentIngest",
      dependencies: [
        "SearchModel", "CMarkdown", "CGumbo", "CICU", "CXXHash",
        .product(name: "TOMLKit", package: "TOMLKit"),
        .product(name: "Yams", package: "Yams"),
      ],
      exclude: ["SITES.md"], swiftSettings: house + fast),
    .target(
      name: "SiteConfiguration",
      dependencies: ["ContentIngest", "SearchModel", .product(name: "Yams", package: "Yams")],
      swiftSettings: house),
    .target(
      name: "SiteIndexing",
      dependencies: [
        "SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "IndexWriting", "ContentIngest",
      ],
      swiftSettings: house + fast),
    .target(
      name: "SearchService",
      dependencies: [
        "SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "QueryEngine", "CCrypto", "CZlib",
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      exclude: ["Dialects/ALGOLIA.md", "Dialects/MEILISEARCH.md"],
      resources: [
        .embedInCode("Page/search.css"), .embedInCode("Page/search.js"), .embedInCode("openapi.json"),
        .embedInCode("Widget/widget.md"), .embedInCode("Widget/example.html"),
      ],
      swiftSettings: house + fast),
    .executableTarget(
      name: "search",
      dependencies: [
        "SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "IndexWriting",
        "QueryEngine", "ContentIngest", "SiteConfiguration", "SiteIndexing", "SearchService",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: house + fast, linkerSettings: carriesLibraries),

    // Measures; without the server, so that it builds in a minute.
    .executableTarget(
      name: "SearchBench",
      dependencies: [
        "SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "IndexWriting", "QueryEngine",
        "ContentIngest", "CKernels", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/SearchBench", swiftSettings: house + fast, linkerSettings: carriesLibraries),

    // Tests: one target per module, and what they share.
    .target(
      name: "SearchTestSupport", dependencies: ["SearchModel", "IndexStorage", "IndexFormat", "CZstd"],
      path: "Tests/SearchTestSupport", swiftSettings: house + fast),
    .testTarget(
      name: "TextAnalysisTests", dependencies: ["TextAnalysis", "SearchTestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "IndexStorageTests", dependencies: ["IndexStorage", "SearchTestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "IndexFormatTests",
      dependencies: ["IndexFormat", "IndexStorage", "CKernels", "SearchTestSupport"],
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
      name: "SiteConfigurationTests",
      dependencies: ["SiteConfiguration", "ContentIngest", "SearchTestSupport"], swiftSettings: house),
    .testTarget(
      name: "SiteIndexingTests",
      dependencies: [
        "SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "IndexWriting", "QueryEngine",
        "ContentIngest", "SiteIndexing", "SearchTestSupport",
      ], swiftSettings: house),
    .testTarget(
      name: "SearchServiceTests",
      dependencies: [
        "SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "IndexWriting", "QueryEngine",
        "SearchService", "SearchTestSupport", "CZlib",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: house),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "search", "SearchModel", "ContentIngest", "SearchTestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: house),
  ]
)

// The parsers under a fuzzer, for `Scripts/fuzz` alone: everything is built with its instrumentation.
if Context.environment["SEARCH_FUZZING"] != nil {
  package.targets.append(
    .executableTarget(
      name: "SearchFuzz",
      dependencies: [
        "SearchModel", "TextAnalysis", "IndexStorage", "IndexFormat", "IndexWriting", "QueryEngine",
        "ContentIngest", "SiteConfiguration", "SearchService", "SearchTestSupport",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      path: "Tests/Fuzzing", exclude: ["Seeds", "Dictionaries"],
      swiftSettings: house + [.unsafeFlags(["-parse-as-library"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])]))
}
