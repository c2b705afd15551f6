//! A source NAT on a TUN device, in a program of your own. Opening the device needs root, or CAP_NET_ADMIN.
import Gateway
import IPAddresses
import Translation

/// Translates what comes from a TUN device until `wait` returns.
func run(device: String, wait: () -> Void) throws {
    let nat = try NAPT(NAPTConfiguration(pool: PortPool([IPv4Address("198.51.100.1")!])), capacity: 65_536)
    let translator = try gatewayTranslator(IPv4PacketNAT(NAPTFlows(nat, inside: [IPv4Prefix("10.0.0.0/8")!])))

    // Connections outlive the program: read at its start, written at its end.
    let state = StateFile(path: "connections")
    _ = try translator.restore(state, now: .now)
    let gateway = PacketGateway(
        TunnelBackend([try Tunnel(name: device, queues: 2)]), translator,
        router: Router(ipv4: IPv4Address("198.51.100.254")!))
    gateway.start()
    wait()
    gateway.stop()
    _ = try translator.save(state, now: .now)
}

do {
    // No device has such a name: this says why a device can't be opened.
    try run(device: "a name that is too long") {}
} catch let failure as Tunnel.Failure {
    print(failure)
    // snippet.hide
    precondition(failure.step == "opened")
    // snippet.show
}
