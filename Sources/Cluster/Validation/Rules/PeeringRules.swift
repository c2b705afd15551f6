import IPAddresses
import VPC

extension Validator {
    /// Peering connections: S03 in both families.
    mutating func checkPeerings() {
        for peering in ordered(network.peerings) {
            let component = Component(.peeringConnection, peering.id)
            guard let first = network.vpcs[peering.requesterVPCID], let second = network.vpcs[peering.accepterVPCID]
            else {
                continue
            }
            let pairs = first.blocks.flatMap { one in second.blocks.filter { $0.overlaps(one) }.map { (one, $0) } }
            for (one, other) in pairs {
                add(
                    .peeringOverlap, .error, component,
                    "\(peering.id) joins \(first.id) (\(one)) and \(second.id) (\(other)), which overlap",
                    fix: "VPCs with overlapping blocks cannot be peered: give one of them another block")
            }
            let isUsed = network.routeTables.values.contains { table in
                table.routes.contains { $0.target == .peering(peering.id) }
            }
            if peering.status != "active", isUsed {
                add(
                    .peeringNotActive, .warning, component,
                    "\(peering.id) is \(peering.status), and route tables lead to it",
                    fix: "accept the peering connection, or remove the routes")
            }
            guard peering.status == "active" else { continue }
            checkReturn(peering, from: first, to: second)
            checkReturn(peering, from: second, to: first)
        }
    }

    /// Each route from `near` into the peering has one back, in the tables of the subnets that it leads to.
    private mutating func checkReturn(_ peering: PeeringConnection, from near: VPC, to far: VPC) {
        // Tables without any route into the peering are not meant to use it, unless all of the VPC's are like that.
        let users = network.routeTables.values.filter { table in
            table.vpcID == far.id && table.routes.contains { $0.target == .peering(peering.id) }
        }.map(\.id)
        let farSubnets = ordered(network.subnets).filter { subnet in
            subnet.vpcID == far.id
                && (users.isEmpty || network.routeTable(ofSubnet: subnet.id).map { users.contains($0.id) } == true)
        }
        let nearSubnets = ordered(network.subnets).filter { $0.vpcID == near.id }
        // By the far table and the block that lacks a route: the near tables that send there.
        var missing: [Missing: Set<String>] = [:]
        for subnet in nearSubnets {
            guard let table = network.routeTable(ofSubnet: subnet.id) else { continue }
            for route in table.routes where route.target == .peering(peering.id) && route.state == .active {
                for prefix in route.destination.prefixes(network.prefixLists) {
                    // What pods send from subnets of their own is translated to the node's address before it leaves.
                    let senders = subnet.blocks.filter {
                        $0.family == prefix.family && !isTranslated(subnet, $0.family)
                    }
                    for block in senders {
                        for farSubnet in farSubnets where farSubnet.blocks.contains(where: { $0.overlaps(prefix) }) {
                            guard let back = network.routeTable(ofSubnet: farSubnet.id) else { continue }
                            let address = IPAddress(block.family, number: block.interval.lowerBound)
                            let target = back.route(to: address)?.route.target
                            // Another way back, such as a transit gateway, may lead there too.
                            if case .unsupported = target { continue }
                            if target == .peering(peering.id) { continue }
                            let whole = near.blocks.first { $0.covers(block) } ?? block
                            missing[Missing(table: back.id, block: whole), default: []].insert(table.id)
                        }
                    }
                }
            }
        }
        for (key, senders) in missing.sorted(by: { ($0.key.table, $0.key.block) < ($1.key.table, $1.key.block) }) {
            add(
                .peeringNoReturnRoute, .error, Component(.routeTable, key.table),
                "\(key.table) has no route to \(key.block) through \(peering.id), while \(senders.sorted().joined(separator: ", ")) "
                    + "sends through it: packets arrive and replies do not",
                fix: "add \(key.block) → \(peering.id) to \(key.table)")
        }
    }

    /// Whether all that a subnet's interfaces send out of the VPC is translated by the CNI plugin: custom networking's subnets of
    /// an IPv4 cluster, in which only pods have addresses.
    private func isTranslated(_ subnet: Subnet, _ family: IPFamily) -> Bool {
        let cni = cluster.configuration.cni
        guard family == .ipv4, cluster.configuration.ipFamily == .ipv4, cni.usesCustomNetworking,
            !cni.leavesSourceNATToOthers, subnet.vpcID == cluster.configuration.vpcID
        else { return false }
        let interfaces = network.interfaces.values.filter { $0.subnetID == subnet.id }
        return !interfaces.isEmpty
            && interfaces.allSatisfy { interface in
                guard let node = cluster.node(of: interface) else { return false }
                return cluster.interfaces(of: node).first?.id != interface.id
            }
    }

    private struct Missing: Hashable {
        var table: String
        var block: IPPrefix
    }
}
