import Cluster
import IPAddresses
import VPC

extension LabPlan {
    private var network: Network { cluster.network }

    /// Network ACLs as stateless rules, security groups as stateful ones, the source check, and the internet gateway's
    /// translation, all in the router of a VPC.
    mutating func filters(_ number: Int) {
        let vpc = vpcs[number]
        let own = interfaces.filter { $0.vpcID == vpc.id }
        let subnets = network.subnets.values.filter { $0.vpcID == vpc.id }.sorted { $0.id < $1.id }
        var text: [String] = ["table inet dplab {"]
        var forward: [String] = []
        for subnet in subnets {
            let links = own.filter { $0.subnetID == subnet.id }.map { "\"\(link($0))\"" }
            guard !links.isEmpty, let acl = network.acl(ofSubnet: subnet.id) else { continue }
            let set = "{ \(links.joined(separator: ", ")) }"
            let name = "acl\(table(subnet))"
            text += chain("\(name)out", acl.egress) + chain("\(name)in", acl.ingress)
            forward.append("iifname \(set) oifname != \(set) jump \(name)out")
            forward.append("oifname \(set) iifname != \(set) jump \(name)in")
        }
        for interface in own {
            let link = link(interface)
            // NAT gateways and balancers send for others.
            let isHost = network.natGateway(of: interface) == nil && network.loadBalancer(of: interface) == nil
            if interface.sourceDestinationCheck, isHost {
                let four = interface.ipv4Addresses.map(\.address.description)
                let six = interface.ipv6Addresses.map(\.description) + interface.ipv6Prefixes.map(\.description)
                forward.insert(check(link, "ip", four), at: 0)
                forward.insert(check(link, "ip6", six), at: 0)
            }
            let groups = interface.groupIDs.compactMap { network.groups[$0] }
            if groups.isEmpty { continue }
            text += chain("\(link)out", groups.flatMap(\.egress.rules), isEgress: true)
            text += chain("\(link)in", groups.flatMap(\.ingress.rules), isEgress: false)
            forward.append("iifname \"\(link)\" ct state new jump \(link)out")
            forward.append("oifname \"\(link)\" ct state new jump \(link)in")
        }
        let publics = own.flatMap { $0.ipv4Addresses.filter { $0.publicAddress != nil } }
        if network.internetGateway(ofVPC: vpc.id) != nil {
            let privates = publics.map(\.address.description).joined(separator: ", ")
            forward.insert(
                publics.isEmpty
                    ? "oifname \"net\" ip version 4 drop" : "oifname \"net\" ip saddr != { \(privates) } drop", at: 0)
        }
        text.append("chain forward { type filter hook forward priority 0; policy accept;")
        // Neighbour discovery is the lab's own.
        text += forward.map { "  \($0)" } + ["}\n}"]
        text.append("table ip dplabnat {")
        text.append("chain pre { type nat hook prerouting priority dstnat;")
        for own in publics { text.append("  iifname \"net\" ip daddr \(own.publicAddress!) dnat to \(own.address)") }
        text.append("}\nchain post { type nat hook postrouting priority srcnat;")
        for own in publics { text.append("  oifname \"net\" ip saddr \(own.address) snat to \(own.publicAddress!)") }
        text.append("}\n}")
        line("ip netns exec \(router(of: vpc.id)) nft -f - <<'N'\n\(text.joined(separator: "\n"))\nN")
    }

    private func check(_ link: String, _ family: String, _ addresses: [String]) -> String {
        let list = addresses.isEmpty ? "" : "\(family) saddr != { \(addresses.joined(separator: ", ")) } "
        let version = family == "ip" ? "ipv4" : "ipv6"
        return "iifname \"\(link)\" meta nfproto \(version) \(list)drop"
    }

    /// An ACL's list: the first rule decides.
    private func chain(_ name: String, _ list: NetworkACL.RuleList) -> [String] {
        ["chain \(name) {"]
            + list.entries.map { entry in
                let side = entry.isEgress ? "daddr" : "saddr"
                return "  \(prefix(entry.prefix, side)) \(match(entry.match, entry.prefix.family))"
                    + (entry.allows ? "return" : "drop")
            } + ["  drop", "}"]
    }

    /// A group's rules: any of them allows.
    private func chain(_ name: String, _ rules: [SecurityGroup.Rule], isEgress: Bool) -> [String] {
        let side = isEgress ? "daddr" : "saddr"
        var result = ["chain \(name) {"]
        for rule in rules {
            let peers: [IPPrefix] =
                switch rule.peer {
                case .prefix(let prefix), .prefixList(_, let prefix): [prefix]
                case .unknownPrefixList: []
                case .group(let id): members(of: id)
                }
            for peer in peers {
                if let ipProtocol = rule.match.ipProtocol, ipProtocol.isICMP, ipProtocol != .icmp(peer.family) {
                    continue
                }
                result.append("  \(prefix(peer, side)) \(match(rule.match, peer.family))return")
            }
        }
        return result + ["  drop", "}"]
    }

    /// The addresses of a group's interfaces, delegated prefixes among them.
    private func members(of id: String) -> [IPPrefix] {
        interfaces.filter { $0.groupIDs.contains(id) }.flatMap { interface -> [IPPrefix] in
            interface.ipv4Addresses.map { IPPrefix(host: .v4($0.address)) }
                + interface.ipv6Addresses.map { IPPrefix(host: .v6($0)) } + interface.ipv6Prefixes.map { .v6($0) }
        }
    }

    private func prefix(_ prefix: IPPrefix, _ side: String) -> String {
        let family = prefix.family == .ipv4 ? "ip" : "ip6"
        // A prefix of length 0 is not an expression of nft's.
        if prefix.length == 0 { return "meta nfproto \(prefix.family == .ipv4 ? "ipv4" : "ipv6")" }
        return "\(family) \(side) \(prefix)"
    }

    private func match(_ match: RuleMatch, _ family: IPFamily) -> String {
        guard let ipProtocol = match.ipProtocol else { return "" }
        if ipProtocol.isICMP {
            let name = ipProtocol == .icmp ? "icmp" : "icmpv6"
            guard let type = match.icmpType else { return "meta l4proto \(ipProtocol.number) " }
            return "\(name) type \(type) " + (match.icmpCode.map { "\(name) code \($0) " } ?? "")
        }
        guard ipProtocol.hasPorts, match.ports != .all else { return "meta l4proto \(ipProtocol.number) " }
        let ports = match.ports.ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return "\(ipProtocol) dport { \(ports.joined(separator: ", ")) } "
    }
}
