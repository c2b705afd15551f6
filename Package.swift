// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "swift-dataplane",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "IPAddresses", targets: ["IPAddresses"]),
        .library(name: "CLookupKernels", targets: ["CLookupKernels"]),
        .library(name: "PrefixTrie", targets: ["PrefixTrie"]),
        .library(name: "TableFile", targets: ["TableFile"]),
        .library(name: "Packets", targets: ["Packets"]),
        .library(name: "Translation", targets: ["Translation"]),
        .library(name: "DNS64", targets: ["DNS64"]),
        .library(name: "DNS64Proxy", targets: ["DNS64Proxy"]),
        .library(name: "Captures", targets: ["Captures"]),
        .library(name: "Replay", targets: ["Replay"]),
        .library(name: "Gateway", targets: ["Gateway"]),
        .library(name: "MetricsServer", targets: ["MetricsServer"]),
        .library(name: "VPC", targets: ["VPC"]),
        .library(name: "Cluster", targets: ["Cluster"]),
        .library(name: "Snapshot", targets: ["Snapshot"]),
        .library(name: "Drawing", targets: ["Drawing"]),
        .library(name: "Lab", targets: ["Lab"]),
        .library(name: "Configuration", targets: ["Configuration"]),
        .executable(name: "dataplane", targets: ["dataplane"]),
    ],
    traits: [
        .trait(
            name: "Program",
            description:
                "The command-line program, the gateway's metrics and the readers of YAML: all that has dependencies."),
        .default(enabledTraits: ["Program"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
    ],
    targets: [
        .target(name: "IPAddresses", swiftSettings: settings),
        .target(name: "CLookupKernels"),
        .target(name: "PrefixTrie", dependencies: ["IPAddresses", "CLookupKernels"], swiftSettings: settings),
        .target(name: "TableFile", dependencies: ["IPAddresses"], swiftSettings: settings),
        .target(name: "Packets", dependencies: ["IPAddresses"], swiftSettings: settings),
        .target(name: "CConnectionMemory"),
        .target(
            name: "Translation", dependencies: ["IPAddresses", "Packets", "PrefixTrie", "CConnectionMemory"],
            swiftSettings: settings),
        .target(name: "DNS64", dependencies: ["Translation", "IPAddresses"], swiftSettings: settings),
        .target(
            name: "DNS64Proxy",
            dependencies: [
                "DNS64", "IPAddresses",
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Program"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Program"])),
            ],
            swiftSettings: settings),
        .target(name: "Captures", dependencies: ["Packets"], swiftSettings: settings),
        .target(name: "Replay", dependencies: ["Captures", "Packets", "Translation"], swiftSettings: settings),
        .target(name: "CTunnel"),
        .target(name: "CXDP"),
        .target(
            name: "Gateway", dependencies: ["Translation", "Packets", "PrefixTrie", "IPAddresses", "CTunnel", "CXDP"],
            swiftSettings: settings),
        .target(
            name: "MetricsServer",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Program"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Program"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Program"])),
            ],
            swiftSettings: settings),
        .target(name: "VPC", dependencies: ["IPAddresses", "PrefixTrie"], swiftSettings: settings),
        .target(
            name: "Cluster", dependencies: ["DNS64", "IPAddresses", "PrefixTrie", "Translation", "VPC"],
            swiftSettings: settings),
        .target(
            name: "Snapshot",
            dependencies: [
                "Cluster", "VPC", "IPAddresses",
                .product(name: "Yams", package: "Yams", condition: .when(traits: ["Program"])),
            ],
            swiftSettings: settings
        ),
        .target(name: "Lab", dependencies: ["Cluster", "VPC", "IPAddresses"], swiftSettings: settings),
        .target(name: "Drawing", dependencies: ["Cluster", "VPC", "IPAddresses"], swiftSettings: settings),
        .target(
            name: "Configuration",
            dependencies: [
                "Translation", "Packets", "IPAddresses",
                .product(name: "Yams", package: "Yams", condition: .when(traits: ["Program"])),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "dataplane",
            dependencies: [
                "Snapshot", "Cluster", "Drawing", "Lab", "VPC", "TableFile", "PrefixTrie", "IPAddresses",
                "Configuration",
                "Captures", "Replay",
                "Packets", "Translation", "DNS64", "DNS64Proxy", "Gateway", "MetricsServer",
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Program"])),
                .product(
                    name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Program"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: [
                "IPAddresses", "PrefixTrie", "Packets", "Translation", "Captures", "DNS64", "Configuration", "Cluster",
                "Snapshot", "TableFile", "Gateway",
                .product(name: "Yams", package: "Yams", condition: .when(traits: ["Program"])),
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings),
        .testTarget(name: "IPAddressesTests", dependencies: ["IPAddresses"], swiftSettings: settings),
        .testTarget(
            name: "PrefixTrieTests", dependencies: ["PrefixTrie", "TableFile", "TestSupport"], exclude: ["Data"],
            swiftSettings: settings),
        .testTarget(name: "TableFileTests", dependencies: ["TableFile", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "TranslationTests", dependencies: ["Translation", "IPAddresses", "TestSupport"],
            swiftSettings: settings),
        .executableTarget(
            name: "StateFileVictim", dependencies: ["Gateway", "Translation", "IPAddresses"],
            path: "Tests/StateFileVictim",
            swiftSettings: settings),
        .testTarget(
            name: "GatewayTests",
            dependencies: ["Gateway", "Translation", "Packets", "IPAddresses", "StateFileVictim", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "PacketsTests", dependencies: ["Packets", "IPAddresses", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "CapturesTests", dependencies: ["Captures", "Packets"], swiftSettings: settings),
        .testTarget(
            name: "DNS64Tests", dependencies: ["DNS64", "Translation", "IPAddresses", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "ConfigurationTests", dependencies: ["Configuration", "Translation", "IPAddresses", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "VPCTests", dependencies: ["VPC", "IPAddresses", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "ClusterTests", dependencies: ["Cluster", "Snapshot", "VPC", "IPAddresses", "TestSupport"],
            exclude: ["Validation/golden.txt", "NetworkPolicy/conformance.json"], swiftSettings: settings),
        .testTarget(
            name: "SnapshotTests", dependencies: ["Snapshot", "Cluster", "TestSupport"], exclude: ["Data"],
            swiftSettings: settings),
        .testTarget(name: "FuzzTests", dependencies: ["TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "DataplaneTests",
            dependencies: [
                "dataplane", "Snapshot", "Cluster", "Drawing", "Lab", "Replay", "VPC", "Translation", "Packets",
                "Captures",
                "Configuration",
                "IPAddresses",
                "TestSupport",
            ],
            exclude: ["Captures"],
            swiftSettings: settings),
    ]
)

// Fuzz targets link libFuzzer's own main function: they build only with --sanitize=fuzzer (Scripts/fuzz).
if Context.environment["DATAPLANE_FUZZ"] != nil {
    package.targets += [
        "addresses", "json", "yaml", "table", "trie", "forwarding", "connections", "state", "headers", "packets",
        "dns", "capture", "configuration", "validation", "netlink", "trees", "recipes",
    ].map {
        name in
        .executableTarget(
            name: "fuzz-\(name)", dependencies: ["TestSupport"], path: "FuzzTargets/\(name)", swiftSettings: settings
        )
    }
    // Runs the same over mutated inputs without libFuzzer: no coverage, and many more of them.
    package.targets.append(
        .executableTarget(
            name: "fuzz-soak", dependencies: ["TestSupport"], path: "FuzzTargets/soak", swiftSettings: settings))
}
