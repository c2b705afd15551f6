//! What is wrong with a cluster and its network, or is about to be.
import Cluster
import Snapshot

// References to what is not there become findings too.
let snapshot = try Snapshot(folder: "Examples/cluster", toleratesMissing: true)
let findings = snapshot.validate()
for finding in findings {
    print(finding.severity, finding.id.rawValue, finding.component.id)
    print("   ", finding.message)
    print("    fix:", finding.fix)
}
// snippet.hide
precondition(findings.contains { $0.severity == .warning && $0.component.id == "rtb-0private-b" })
precondition(!findings.contains { $0.severity == .error })
