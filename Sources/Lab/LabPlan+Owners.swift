import Cluster
import IPAddresses
import VPC

extension LabPlan {
    private var network: Network { cluster.network }

    /// What an interface belongs to: a node with its pods, a NAT gateway, a load balancer, or a plain host.
    mutating func owner(_ interface: NetworkInterface) {
        let namespace = namespace(interface)
        name("interface/\(interface.id)", namespace)
        if let instance = interface.instanceID { name("instance/\(instance)", namespace) }
        for address in interface.ipv4Addresses {
            name("address/\(address.address)", namespace)
            if let address = address.publicAddress { name("address/\(address)", namespace) }
        }
        for address in interface.ipv6Addresses { name("address/\(address)", namespace) }
        if let gateway = network.natGateway(of: interface) {
            natGateway(gateway, namespace)
        } else if let balancer = network.loadBalancer(of: interface) {
            name("load-balancer/\(balancer.name)", namespaces["load-balancer/\(balancer.name)"] ?? namespace)
            self.balancer(balancer, interface, namespace)
        } else if cluster.apiServerInterfaces.contains(where: { $0.id == interface.id }) {
            name("api-server", namespaces["api-server"] ?? namespace)
        } else if let node = cluster.node(of: interface) {
            if node.isFargate {
                for pod in cluster.pods.values where pod.nodeName == node.name { name("pod/\(pod.id)", namespace) }
            } else {
                self.node(node, namespace)
            }
        }
    }

    private mutating func natGateway(_ gateway: NATGateway, _ namespace: String) {
        guard let address = gateway.addresses.first?.privateAddress, gateway.state == "available" else { return }
        nat64.append(namespace)
        line(
            """
            ip netns exec \(namespace) nft -f - <<'N'
            table ip dplab {
            chain input { type filter hook input priority 0; policy drop; ct state established,related accept; }
            chain forward { type filter hook forward priority 0; policy accept; meta l4proto != { tcp, udp, icmp } drop; }
            chain post { type nat hook postrouting priority srcnat; meta l4proto { tcp, udp } ip saddr != \(address) snat to \(address):1024-65535 fully-random; ip saddr != \(address) snat to \(address); }
            }
            N
            """)
    }

    /// A load balancer is a proxy for each listener, and takes nothing else.
    private mutating func balancer(_ balancer: LoadBalancer, _ interface: NetworkInterface, _ namespace: String) {
        var open: [String] = []
        for listener in balancer.listeners where listener.accepts(.tcp) {
            if !(listener.rules ?? []).isEmpty {
                skip("load-balancer/\(balancer.name) port \(listener.port): its rules ask for what is in requests")
                continue
            }
            let targets = listener.actions.flatMap(\.groups).compactMap { network.targetGroups[$0.arn] }.flatMap(
                \.receivers)
            guard let own = interface.ipv6Addresses.first, !targets.isEmpty,
                targets.allSatisfy({ IPAddress($0.id)?.family == .ipv6 })
            else {
                skip("load-balancer/\(balancer.name) port \(listener.port): its targets are not IPv6 addresses")
                continue
            }
            open.append("\(listener.port)")
            proxies.append(
                Proxy(
                    namespace: namespace, port: listener.port, address: own,
                    targets: targets.map { "\($0.id)/\($0.port)" }))
        }
        let accept = open.isEmpty ? "" : "tcp dport { \(open.joined(separator: ", ")) } accept"
        line(
            """
            ip netns exec \(namespace) nft -f - <<'N'
            table inet dplab { chain input { type filter hook input priority 0; policy drop;
            ct state established,related accept
            meta l4proto { icmp, icmpv6 } accept
            \(accept)
            }
            }
            N
            """)
    }

    private mutating func node(_ node: Node, _ namespace: String) {
        name("node/\(node.name)", namespace)
        let pods = cluster.pods.values.filter { $0.nodeName == node.name && !$0.usesHostNetwork && !$0.isFinished }
            .sorted { $0.id < $1.id }
        for (number, pod) in pods.enumerated() {
            let own = "\(namespace)p\(number)"
            add(namespace: own)
            connect(namespace, "h\(number)", own, "eth0", gateway: "169.254.1.2")
            for address in pod.addresses + (pod.assumedIPv4.map { [.v4($0)] } ?? []) {
                let isIPv6 = address.family == .ipv6
                line("ip -n \(own) addr add \(IPPrefix(host: address)) dev eth0\(isIPv6 ? " nodad" : "")")
                line(
                    isIPv6
                        ? "ip -n \(namespace) -6 route add \(address)/128 via fe80::2 dev h\(number)"
                        : "ip -n \(namespace) route add \(address)/32 dev h\(number)")
                if isIPv6 { name("address/\(address)", own) }
            }
            defaultRoute(own, "eth0", gateway: "169.254.1.2")
            name("pod/\(pod.id)", own)
            policies(of: pod, on: node, own)
        }
        agents(of: namespace)
        rules(of: node, namespace)
    }

