//! Whether a packet arrives, and what decided at each hop.
import Cluster
import Snapshot

let cluster = try Snapshot(folder: "Examples/cluster").cluster
let trace = try cluster.trace(from: "client", to: "8.8.8.8", protocol: .udp, port: 53)
print(trace.verdict)  // partial
for branch in trace.branches {
    for hop in branch.forward { print(hop.component.id, hop.text) }
    for explanation in branch.explanations { print(explanation.code.rawValue, explanation.text) }
}
// snippet.hide
precondition(trace.verdict == .partial)
precondition(trace.branches[0].explanations.contains { $0.code.rawValue == "SUBNET_ACL_RESTRICTION" })
