import IPAddresses
import Snapshot
import TestSupport
import Testing
import VPC

@testable import Cluster

@Suite("Network policies: the tables of Kubernetes' end-to-end tests and of cyclonus")
struct ConformanceTests {
    /// Whether both ends' policies let a connection through.
    private func connects(_ cluster: Cluster, _ from: Pod, _ to: Pod, _ traffic: TrafficClass, isVPCCNI: Bool) -> Bool {
        if from.id == to.id { return true }
        return [(from, to, true), (to, from, false)].allSatisfy { pod, other, isEgress in
            let outcome = PolicyEvaluation(
                cluster, pod, remote: other.addresses[0], isEgress: isEgress, isVPCCNI: isVPCCNI
            ).decide([traffic], isStrict: false)
            return outcome?.decision.denied.isEmpty ?? true
        }
    }

    /// The cells that come out differently, and how many there are.
    private func differences(_ cases: [ConformanceCase], isVPCCNI: Bool) -> (cells: Int, wrong: [String]) {
        var wrong: [String] = []
        var cells = 0
        for one in cases {
            for probe in one.probes {
                for from in one.pods {
                    for to in one.pods {
                        cells += 1
                        let expected = from.id == to.id || probe.allowed.contains([from.id, to.id])
                        if connects(one.cluster, from, to, probe.traffic, isVPCCNI: isVPCCNI) != expected {
                            wrong.append("\(one.id): \(from.id) → \(to.id) \(probe.traffic.label), due: \(expected)")
                        }
                    }
                }
            }
        }
        return (cells, wrong)
    }

    @Test("Every cell of every table comes out the same, by Kubernetes' words")
    func tables() throws {
        let (cells, wrong) = differences(
            try ConformanceCase.all { $0.policyEngines = ["calico-node"] }, isVPCCNI: false)
        #expect(wrong.isEmpty, "\(wrong.count) of \(cells): \(wrong.prefix(12))")
        #expect(cells > 130_000)
    }

    @Test(
        "The VPC CNI plugin's node agent differs where its map does: what one block leaves out is denied, though another allows it"
    )
    func nodeAgent() throws {
        let cases = try ConformanceCase.all { $0.cni.enforcesNetworkPolicies = true }
        let (cells, wrong) = differences(cases, isVPCCNI: true)
        let ids = Set(wrong.map { String($0.prefix { $0 != ":" }) }).sorted()
        #expect(
            ids == ["cyc-peers-067", "cyc-peers-112"] && wrong.count == 4,
            "\(wrong.count) of \(cells): \(wrong.prefix(30))")
    }

    @Test("Traces say what the tables say: one cell of 97")
    func traces() throws {
        for isVPCCNI in [false, true] {
            let cases = try ConformanceCase.all {
                if isVPCCNI { $0.cni.enforcesNetworkPolicies = true } else { $0.policyEngines = ["calico-node"] }
            }
            var number = 0
            for one in cases {
                for probe in one.probes {
                    for from in one.pods {
                        for to in one.pods where from.id != to.id {
                            number += 1
                            guard number % 97 == 0 else { continue }
                            let name = probe.traffic.ipProtocol?.description ?? ""
                            let trace = try one.cluster.trace(
                                TraceRequest(
                                    from: .pod(from.id), to: .pod(to.id), protocol: .init(rawValue: name) ?? .tcp,
                                    port: probe.traffic.destinationPorts.ranges[0].lowerBound))
                            let isOpen = connects(one.cluster, from, to, probe.traffic, isVPCCNI: isVPCCNI)
                            #expect(
                                trace.verdict == (isOpen ? .delivered : .blocked),
                                "\(one.id): \(from.id) → \(to.id) \(probe.traffic.label)")
                        }
                    }
                }
            }
            #expect(number > 100_000)
        }
    }
}
