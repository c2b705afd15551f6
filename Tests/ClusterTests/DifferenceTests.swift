import Foundation
import IPAddresses
import Snapshot
import Testing
import TestSupport
import VPC

@testable import Cluster

@Suite("Differences between snapshots")
struct DifferenceTests {
    private static let tables = "ec2-describe-route-tables.json"

    /// The example without load balancers, VPN gateway, the shop and, where they do not matter, services: fewer classes to
    /// walk.
    private func cluster(_ edits: [ExampleCluster.Edit], services: Bool, policies: Bool = true) throws -> Cluster {
        var files = try ExampleCluster.files(edits).filter { file in
            let without = ["elbv2", "vpn-gateways", "shop", "endpoints-sts"]
            if without.contains(where: file.path.contains) { return false }
            return services || !(file.path.contains("services") || file.path.contains("endpointslices"))
        }
        // The shop's file holds the example's policies: without it, whether there are any is not known.
        if policies {
            let list = #"{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicyList", "items": []}"#
            files.append((path: "no-policies.json", bytes: Array(list.utf8)))
        }
        return try Snapshot(
            files: files.map { .init(path: $0.path, bytes: $0.bytes) }, name: "cluster", toleratesMissing: true
        ).cluster
    }

    /// What a difference says about one flow with all of its sender's source ports: the verdicts, or nil for no change.
    private func claim(
        _ difference: Difference, _ sender: Endpoint, _ address: IPAddress, _ ipProtocol: IPProtocol, _ port: UInt16
    ) -> [(Trace.Verdict, Trace.Verdict)] {
        difference.changes.filter { change in
            let isSender =
                change.senders.contains(sender)
                || change.outside.contains { outside in
                    guard case .internet(let own) = sender, outside.place == "internet" else { return false }
                    return longest(outside.prefixes, own) > longest(outside.exceptions, own)
                }
            return isSender && longest(change.destinations, address) > longest(change.exceptions, address)
                && change.protocols.contains(ipProtocol)
                && (ipProtocol.isICMP || change.destinationPorts.contains(port))
        }.map { ($0.before, $0.after) }
    }

    private func longest(_ prefixes: [IPPrefix], _ address: IPAddress) -> Int {
        prefixes.filter { $0.contains(address) }.map(\.length).max() ?? -1
    }

    private func verdict(
        _ cluster: Cluster, _ sender: Endpoint, _ address: IPAddress, _ choice: TraceRequest.ProtocolChoice,
        _ port: UInt16
    ) -> Trace.Verdict? {
        let port = choice == .icmp ? nil : port
        return try? cluster.trace(
            TraceRequest(from: sender, to: .address(address), protocol: choice, port: port)
        ).verdict
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let edits: [ExampleCluster.Edit]
        var services = false
        var policies = true
        /// A flow that has to change: sender, address, port, verdicts.
        let flow: (String, String, UInt16, Trace.Verdict, Trace.Verdict)
        var ipProtocol = IPProtocol.tcp
    }

    private static let ipv6RuleOfDatabase = ExampleCluster.Edit(
        "ec2-describe-security-groups.json", after: #""GroupId":"sg-0database""#, #""IpPermissions":["#,
        #""IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":80,"Ipv6Ranges":[{"CidrIpv6":"2001:db8:1234:1a10::/64"}]},"#
    )