    /// The CNI plugin's source NAT and REJECT rule, and kube-proxy's translations.
    private mutating func rules(of node: Node, _ namespace: String) {
        guard let primary = cluster.interfaces(of: node).first?.primaryIPv4 else { return }
        let random = cluster.configuration.cni.randomizesSourcePorts ? ":1024-65535 fully-random" : ""
        var text = ["table inet dplab {"]
        var translations = hostPorts(of: node)
        var refusals: [String] = []
        for service in cluster.services.values.sorted(by: { $0.id < $1.id }) {
            for port in service.ports where port.ipProtocol.hasPorts {
                let all = endpoints(service, port)
                let local =
                    service.internalTrafficIsLocal ? all.filter { $0.node == node.name } : hinted(service, all, node)
                for case .v6(let address) in service.clusterAddresses {
                    let match = "ip6 daddr \(address) \(port.ipProtocol) dport \(port.port)"
                    if all.isEmpty {
                        refusals.append(
                            "\(match) " + (port.ipProtocol == .tcp ? "reject with tcp reset" : "reject"))
                    } else if local.isEmpty {
                        refusals.append("\(match) drop")
                    } else {
                        translations.append("\(match) \(translation(local))")
                    }
                }
                guard let nodePort = port.nodePort, !all.isEmpty,
                    let own = cluster.interfaces(of: node).first?.ipv6Addresses.first
                else { continue }
                translations.append(
                    "ip6 daddr \(own) \(port.ipProtocol) dport \(nodePort) meta mark set 1 \(translation(all))")
            }
        }
        for hook in ["prerouting", "output"] {
            text.append("chain \(hook)svc { type nat hook \(hook) priority -100;")
            text += translations + ["}"]
        }
        text.append("chain post { type nat hook postrouting priority srcnat;")
        let source = "ip saddr \(HostLocalAllocator.range) oifname \"eth0\""
        text.append("meta l4proto { tcp, udp } \(source) snat ip to \(primary)\(random)")
        text.append("\(source) snat ip to \(primary)")
        text.append("meta mark 1 masquerade fully-random")
        // A service that leads back to its own client.
        for pod in cluster.pods.values where pod.nodeName == node.name && !pod.usesHostNetwork {
            for case .v6(let address) in pod.addresses {
                text.append("ct status dnat ip6 saddr \(address) ip6 daddr \(address) masquerade")
            }
        }
        text.append("}\nchain forward { type filter hook forward priority 0; policy accept;")
        text.append("ip daddr \(HostLocalAllocator.range) ct state new reject")
        text +=
            refusals + ["}\nchain output { type filter hook output priority 0; policy accept;"] + refusals + ["}\n}"]
        line("ip netns exec \(namespace) nft -f - <<'N'\n\(text.joined(separator: "\n"))\nN")
    }

    /// The endpoints whose hints are for the node's zone, where each has one and one is.
    private func hinted(
        _ service: Service, _ all: [(address: IPv6Address, port: UInt16, node: String?)], _ node: Node
    ) -> [(address: IPv6Address, port: UInt16, node: String?)] {
        let ready = (cluster.endpointSlices[service.id] ?? []).flatMap(\.endpoints).filter(\.isReady)
        guard let zone = node.availabilityZone, ready.allSatisfy({ !$0.hintedZones.isEmpty }) else { return all }
        let own = ready.filter { $0.hintedZones.contains(zone) }.flatMap(\.addresses)
        return own.isEmpty ? all : all.filter { own.contains(.v6($0.address)) }
    }

    private func endpoints(_ service: Service, _ port: Service.Port) -> [(
        address: IPv6Address, port: UInt16, node: String?
    )] {
        (cluster.endpointSlices[service.id] ?? []).flatMap {
            slice -> [(address: IPv6Address, port: UInt16, node: String?)] in
            guard
                let target = slice.ports.first(where: { $0.name == port.name && $0.ipProtocol == port.ipProtocol })?
                    .port
            else { return [] }
            return slice.endpoints.filter(\.isReady).compactMap { endpoint in
                guard case .v6(let address)? = endpoint.addresses.first else { return nil }
                return (address, target, endpoint.nodeName)
            }
        }
    }

    private func translation(_ endpoints: [(address: IPv6Address, port: UInt16, node: String?)]) -> String {
        if endpoints.count == 1 { return "dnat ip6 to [\(endpoints[0].address)]:\(endpoints[0].port)" }
        let choices = endpoints.enumerated().map { "\($0) : \($1.address) . \($1.port)" }.joined(separator: ", ")
        return "dnat ip6 to numgen random mod \(endpoints.count) map { \(choices) }"
    }
}
