import Cluster
import IPAddresses
import Snapshot
import Testing
import TestSupport
import Translation

@Suite("Flows that depend on what is open already")
struct ConnectionLimitTests {
    func cluster() throws -> Cluster {
        try Snapshot(
            files: ExampleCluster.files([]).map { .init(path: $0.path, bytes: $0.bytes) }, name: "Examples/cluster"
        ).cluster
    }

    /// A packet from the pod client, by a source port of its own.
    func trace(_ cluster: Cluster, _ port: UInt16, to destination: String, in state: NetworkState) throws -> Trace {
        try cluster.trace(
            TraceRequest(
                from: cluster.endpoint(named: "client"), to: cluster.endpoint(named: destination), port: 443,
                sourcePort: port), in: state)
    }

    @Test("F49, S22: 55,000 connections by one node's address; the next is refused and counted, others go on")
    func f49() throws {
        let cluster = try cluster()
        let state = NetworkState(connectionsPerElement: 60_000)
        for number in 0..<55_000 {
            let verdict = try trace(cluster, UInt16(2_000 + number), to: "93.184.216.34", in: state).verdict
            guard verdict == .delivered else {
                Issue.record("connection \(number): \(verdict)")
                return
            }
        }
        let last = try trace(cluster, 57_000, to: "93.184.216.34", in: state)
        #expect(last.verdict == .blocked)
        let explanation = try #require(last.branches[0].explanations.first)
        #expect(explanation.code == .connectionLimit && explanation.component.id == "nat-0a")
        #expect(explanation.text.contains("55000 connections"))
        #expect(state.refusals(of: "nat-0a") == [.destinationLimit: 1])
        #expect(try trace(cluster, 57_000, to: "93.184.216.35", in: state).verdict == .delivered)
        // None of the 55,000 is disturbed; one in a hundred is looked at.
        for number in stride(from: 0, to: 55_000, by: 100) {
            #expect(try trace(cluster, UInt16(2_000 + number), to: "93.184.216.34", in: state).verdict == .delivered)
        }
        #expect(state.refusals(of: "nat-0a") == [.destinationLimit: 1])
        // Idle for 350 s they end, and there is room.
        state.pass(seconds: 360)
        #expect(try trace(cluster, 57_001, to: "93.184.216.34", in: state).verdict == .delivered)
    }

    @Test("A full table at a node refuses, and says which element it is")
    func fullTable() throws {
        let cluster = try cluster()
        let state = NetworkState(connectionsPerElement: 8)
        let verdicts = try (1...10).map { try trace(cluster, UInt16(40_000 + $0), to: "93.184.216.34", in: state) }
        #expect(verdicts.map(\.verdict) == Array(repeating: .delivered, count: 8) + [.blocked, .blocked])
        let explanation = try #require(verdicts[9].branches[0].explanations.first)
        #expect(explanation.code == .connectionLimit && explanation.component.id.hasPrefix("node/"))
        #expect(state.refusals(of: explanation.component.id) == [.tableFull: 2])
    }
}
