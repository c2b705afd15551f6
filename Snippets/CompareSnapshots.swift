//! Which flows a change lets through, or no longer.
import Cluster
import Snapshot

// snippet.hide
let folder = "Tests/SnapshotTests/Data/aws/batfish/"
let (old, new) = (folder + "test-public-subnet", folder + "test-public-private-subnet")
// snippet.show
let before = try Snapshot(folder: old).cluster
let after = try Snapshot(folder: new).cluster
let difference = before.difference(to: after)
for change in difference.changes { print(change) }
// snippet.hide
precondition(!difference.changes.isEmpty)
