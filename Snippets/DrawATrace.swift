//! A trace and a cluster as SVG, with what the validator has found marked on the map.
import Cluster
import Drawing
import Snapshot

let cluster = try Snapshot(folder: "Examples/cluster").cluster
let trace = try cluster.trace(from: "client", to: "web-2", port: 8080)

let picture = TraceDrawing(trace, title: "client → web-2 tcp 8080")
let map = ClusterMap(cluster, findings: cluster.validate())
print(picture.svg().utf8.count, map.svg().utf8.count, "bytes of SVG")
print(picture.text)  // what the picture says, for those who can't see it
// snippet.hide
precondition(picture.svg().contains("</svg>") && map.svg().contains("</svg>"))
precondition(picture.text.contains("delivered"))
