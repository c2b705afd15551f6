// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that who links swift-dataplane resolves none of this.
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    traits: [
        .trait(
            name: "Jemalloc",
            description: "Links libjemalloc (Debian: libjemalloc-dev), so that rows tell the bytes that were allocated."
        )
    ],
    dependencies: [
        .package(name: "swift-dataplane", path: "../"),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        .executableTarget(
            name: "AddressBenchmarks",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "IPAddresses", package: "swift-dataplane"),
            ],
            path: "Benchmarks/AddressBenchmarks",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
        .executableTarget(
            name: "LookupBenchmarks",
            dependencies: [
                "CPeers",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "IPAddresses", package: "swift-dataplane"),
                .product(name: "PrefixTrie", package: "swift-dataplane"),
            ],
            path: "Benchmarks/LookupBenchmarks",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
        .executableTarget(
            name: "trie-replay",
            dependencies: [
                "BenchmarkSupport",
                .product(name: "IPAddresses", package: "swift-dataplane"),
                .product(name: "PrefixTrie", package: "swift-dataplane"),
                .product(name: "TableFile", package: "swift-dataplane"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "trie-bench",
            dependencies: [
                "BenchmarkSupport", "CPeers",
                .product(name: "IPAddresses", package: "swift-dataplane"),
                .product(name: "PrefixTrie", package: "swift-dataplane"),
                .product(name: "TableFile", package: "swift-dataplane"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CPeers", dependencies: [.product(name: "CLookupKernels", package: "swift-dataplane")],
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]
        ),
        .systemLibrary(
            name: "CJemalloc", pkgConfig: "jemalloc",
            providers: [.apt(["libjemalloc-dev"]), .brew(["jemalloc"])]),
        .target(
            name: "BenchmarkSupport",
            dependencies: [.target(name: "CJemalloc", condition: .when(traits: ["Jemalloc"]))],
            swiftSettings: settings),
        .executableTarget(
            name: "connection-bench",
            dependencies: [
                "BenchmarkSupport", "CPeers",
                .product(name: "IPAddresses", package: "swift-dataplane"),
                .product(name: "Translation", package: "swift-dataplane"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "packet-bench",
            dependencies: [
                "BenchmarkSupport",
                .product(name: "IPAddresses", package: "swift-dataplane"),
                .product(name: "Packets", package: "swift-dataplane"),
                .product(name: "PrefixTrie", package: "swift-dataplane"),
                .product(name: "TableFile", package: "swift-dataplane"),
                .product(name: "Translation", package: "swift-dataplane"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "lpm-bench",
            dependencies: [
                "BenchmarkSupport",
                "CPeers",
                .product(name: "CLookupKernels", package: "swift-dataplane"),
                .product(name: "IPAddresses", package: "swift-dataplane"),
                .product(name: "PrefixTrie", package: "swift-dataplane"),
                .product(name: "TableFile", package: "swift-dataplane"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "lookup-check",
            dependencies: [
                "BenchmarkSupport",
                .product(name: "IPAddresses", package: "swift-dataplane"),
                .product(name: "TableFile", package: "swift-dataplane"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "snapshot-bench",
            dependencies: [
                .product(name: "Cluster", package: "swift-dataplane"),
                .product(name: "Snapshot", package: "swift-dataplane"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
    ]
)
