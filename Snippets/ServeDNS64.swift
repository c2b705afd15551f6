//! A DNS64 proxy, over UDP and TCP, in a program of your own.
import DNS64
import DNS64Proxy
import Translation

let configuration = DNS64Server.Configuration(
    DNS64(prefix: .wellKnown(policy: .rfc6052)),
    listen: [("127.0.0.1", 0)],  // port 0 is any that is free
    upstream: [("192.0.2.53", 53)])
let server = try await DNS64Server(configuration)
print("listens on \(server.endpoints)")

// Run it until you have had enough: try await server.wait()
try await server.stop()
// snippet.hide
precondition(server.endpoints.count == 1 && server.endpoints[0].port != 0)
