//! Metrics and health over HTTP.
import MetricsServer
import Synchronization

let packets = Atomic<Int>(0)
let server = try MetricsServer(host: "127.0.0.1", port: 0) { path in
    switch path {
    case "/metrics": .init("# TYPE packets_total counter\npackets_total \(packets.load(ordering: .relaxed))\n")
    case "/healthz": .init("ok\n")
    default: nil  // 404
    }
}
packets.wrappingAdd(1, ordering: .relaxed)
print("http://127.0.0.1:\(server.port)/metrics")
// snippet.hide
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
setenv("no_proxy", "127.0.0.1", 1)
let (data, _) = try await URLSession.shared.data(from: URL(string: "http://127.0.0.1:\(server.port)/metrics")!)
precondition(String(decoding: data, as: UTF8.self).hasSuffix("packets_total 1\n"))
// snippet.show
server.stop()
