import Cluster
import IPAddresses
import Snapshot
import Testing
import TestSupport
import VPC

@Suite("Statements: addresses of nodes, pods and services")
struct AddressStatements {
    @Test("S08: nodes and pods have global IPv6 addresses, services unique local ones")
    func s08() throws {
        let cluster = try Statements.cluster()
        func addresses(_ all: [IPAddress]) -> [IPv6Address] {
            all.compactMap { if case .v6(let address) = $0 { address } else { nil } }
        }
        let own = addresses(cluster.nodes.values.flatMap(\.addresses) + cluster.pods.values.flatMap(\.addresses))
        #expect(own.count > 15 && own.allSatisfy(\.isGlobalUnicast))
        let services = addresses(cluster.services.values.flatMap(\.clusterAddresses))
        #expect(services.count > 5 && services.allSatisfy(\.isUniqueLocal))
        let global = try Statements.findings(
            .serviceAddressOutsideBlock, [.init("kubectl-get-services.yaml", "fd30:4a7c:1b2e::1234", "2001:db8::1234")])
        #expect(global.map(\.component.id) == ["service/default/web"])
    }

    @Test("S09: the service block is a /108 of fd00::/8, chosen at creation, not by the user, and never changed")
    func s09() throws {
        var generator = SeededGenerator(seed: 9)
        let blocks = try (0..<50).map { _ in try ServiceBlock.choose(using: &generator) }
        #expect(Set(blocks).count == 50 && blocks.allSatisfy { ServiceBlock.isValid(.v6($0)) })
        #expect(blocks.allSatisfy { $0.length == 108 && $0.first.bits &>> 120 == 0xFD })
        let named = try #require(IPPrefix("fd00:1::/108"))
        let refusal = try #require(throws: ServiceBlock.Refusal.self) {
            _ = try ServiceBlock.choose(requested: named, using: &generator)
        }
        #expect(refusal == .namedAtCreation(named) && "\(refusal)".contains("fd00:1::/108"))
        let block = IPPrefix.v6(blocks[0])
        try ServiceBlock.update(block, to: block)
        #expect(throws: ServiceBlock.Refusal.changed(from: block, to: named)) {
            try ServiceBlock.update(block, to: named)
        }
        let edit = ExampleCluster.Edit("eks-describe-cluster.json", "fd30:4a7c:1b2e::/108", "fd99::/108")
        let changed = try Statements.snapshot([edit]).validate(earlier: Statements.snapshot())
        #expect(changed.contains { $0.id == .serviceBlockChanged && $0.message.contains("fd99::/108") })
    }

    @Test("S10: prefix mode only: a /80 for the primary interface of each worker node")
    func s10() throws {
        let cluster = try Statements.cluster()
        for node in cluster.nodes.values where !node.isFargate {
            let interface = try #require(cluster.network.interfaces(ofInstance: node.instanceID ?? "").first)
            #expect(interface.deviceIndex == 0 && interface.ipv6Prefixes.map(\.length) == [80])
        }
        let interfaces = "ec2-describe-network-interfaces.json"
        let without = try Statements.findings(
            .nodeWithoutPrefix,
            [.init(interfaces, after: "{", #"{"Ipv6Prefix":"2001:db8:1234:1a20:bbbb::/80"}"#, "")])
        #expect(without.map(\.component.id) == ["node/ip-10-0-32-10.ec2.internal"])
        let size = try Statements.findings(
            .nodePrefixSize, [.init(interfaces, "2001:db8:1234:1a20:bbbb::/80", "2001:db8:1234:1a20:bbbb::/96")])
        #expect(size.map(\.component.id) == ["eni-0node-b"])
    }

    @Test("S11: prefix mode needs a Nitro instance; another type is refused by name")
    func s11() throws {
        #expect(InstanceType.builtIn(named: "m4.large")?.isNitro == false)
        #expect(
            InstanceType.builtIn(named: "m5.large")?.isNitro == true
                && InstanceType.builtIn(named: "m5.metal")?.isNitro == true)
        let found = try Statements.findings(
            .nodeNotNitro, [.init("ec2-describe-instances.json", #""m5.large""#, #""m4.large""#)])
        #expect(found.count == 2 && found.allSatisfy { $0.message.contains("m4.large") && $0.severity == .error })
    }

    @Test(
        "S12: the /80 is assigned once, at bootstrap: 10^6 pods come and go without a call; WARM_… has no effect and is reported"
    )
    func s12() throws {
        let workload = NodeSimulation.Workload(pods: 1_000_000, maxPods: 110)
        let prefix = NodeSimulation.prefixMode(workload)
        #expect(prefix.bootstrapCalls == ["AssignIpv6Addresses": 1] && prefix.laterCalls.isEmpty)
        #expect(prefix.waits == 0 && prefix.refused == 0 && prefix.started + prefix.unscheduled == 1_000_000)
        for name in ["WARM_IP_TARGET", "WARM_ENI_TARGET", "WARM_PREFIX_TARGET", "MINIMUM_IP_TARGET"] {
            let edit = ExampleCluster.Edit(
                "kubectl-get-daemonsets.yaml", after: "          env:", "\n",
                "\n          - name: \(name)\n            value: '5'\n")
            let found = try Statements.findings(.warmTargetIneffective, [edit])
            #expect(found.count == 1 && found[0].message.contains(name) && found[0].message.contains("no effect"))
        }
    }

    @Test("S12: IPv4 secondary addresses need calls and waits for the same pods")
    func s12Comparison() throws {
        let type = try #require(InstanceType.builtIn(named: "m5.large"))
        let workload = NodeSimulation.Workload(pods: 100_000, maxPods: MaxPods(type).managed(.ipv4))
        let (prefix, secondary) = (
            NodeSimulation.prefixMode(workload), NodeSimulation.secondaryAddressMode(workload, type)
        )
        #expect(prefix.laterCallCount == 0 && secondary.laterCallCount > 0)
        #expect(prefix.waits == 0 && secondary.waits > 0 && secondary.waited > 0)
        // Three interfaces of ten addresses, one of them the interface's own: no more than 27 pods at a time.
        #expect(secondary.peak > 20 && secondary.peak <= 27 && secondary.started + secondary.unscheduled == 100_000)
        // What has been attached is given back when all pods are gone, except for the primary interface.
        #expect(secondary.laterCalls["CreateNetworkInterface"] == secondary.laterCalls["DeleteNetworkInterface"])
        // The same seed gives the same run.
        #expect(NodeSimulation.secondaryAddressMode(workload, type) == secondary)
    }

    @Test("S13: a /80 holds 2^48 addresses: density is the limit, not addresses")
    func s13() throws {
        #expect(NodePrefix.addresses == 281_474_976_710_656 && NodePrefix.addresses > 100_000_000_000_000)
        let interval = IPPrefix.v6(try #require(IPv6Prefix("2001:db8:1234:1a10:aaaa::/80"))).interval
        #expect(interval.upperBound - interval.lowerBound + 1 == UInt128(NodePrefix.addresses))
        #expect(InstanceType.builtIn.allSatisfy { MaxPods($0).formula < 1 << 20 })
    }

    @Test("S14: a node has IPv4 and IPv6 addresses, found by its name, and takes one IPv4 address of its subnet")
    func s14() throws {
        let cluster = try Statements.cluster()
        for node in cluster.nodes.values where !node.isFargate {
            #expect(Set(node.addresses.map(\.family)) == [.ipv4, .ipv6])
            #expect(cluster.network.interfaces(ofInstance: node.instanceID ?? "").flatMap(\.ipv4Addresses).count == 1)
        }
        for (ipProtocol, address) in [
            (TraceRequest.ProtocolChoice.tcp, "2001:db8:1234:1a20::b"), (.icmp, "10.0.32.10"),
        ] {
            let trace = try Statements.trace("node-a", "ip-10-0-32-10.ec2.internal", ipProtocol, 10250).trace
            #expect(trace.verdict == .delivered && trace.forward.first?.inbound?.destination.description == address)
        }
    }

    @Test("S15: host-local IPv4 of 169.254.172.0/22: 1,024 addresses, 1,021 usable, unique on its node only")
    func s15() throws {
        #expect(HostLocalAllocator.range.description == "169.254.172.0/22" && HostLocalAllocator.usable == 1021)
        #expect(HostLocalAllocator.range.last.bits - HostLocalAllocator.range.first.bits + 1 == 1024)
        let cluster = try Statements.cluster()
        let shared = cluster.pods.values.filter { $0.assumedIPv4?.description == "169.254.172.2" }
        #expect(Set(shared.map(\.nodeName)).count == 3)
        // Reported by pods themselves, the same address on two nodes is no conflict either.
        let edits = ["2001:db8:1234:1a10:aaaa::2", "2001:db8:1234:1a20:bbbb::2"].map {
            ExampleCluster.Edit(
                "kubectl-get-pods.yaml", after: "podIP: \($0)", "    - ip: \($0)",
                "    - ip: \($0)\n    - ip: 169.254.172.2")
        }
        #expect(try Statements.findings(.podAddressDuplicate, edits).isEmpty)
        // Known nowhere else: from another node the address is that node's own pod's, or nobody's.
        #expect(try Statements.trace("node-b", "169.254.172.2").trace.forward.last?.component.id == "pod/default/web-2")
        #expect(try Statements.trace("node-c", "169.254.172.9").verdict == .blocked)
    }

    @Test("S15: addresses are given round robin: a freed one rests until all others have been given")
    func s15RoundRobin() throws {
        var allocator = HostLocalAllocator()
        let first = try allocator.allocate()
        allocator.release(first)
        var seen: Set<IPv4Address> = []
        for _ in 1..<HostLocalAllocator.usable { seen.insert(try allocator.allocate()) }
        #expect(seen.count == 1020 && !seen.contains(first))
        #expect(try allocator.allocate() == first)
        allocator._invariantCheck()
        // Against a model: any order of starts and ends, and no address twice.
        var generator = SeededGenerator(seed: 15)
        var (taken, model) = (Set<IPv4Address>(), HostLocalAllocator())
        for _ in 0..<20_000 {
            if Bool.random(using: &generator), let address = taken.randomElement(using: &generator) {
                model.release(address)
                taken.remove(address)
                model.release(address)
            } else if let address = try? model.allocate() {
                #expect(taken.insert(address).inserted)
            }
            if model.count != taken.count { Issue.record("\(model.count) is not \(taken.count)") }
        }
        model._invariantCheck()
    }

    @Test("S16: exhaustion of the /22 fails the pod's start with a clear reason, and touches nothing that runs")
    func s16() throws {
        var allocator = HostLocalAllocator()
        let given = try (0..<1021).map { _ in try allocator.allocate() }
        let error = try #require(throws: HostLocalAllocator.Exhausted.self) { _ = try allocator.allocate() }
        for part in ["169.254.172.0/22", "1021", "does not start"] { #expect("\(error)".contains(part)) }
        #expect(allocator.count == 1021 && Set(given).count == 1021)
        allocator.release(given[500])
        #expect(try allocator.allocate() == given[500])
        let full = NodeSimulation.prefixMode(.init(pods: 5_000, meanInterval: 1, meanLifetime: 1e6, maxPods: 2_000))
        #expect(full.started + full.refused == 5_000 && full.refused > 0 && full.peak == 1021)
    }
}
