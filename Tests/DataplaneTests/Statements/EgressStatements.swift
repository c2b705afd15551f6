import Cluster
import IPAddresses
import Snapshot
import Testing
import TestSupport
import Translation
import VPC

@Suite("Statements: egress")
struct EgressStatements {
    private let nodeA = IPAddress("10.0.16.10")

    @Test(
        "S17: pod to IPv4 that is not on the internet: the pod's address becomes the node's",
        arguments: [("10.0.32.10", UInt16(10250)), ("10.1.16.5", 5432), ("192.168.10.20", 443)])
    func s17(_ to: String, _ port: UInt16) throws {
        let trace = try Statements.trace("client", to, .tcp, port).trace
        #expect(trace.verdict == .delivered && Statements.translations(trace.forward) == [.sourceNAT])
        #expect(trace.forward.first?.inbound?.source.description == "169.254.172.2")
        #expect(
            trace.forward.last?.inbound?.source == nodeA && trace.forward.last?.inbound?.destination == IPAddress(to))
    }

    @Test("S18: pod to IPv4 on the internet: the node's address, then the NAT gateway's public one")
    func s18() throws {
        let trace = try Statements.trace("client", "93.184.216.34").trace
        #expect(trace.verdict == .delivered && Statements.translations(trace.forward) == [.sourceNAT, .natGateway])
        let sources = trace.forward.compactMap { $0.translation?.after.source.description }
        #expect(sources == ["10.0.16.10", "198.51.100.11"])
    }

    @Test("S19: each translation keeps its own state, and the reply is translated back twice")
    func s19() throws {
        let trace = try Statements.trace("client", "93.184.216.34").trace
        #expect(Statements.translations(trace.reply) == [.natGateway, .sourceNAT])
        let destinations = trace.reply.compactMap { $0.translation?.after.destination.description }
        #expect(destinations == ["10.0.16.10", "169.254.172.2"])
        // Without the state of either, nothing comes back in: packets from outside to the gateway's address are dropped.
        let stray = try Statements.trace("internet/93.184.216.34", "198.51.100.11").trace
        #expect(stray.verdict == .blocked && stray.codes == [.natNoConnection])
        let cluster = try Statements.cluster()
        let state = NetworkState(connectionsPerElement: 1)
        func again(_ port: UInt16) throws -> Trace {
            try cluster.trace(
                TraceRequest(
                    from: cluster.endpoint(named: "client"), to: .internet(IPAddress("93.184.216.34")!), port: 443,
                    sourcePort: port), in: state)
        }
        #expect(try again(40_000).verdict == .delivered)
        // A table of one: the node's own state is full, before the NAT gateway has seen a packet.
        #expect(try again(40_001).codes == [.connectionLimit])
        #expect(state.refusals(of: "node/ip-10-0-16-10.ec2.internal").values.reduce(0, +) == 1)
        #expect(state.refusals(of: "nat-0a").isEmpty)
    }

    @Test("S20: pod to IPv6 on the internet: untranslated, through the egress-only gateway")
    func s20() throws {
        let trace = try Statements.trace("client", "2606:2800:220:1:248:1893:25c8:1946").trace
        #expect(trace.verdict == .delivered && trace.isUntranslated)
        #expect(Statements.translations(trace.forward + trace.reply).isEmpty)
        #expect(trace.forward.contains { $0.component.id == "eigw-0demo" })
    }

    @Test("S21: the source of IPv4 traffic is the node's primary address, also when it has several interfaces")
    func s21() throws {
        let second = #"""
            {"NetworkInterfaceId":"eni-0second","SubnetId":"subnet-0private-a","VpcId":"vpc-0demo","InterfaceType":"interface","Description":"aws-K8S-i-0node-a","SourceDestCheck":true,"Groups":[{"GroupId":"sg-0cluster","GroupName":"cluster"}],"Ipv6Addresses":[],"PrivateIpAddresses":[{"PrivateIpAddress":"10.0.16.200","Primary":true}],"Attachment":{"DeviceIndex":1,"InstanceId":"i-0node-a","Status":"attached"}},
            """#
        let edit = ExampleCluster.Edit(
            "ec2-describe-network-interfaces.json", after: "{", #""NetworkInterfaces":["#,
            #""NetworkInterfaces":["# + second)
        #expect(try Statements.cluster([edit]).network.interfaces(ofInstance: "i-0node-a").count == 2)
        for to in ["10.1.16.5", "93.184.216.34"] {
            let trace = try Statements.trace("client", to, .tcp, to == "10.1.16.5" ? 5432 : 443, [edit]).trace
            let translation = try #require(trace.forward.compactMap(\.translation).first { $0.kind == .sourceNAT })
            #expect(trace.verdict == .delivered && translation.after.source == nodeA)
        }
    }

    @Test("S22: the limit of a NAT gateway is 55,000 a destination, and an idle connection is dropped after 350 s")
    func s22() throws {
        // The limit itself, with 55,001 connections, is F49; here the trace's gateway is that of the translator's tests.
        #expect(Translation.NATGateway<IPv6Address>.connectionsPerDestination == 55_000)
        let cluster = try Statements.cluster()
        let state = NetworkState(connectionsPerElement: 16)
        let request = try TraceRequest(
            from: cluster.endpoint(named: "client"), to: .internet(IPAddress("93.184.216.34")!), port: 443,
            sourcePort: 40_000)
        #expect(try cluster.trace(request, in: state).verdict == .delivered)
        state.pass(seconds: 351)
        #expect(try cluster.trace(request, in: state).verdict == .delivered)
    }

    @Test("S23: a name with only an A record goes by IPv4, and one with both by IPv6")
    func s23() throws {
        let ipv4 = try Statements.trace("client", "ipv4only.example.net").trace
        #expect(ipv4.verdict == .delivered && Statements.translations(ipv4.forward) == [.sourceNAT, .natGateway])
        let both = try Statements.trace("client", "example.com").trace
        #expect(both.verdict == .delivered && both.forward.first?.inbound?.family == .ipv6 && both.isUntranslated)
    }
}

@Suite("Statements: inside the cluster")
struct ClusterStatements {
    @Test("S24: pod to pod is IPv6, on one node and across nodes, untranslated")
    func s24() throws {
        for to in ["web-1", "web-2", "api-1"] {
            let trace = try Statements.trace("client", to, .tcp, 8080).trace
            #expect(
                trace.verdict == .delivered && trace.isUntranslated && trace.forward.first?.inbound?.family == .ipv6)
        }
    }

    @Test(
        "S25: new IPv4 connections forwarded to 169.254.172.0/22 are rejected; replies, and what is not forwarded, pass"
    )
    func s25() throws {
        let forwarded = try Statements.trace("client", "169.254.172.3", .tcp, 8080).trace
        #expect(forwarded.verdict == .rejected && forwarded.codes == [.podIPv4Blocked])
        #expect(try Statements.trace("client", "93.184.216.34").verdict == .delivered, "a reply to 169.254.172.2")
        let otherNode = try Statements.trace("client", "10.0.32.10", .tcp, 10250).trace
        #expect(otherNode.verdict == .delivered && Statements.translations(otherNode.forward) == [.sourceNAT])
        #expect(try Statements.trace("node-a", "169.254.172.2", .tcp, 8080).verdict == .delivered, "not forwarded")
        let ownNode = try Statements.trace("client", "10.0.16.10", .tcp, 10250).trace
        #expect(ownNode.verdict == .delivered && ownNode.isUntranslated)
    }

    private let slices = "kubectl-get-endpointslices.yaml"
    private let services = "kubectl-get-services.yaml"

    @Test("S26: services translate to one ready endpoint, and replies back; affinity, conditions and named ports count")
    func s26() throws {
        let web = try Statements.trace("client", "service/web", .tcp, 80).trace
        #expect(web.verdict == .delivered && web.branches.map(\.share) == [0.5, 0.5])
        for branch in web.branches {
            #expect(
                Statements.translations(branch.forward) == [.service]
                    && Statements.translations(branch.reply) == [.service])
            #expect(branch.reply.last?.inbound?.source.description == "fd30:4a7c:1b2e::1234")
            #expect(
                branch.forward.last?.inbound?.classes.first?.destinationPorts == PortSet(8080), "http → 8080, by name")
        }
        let cluster = try Statements.cluster()
        for service in cluster.services.values { #expect(service.clusterAddresses.allSatisfy { $0.family == .ipv6 }) }
        let unready = ExampleCluster.Edit(
            slices, after: "kubernetes.io/service-name: web\n", "ready: true\n      serving: true",
            "ready: false\n      serving: false")
        let one = try Statements.trace("client", "service/web", .tcp, 80, [unready]).trace
        #expect(one.verdict == .delivered && one.branches.count == 1)
        let affinity = ExampleCluster.Edit(
            services, after: "    clusterIP: fd30:4a7c:1b2e::1234", "    ports:",
            "    sessionAffinity: ClientIP\n    ports:")
        #expect(try Statements.trace("client", "service/web", .tcp, 80, [affinity]).text.contains("ClientIP affinity"))
        let none = try Statements.trace("client", "service/empty", .tcp, 80).trace
        #expect(none.verdict == .rejected && none.codes == [.serviceHasNoEndpoints])
        #expect(try Statements.findings(.serviceWithoutEndpoints, []).map(\.component.id) == ["service/default/empty"])
    }

    @Test("S27: an address of the service block without a service follows the routes, and is dropped")
    func s27() throws {
        let trace = try Statements.trace("client", "fd30:4a7c:1b2e::dead", .tcp, 80).trace
        #expect(trace.verdict == .blocked && trace.codes == [.destinationNotOnInternet])
        #expect(trace.forward.last?.component.id == "eigw-0demo")
        #expect(trace.forward.contains { $0.route?.route.target.id == "eigw-0demo" })
    }

    @Test("S28: NodePort and LoadBalancer services, and both traffic policies Local")
    func s28() throws {
        for (node, masquerades) in [("node-a", true), ("node-b", true)] {
            let trace = try Statements.trace("api-1", node, .tcp, 30600).trace
            #expect(trace.verdict == .delivered)
            #expect(Statements.translations(trace.forward).contains(.masquerade) == masquerades)
        }
        let external = ExampleCluster.Edit(
            services, after: "    clusterIP: fd30:4a7c:1b2e::6000", "    ports:",
            "    externalTrafficPolicy: Local\n    ports:")
        let elsewhere = try Statements.trace("api-1", "node-a", .tcp, 30600, [external]).trace
        #expect(elsewhere.verdict == .blocked && elsewhere.codes == [.serviceHasNoLocalEndpoints])
        let here = try Statements.trace("api-1", "node-b", .tcp, 30600, [external]).trace
        #expect(
            here.verdict == .delivered && Statements.translations(here.forward) == [.service],
            "the client's address is kept")
        let `internal` = ExampleCluster.Edit(
            services, after: "    clusterIP: fd30:4a7c:1b2e::1234", "    ports:",
            "    internalTrafficPolicy: Local\n    ports:")
        let local = try Statements.trace("client", "service/web", .tcp, 80, [`internal`]).trace
        #expect(local.verdict == .delivered && local.branches.count == 1)
        #expect(local.forward.last?.component.id == "pod/default/web-1")
        let remote = try Statements.trace("api-1", "service/web", .tcp, 80, [`internal`]).trace
        #expect(remote.verdict == .blocked && remote.codes == [.serviceHasNoLocalEndpoints])
        #expect(try Statements.trace("internet/203.0.113.50", "load-balancer/game", .tcp, 6000).verdict == .delivered)
    }
}
