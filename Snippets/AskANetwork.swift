//! The elements of a VPC by themselves: a route table, and a network ACL over sets of ports.
import IPAddresses
import VPC

let table = RouteTable(
    id: "rtb-1", vpcID: "vpc-1", isMain: true, subnetIDs: [],
    routes: [
        Route(
            destination: .prefix(IPPrefix("10.0.0.0/16")!), target: .local, state: .active, origin: .createRouteTable),
        Route(
            destination: .prefix(IPPrefix("0.0.0.0/0")!), target: .natGateway("nat-1"), state: .active,
            origin: .createRoute),
    ],
    prefixLists: [:])
let match = table.route(to: IPAddress("192.0.2.1")!)!
print(match.prefix, match.route.target.id)  // 0.0.0.0/0 nat-1

// An ACL that lets replies in to ports 32768 and above alone: a packet's ports are a set, and the rules split it.
let acl = NetworkACL(
    id: "acl-1", vpcID: "vpc-1", isDefault: false, subnetIDs: [],
    entries: [
        .init(
            number: 100, isEgress: false, allows: true, prefix: IPPrefix("0.0.0.0/0")!,
            match: RuleMatch(ipProtocol: .udp, ports: PortSet(32768...65535)))
    ])
let reply = Flow(
    source: IPAddress("192.0.2.1")!, destination: IPAddress("10.0.1.7")!,
    classes: [TrafficClass(.udp, sourcePorts: PortSet(53), destinationPorts: PortSet(1024...65535))])
let decision = acl.decide(reply, isEgress: false)
print(decision.allowedTraffic[0].destinationPorts)  // 32768-65535
print(decision.deniedTraffic[0].destinationPorts)  // 1024-32767
// snippet.hide
precondition(match.route.target == .natGateway("nat-1"))
precondition(decision.allowedTraffic[0].destinationPorts == PortSet(32768...65535))
precondition(decision.deniedTraffic[0].destinationPorts == PortSet(1024...32767))
