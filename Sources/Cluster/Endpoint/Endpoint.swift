import IPAddresses

/// Where a packet starts or where it is meant to go, spelled as on the command line.
public enum Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// `namespace/name`.
    case pod(String)
    case node(String)
    case instance(String)
    case interface(String)
    /// `namespace/name`.
    case service(String)
    case loadBalancer(String)
    case apiServer
    case address(IPAddress)
    /// An address outside all VPCs.
    case internet(IPAddress)
    /// An address behind the VPN gateway.
    case onPremises(IPAddress)
    /// A name of the cluster's DNS, of an interface endpoint, of a load balancer, or that the snapshot's hosts file holds.
    case host(String)

    public var description: String {
        switch self {
        case .pod(let id): "pod/\(id)"
        case .node(let name): "node/\(name)"
        case .instance(let id): "instance/\(id)"
        case .interface(let id): "interface/\(id)"
        case .service(let id): "service/\(id)"
        case .loadBalancer(let name): "load-balancer/\(name)"
        case .apiServer: "api-server"
        case .address(let address): "\(address)"
        case .internet(let address): "internet/\(address)"
        case .onPremises(let address): "on-premises/\(address)"
        case .host(let name): name
        }
    }
}

/// Why a trace could not start. Nothing about the network: bad input.
public enum TraceError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownEndpoint(String, near: [String])
    case ambiguousEndpoint(String, candidates: [String])
    case badAddress(String, AddressParseError)
    case portNeeded(String)
    case portWithoutMeaning(String)
    case sourceIsNoSender(String)
    case addressOfNothing(IPAddress, vpc: String)
    case nothingOfTheSnapshot(String, String)
    case noSourceAddress(String)
    case wrongSourceFamily(IPAddress, destination: String)
    case noVPNGateway
    case noInterface(String)
    case podHasEnded(String)
    case podWaits(String)

    public var description: String {
        switch self {
        case .unknownEndpoint(let text, let near):
            "“\(text)” is not in the snapshot"
                + (near.isEmpty
                    ? "; give pod/NAMESPACE/NAME, node/NAME, instance/ID, interface/ID, service/NAMESPACE/NAME, "
                        + "load-balancer/NAME, api-server, an address, internet/ADDRESS, on-premises/ADDRESS or a name of its hosts file"
                    : "; did you mean \(near.joined(separator: ", "))?")
        case .ambiguousEndpoint(let text, let candidates):
            "“\(text)” may be any of \(candidates.joined(separator: ", ")); give one of these"
        case .badAddress(let text, let error): "“\(text)”: \(error)"
        case .portNeeded(let name): "a \(name) packet needs a destination port; add --port N"
        case .portWithoutMeaning(let name): "\(name) packets have no ports; remove --port and --source-port"
        case .sourceIsNoSender(let text): "“\(text)” sends no packets of its own; name one of its pods as the source"
        case .addressOfNothing(let address, let vpc):
            "\(address) lies in \(vpc), but no interface or pod of the snapshot has it; name what is meant to send"
        case .nothingOfTheSnapshot(let source, let destination):
            "neither \(source) nor \(destination) is in the snapshot: there is nothing to trace between them"
        case .noSourceAddress(let text): "“\(text)” has no address in the snapshot; collect its network interfaces"
        case .wrongSourceFamily(let address, let destination):
            "--source \(address) and \(destination) are of different families; give one of the latter's family"
        case .noVPNGateway:
            "the snapshot has no attached VPN gateway, so nothing is on-premises; collect describe-vpn-gateways"
        case .podHasEnded(let text):
            "“\(text)” has ended (phase Succeeded or Failed): its addresses may be another pod's by now; name a pod that runs"
        case .podWaits(let text):
            "“\(text)” has no address yet: it is waiting to start; collect the pods again, or name one that runs"
        case .noInterface(let text):
            "“\(text)” has no network interface in the snapshot; collect describe-network-interfaces"
        }
    }
}
