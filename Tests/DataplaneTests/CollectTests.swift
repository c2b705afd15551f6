import Cluster
import Foundation
import Snapshot
import TestSupport
import Testing

@testable import dataplane

@Suite("The collect script")
struct CollectTests {
    /// Commands that answer as `aws` and `kubectl` would, out of the example; `failing` names one that does not.
    private static func stub(failing: String) -> String {
        """
        #!/usr/bin/env python3
        import json, os, sys
        words = [word for word in sys.argv[1:] if not word.startswith("--")]
        folder = "\(ExampleCluster.folder)"
        line = " ".join(sys.argv[1:])
        if "\(failing)" and "\(failing)" in line:
            print("An error occurred (UnauthorizedOperation)", file=sys.stderr)
            sys.exit(254)
        if "--query" in line:
            sys.exit(0)
        if os.path.basename(sys.argv[0]) == "aws":
            name = words[0] + "-" + words[1] + ".json"
            path = folder + "/" + name
            if os.path.exists(path):
                print(open(path).read())
            else:
                keys = {"describe-vpc-block-public-access-exclusions": "VpcBlockPublicAccessExclusions"}
                print(json.dumps({keys.get(words[1], "Unused"): []}))
        else:
            path = folder + "/kubectl-get-" + words[1] + ".yaml"
            if os.path.exists(path):
                print(open(path).read())
            elif "." in words[1]:
                sys.exit(1)
            else:
                print("apiVersion: v1\\nitems: []\\nkind: List\\nmetadata:\\n  resourceVersion: ''")

        """
    }

    private func collect(failing: String = "") throws -> (status: Int32, folder: String) {
        let base = FileManager.default.temporaryDirectory.appendingPathComponent(
            "collect-\(UInt64.random(in: 0 ... .max))")
        let bin = base.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        for name in ["aws", "kubectl"] {
            let path = bin.appendingPathComponent(name).path
            try Data(Self.stub(failing: failing).utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", CollectScript(cluster: "demo", output: "snapshot").text]
        process.currentDirectoryURL = base
        process.environment = ["PATH": "\(bin.path):/usr/bin:/bin:/usr/local/bin"]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, base.appendingPathComponent("snapshot").path)
    }

    @Test("Run, it makes a snapshot whose manifest fits: verdicts are as the example's")
    func whole() throws {
        let (status, folder) = try collect()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(status == 0)
        let snapshot = try Snapshot(folder: folder, toleratesMissing: true)
        #expect(snapshot.cluster.inventory.gaps.isEmpty, "\(snapshot.cluster.inventory.gaps)")
        #expect(snapshot.cluster.inventory.holds(.networkPolicies) && snapshot.cluster.inventory.holds(.namespaces))
        #expect(try snapshot.cluster.trace(from: "client", to: "web-2", port: 8080).verdict == .delivered)
    }

    @Test("A call that fails is written down: what rests on it is unknown, and the script says so")
    func failing() throws {
        let (status, folder) = try collect(failing: "describe-network-acls")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(status == 1)
        let snapshot = try Snapshot(folder: folder, toleratesMissing: true)
        #expect(snapshot.cluster.inventory.gaps[.networkACLs]?.contains("status 254") == true)
        let trace = try snapshot.cluster.trace(from: "client", to: "web-2", port: 8080)
        #expect(trace.verdict == .unknown)
        #expect(snapshot.validate().contains { $0.id == .snapshotIncomplete && $0.message.contains("status 254") })
    }

    @Test("What is taken from a file afterwards, its manifest shows")
    func shortened() throws {
        let (_, folder) = try collect()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/ec2-describe-network-acls.json"
        let root =
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any]
        let list = try #require(root?["NetworkAcls"] as? [Any])
        try JSONSerialization.data(withJSONObject: ["NetworkAcls": Array(list.dropLast())]).write(
            to: URL(fileURLWithPath: path))
        let snapshot = try Snapshot(folder: folder, toleratesMissing: true)
        #expect(snapshot.cluster.inventory.gaps[.networkACLs]?.contains("snapshot holds 2") == true)
    }

    @Test("Parts that are hours apart are noted")
    func spread() throws {
        let calls = [("ec2-describe-vpcs.json", 0), ("kubectl-get-pods.yaml", 10_800)].map { file, time in
            #"{"dataplaneCall":{"file":"\#(file)","kind":"Other","command":"call","time":\#(1_780_000_000 + time),"status":0}}"#
        }
        let files = try ExampleCluster.files([.adding("manifest.jsonl", calls.joined(separator: "\n"))])
        let snapshot = try Snapshot(files: files.map { .init(path: $0.path, bytes: $0.bytes) }, name: "example")
        #expect(snapshot.notes.contains { $0.contains("3 h apart") && $0.contains("kubectl-get-pods.yaml the latest") })
    }
}
