//! What is wrong with a cluster, and what a change would do to its flows.
import Cluster
import Snapshot

let before = try Snapshot(folder: "Examples/cluster")
for finding in before.validate() { print(finding.severity, finding.component.id, finding.message, finding.fix) }

// The same cluster after a change; here, without one.
let after = try Snapshot(folder: "Examples/cluster")
let difference = before.cluster.difference(to: after.cluster)
print(difference.changes.count, "flows change")
// snippet.hide
precondition(difference.changes.isEmpty)
precondition(!before.validate().contains { $0.severity == .error })