    static let cases: [Case] = [
        Case(
            testDescription: "a rule of a network ACL",
            edits: [
                .init(
                    "ec2-describe-network-acls.json", after: #""RuleNumber":130,"#, #""From":32768,"To":65535"#,
                    #""From":1024,"To":65535"#)
            ],
            flow: ("pod/default/client", "8.8.8.8", 53, .partial, .delivered), ipProtocol: .udp),
        Case(
            testDescription: "a rule of a security group for IPv6",
            edits: [ipv6RuleOfDatabase],
            flow: ("pod/default/client", "2001:db8:1234:1b10::5", 22, .blocked, .delivered)),
        Case(
            testDescription: "a rule of a security group for IPv6, where pods' policies are not known",
            edits: [ipv6RuleOfDatabase], policies: false,
            flow: ("pod/default/client", "2001:db8:1234:1b10::5", 22, .blocked, .unknown)),
        Case(
            testDescription: "a route less, and pods reached from the internet",
            edits: [
                .init(
                    tables, after: #""RouteTableId":"rtb-0private-a""#,
                    #",{"DestinationIpv6CidrBlock":"2001:db8:1234:1b00::/56","State":"active","Origin":"CreateRoute","VpcPeeringConnectionId":"pcx-0database"}"#,
                    ""),
                .init(
                    tables, after: #""RouteTableId":"rtb-0private-b""#, #""EgressOnlyInternetGatewayId":"eigw-0demo""#,
                    #""GatewayId":"igw-0demo""#),
                .init(
                    "ec2-describe-security-groups.json", after: #""GroupId":"sg-0cluster""#, #""Ipv6Ranges":[]"#,
                    #""Ipv6Ranges":[{"CidrIpv6":"2606:4700::/32"}]"#),
            ],
            flow: ("internet/2606:4700::9", "2001:db8:1234:1a20:bbbb::2", 8080, .blocked, .delivered)),
        Case(
            testDescription: "a network policy",
            edits: [
                .adding(
                    "policy.yaml",
                    """
                    apiVersion: networking.k8s.io/v1
                    kind: NetworkPolicy
                    metadata: {name: to-web, namespace: default}
                    spec:
                      podSelector: {matchLabels: {app: web}}
                      ingress: [{from: [{podSelector: {matchLabels: {app: worker}}}], ports: [{port: 8080}]}]

                    """)
            ],
            flow: ("pod/default/client", "2001:db8:1234:1a20:bbbb::2", 8080, .delivered, .blocked)),
        Case(
            testDescription: "endpoints of services",
            edits: [
                .init(
                    "kubectl-get-endpointslices.yaml", after: "kubernetes.io/service-name: web\n",
                    "ready: true\n      serving: true", "ready: false\n      serving: false"),
                .init(
                    "kubectl-get-services.yaml", after: "clusterIP: fd30:4a7c:1b2e::1234", "    ports:",
                    "    internalTrafficPolicy: Local\n    ports:"),
            ],
            services: true, flow: ("pod/default/client", "fd30:4a7c:1b2e::1234", 80, .delivered, .blocked)),
    ]

    @Test("Random flows, traced one by one, change as the difference says, and no others do", arguments: cases)
    func random(_ row: Case) throws {
        let before = try cluster([], services: row.services, policies: row.policies)
        let after = try cluster(row.edits, services: row.services, policies: row.policies)
        let difference = before.difference(to: after)
        #expect(!difference.changes.isEmpty && difference.onlyBefore.isEmpty && difference.onlyAfter.isEmpty)
        let (from, to, port, old, new) = row.flow
        let known = claim(
            difference, try before.endpoint(named: from), try #require(IPAddress(to)), row.ipProtocol, port)
        #expect(known.count == 1 && known.allSatisfy { $0 == (old, new) }, "\(known)")

        var generator = SeededGenerator(seed: 8)
        let senders: [Endpoint] =
            before.pods.values.filter { !$0.usesHostNetwork }.map { .pod($0.id) }.sorted { "\($0)" < "\($1)" }
            + [.node("ip-10-0-16-10.ec2.internal"), .node("ip-10-0-32-10.ec2.internal"), .instance("i-0bastion")]
            + ["203.0.113.9", "8.8.8.8", "2606:4700::9", "2001:db8:beef::3", "2a00::1"].map {
                .internet(IPAddress($0)!)
            }
        let prefixes =
            before.network.routeTables.values.flatMap(\.routes).compactMap { route -> IPPrefix? in
                if case .prefix(let prefix) = route.destination { prefix } else { nil }
            } + before.network.acls.values.flatMap { ($0.ingress.entries + $0.egress.entries).map(\.prefix) }
        let borders = prefixes.flatMap { prefix in
            [prefix.interval.lowerBound, prefix.interval.upperBound].map { IPAddress(prefix.family, number: $0) }
                + (prefix.interval.upperBound < prefix.family.last
                    ? [IPAddress(prefix.family, number: prefix.interval.upperBound + 1)] : [])
        }
        let addresses = Set(
            borders + before.pods.values.flatMap(\.addresses) + before.services.values.flatMap(\.clusterAddresses)
                + before.network.interfaces.values.flatMap(\.ownAddresses)
                + ["8.8.8.8", "198.51.100.20", "2a00::1", "64:ff9b::808:808", "2606:4700::1"].map { IPAddress($0)! }
        ).sorted()
        let choices: [(TraceRequest.ProtocolChoice, (IPFamily) -> IPProtocol)] = [
            (.tcp, { _ in .tcp }), (.udp, { _ in .udp }), (.icmp, { .icmp($0) }),
        ]
        var changed = 0
        // What the edit is about is asked more often than chance would have it.
        let focus = try #require(IPAddress(to))
        let addressesAndFocus = addresses + [IPAddress](repeating: focus, count: addresses.count / 3)
        for _ in 0..<TestLength.operations(700, short: 250) {
            guard let sender = senders.randomElement(using: &generator),
                let address = addressesAndFocus.randomElement(using: &generator),
                let (choice, number) = choices.randomElement(using: &generator),
                let port = [UInt16(22), 53, 80, 81, 443, 5432, 8080, 30600, 65535, row.flow.2, row.flow.2]
                    .randomElement(
                        using: &generator),
                // A pod's host-local address stands for others; nobody sends to itself.
                !HostLocalAllocator.range.contains(address), let old = verdict(before, sender, address, choice, port),
                let new = verdict(after, sender, address, choice, port)
            else { continue }
            if case .pod(let id) = sender, before.pods[id]?.addresses.contains(address) == true { continue }
            let claims = claim(difference, sender, address, number(address.family), port)
            // What nothing arrives at, of special-purpose blocks, may be said to be in or out.
            if old == new, old > .partial, !address.isRoutedOnInternet { continue }
            if old == new {
                // Other packets of a partial flow may be lost.
                #expect(
                    claims.allSatisfy { $0 == (.partial, .partial) },
                    "\(sender) → \(address) \(choice) \(port): \(old), \(claims)")
            } else {
                changed += 1
                #expect(
                    claims.count == 1 && claims.allSatisfy { $0 == (old, new) },
                    "\(sender) → \(address) \(choice) \(port): \(old) → \(new), \(claims)")
            }
        }
        #expect(changed > 0)
    }

    @Test("A snapshot does not differ from itself")
    func same() throws {
        let cluster = try cluster([], services: false)
        let difference = cluster.difference(to: cluster)
        #expect(difference.isEmpty && difference.walks > 1000)
    }

    @Test("Senders that are in one snapshot only are named")
    func onlyInOne() throws {
        let without = ExampleCluster.Edit("kubectl-get-pods.yaml", "name: worker", "name: worker-2")
        let difference = try cluster([], services: false).difference(to: cluster([without], services: false))
        #expect(difference.onlyBefore == ["pod/default/worker"] && difference.onlyAfter == ["pod/default/worker-2"])
        #expect(difference.changes.isEmpty)
    }
}

extension IPv4Prefix {
    fileprivate func contains(_ address: IPAddress) -> Bool {
        if case .v4(let own) = address { contains(own) } else { false }
    }
}

@Suite("Sets of addresses in few words")
struct PrefixDescriptionTests {
    @Test("Longest-prefix match over the description gives just the set, for random sets")
    func exact() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<400 {
            var isIn = [Bool](repeating: false, count: 64)
            var isAny = isIn
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                let first = Int.random(in: 0..<64, using: &generator)
                for index in first...min(63, first + Int.random(in: 0...20, using: &generator)) { isIn[index].toggle() }
            }
            for index in 0..<64 where !isIn[index] { isAny[index] = Int.random(in: 0..<4, using: &generator) == 0 }
            // Sixteen addresses for each place: the last 1,024 of the space, so that its end is there too.
            let base = UInt128(0xFFFF_FC00)
            func intervals(_ flags: [Bool]) -> [ClosedRange<UInt128>] {
                flags.indices.filter { flags[$0] }.map { base + UInt128($0) * 16...base + UInt128($0) * 16 + 15 }
            }
            let description = PrefixDescription(.ipv4, intervals(isIn), any: intervals(isAny))
            for index in 0..<64 where !isAny[index] {
                let address = IPAddress(.ipv4, number: base + UInt128(index) * 16 + 7)
                let longest = { (prefixes: [IPPrefix]) in
                    prefixes.filter { $0.contains(address) }.map(\.length).max() ?? -1
                }
                #expect((longest(description.included) > longest(description.excluded)) == isIn[index])
            }
            #expect(description.included.count + description.excluded.count <= intervals(isIn).count * 2)
        }
    }

    @Test("The shorter words are chosen: a whole except for a hole")
    func short() {
        let hole = IPPrefix("10.0.0.0/8")!.interval
        let description = PrefixDescription(.ipv4, [0...hole.lowerBound - 1, hole.upperBound + 1...0xFFFF_FFFF])
        #expect(description.included.map(\.description) == ["0.0.0.0/0"])
        #expect(description.excluded.map(\.description) == ["10.0.0.0/8"])
        let nothing = PrefixDescription(.ipv6, [])
        #expect(nothing.included.isEmpty && nothing.excluded.isEmpty)
        #expect(PrefixDescription(.ipv6, [0...(.max)]).included.map(\.description) == ["::/0"])
    }
}
