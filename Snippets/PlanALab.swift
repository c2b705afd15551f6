//! The shell script that makes a snapshot out of a Linux machine's network namespaces.
import Cluster
import IPAddresses
import Lab
import Snapshot

let cluster = try Snapshot(folder: "Examples/cluster").cluster
let plan = LabPlan(cluster, internet: [IPAddress("8.8.8.8")!], onPremises: [], endpoints: [])
print(plan.namespaces["pod/default/client"]!)  // where the pod's packets start
print(plan.skipped)  // what is in the snapshot and not in the lab, and why

// As root: sh, with the script as its input. It begins so:
print(plan.script.prefix(200))
// snippet.hide
precondition(plan.namespaces["pod/default/client"]!.hasPrefix(LabPlan.prefix) && plan.script.hasPrefix("set -e"))
