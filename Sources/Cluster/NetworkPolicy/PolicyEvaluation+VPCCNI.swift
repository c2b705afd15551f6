import IPAddresses
import VPC

/// The ways of the Amazon VPC CNI plugin's node agent, and of the controller that feeds it.
///
/// Addresses stand in a map of prefixes, of which the longest that holds an address decides:
///
///     rules of all policies that isolate the pod        map
///     ┌─────────────────────────────────────────┐       2001:db8::/32   tcp 443
///     │ 2001:db8::/32 except 2001:db8:1::/48    │  →    2001:db8:1::/48 nothing
///     │ pod app=web (2001:db8:2::5)   tcp 8080  │       2001:db8:2::5   tcp 8080, and tcp 443 of the wider prefix
///     └─────────────────────────────────────────┘
///
/// Source: aws/amazon-network-policy-controller-k8s, pkg/resolvers/endpoints.go; aws/aws-network-policy-agent,
/// pkg/fwruleprocessor/fw_rule_processor.go (ComputeMapEntriesFromEndpointRules).
extension PolicyEvaluation {
    /// A prefix that one peer of a rule has put into the map.
    private struct Entry {
        var prefix: IPPrefix
        var candidates: [PolicyCandidate]
        var except: [IPPrefix] = []
    }

    /// What the longest prefix of the map allows.
    func mapEntries(_ policies: [NetworkPolicy]) -> [PolicyCandidate] {
        let entries = policies.flatMap(entries(of:))
        // Exceptions of all prefixes stand in the map, whether or not these hold the address.
        let peers = policies.flatMap { rules(of: $0) }.flatMap(\.peers)
        let exceptions = peers.flatMap { peer -> [IPPrefix] in
            if case .block(_, let except) = peer { except } else { [] }
        }
        // In the order of their lengths, as the agent takes them: a prefix inherits what wider ones allow.
        var byPrefix: [(prefix: IPPrefix, candidates: [PolicyCandidate], except: [IPPrefix])] = []
        let lengths = Set(entries.map(\.prefix.length)).sorted()
        for length in lengths {
            let own = entries.filter { $0.prefix.length == length }
            guard let prefix = own.first?.prefix else { continue }
            let first = IPAddress(prefix.family, number: prefix.interval.lowerBound)
            let wider = byPrefix.filter { entry in
                !entry.except.contains { $0.contains(first) }
            }.flatMap(\.candidates)
            byPrefix.append((prefix, own.flatMap(\.candidates) + wider, own.flatMap(\.except)))
        }
        let denied = exceptions.filter { except in
            except.contains(remote) && !byPrefix.contains { $0.prefix == except }
        }.map(\.length).max()
        guard let longest = byPrefix.last, longest.prefix.length > denied ?? -1 else { return [] }
        return longest.candidates
    }

    /// The prefixes of a policy that hold the other address.
    private func entries(of policy: NetworkPolicy) -> [Entry] {
        rules(of: policy).enumerated().flatMap { position, rule -> [Entry] in
            func entry(_ prefix: IPPrefix, _ ports: [RuleMatch], _ peer: String, _ missing: String?) -> Entry? {
                // Ports that all have no number are left out; a rule without any is for all.
                if ports.isEmpty, !rule.ports.isEmpty { return nil }
                return Entry(
                    prefix: prefix, candidates: ports.map { candidate(policy, position, $0, peer, missing) })
            }
            let host = IPPrefix(host: remote)
            if rule.peers.isEmpty {
                let all: IPPrefix = remote.family == .ipv4 ? .v4(.all) : .v6(.all)
                // By Kubernetes' words: the controller's source (getAllowAllNetworkPeers) leaves ports by name out here, against
                // Kubernetes' own tests.
                return [entry(all, ports(rule.ports, of: isEgress ? remotePod : pod), "all", nil)].compactMap { $0 }
            }
            return rule.peers.flatMap { peer -> [Entry] in
                switch peer {
                case .block(let block, let except):
                    guard block.contains(remote) else { return [] }
                    var result = entry(block, ports(rule.ports, of: nil), "\(peer)", nil)
                    result?.except = except
                    return [result].compactMap { $0 }
                case .pods(let namespaces, let pods):
                    return [
                        podEntry(rule, namespaces, pods, policy).flatMap {
                            entry(host, $0.ports, "\(peer)", $0.missing)
                        },
                        serviceEntry(rule, namespaces, pods, policy).flatMap {
                            entry(host, $0.ports, "\(peer)", $0.missing)
                        },
                    ].compactMap { $0 }
                }
            }
        }
    }

    private typealias Ports = (ports: [RuleMatch], missing: String?)

    /// The other end as a pod that a peer selects.
    private func podEntry(
        _ rule: NetworkPolicy.Rule, _ namespaces: LabelSelector?, _ pods: LabelSelector?, _ policy: NetworkPolicy
    ) -> Ports? {
        // The controller takes pods of the host's network by the host's address (resolveNetworkPeers).
        let hosts = (cluster.index.hostPodsByAddress[remote] ?? []).compactMap { cluster.pods[$0] }
        let matching = ([remotePod].compactMap { $0 } + hosts).compactMap { other -> Ports? in
            guard pods?.matches(other.labels) ?? true, let match = matches(namespaces, other.namespace, of: policy)
            else {
                return nil
            }
            return (ports(rule.ports, of: isEgress ? other : pod), match.fact)
        }
        return matching.first { $0.missing == nil } ?? matching.first
    }

    /// The other end as the cluster address of a service whose selector is what the peer selects: packets are judged before
    /// kube-proxy translates them.
    private func serviceEntry(
        _ rule: NetworkPolicy.Rule, _ namespaces: LabelSelector?, _ pods: LabelSelector?, _ policy: NetworkPolicy
    ) -> Ports? {
        // Of several cluster addresses only the first is put into the map (spec.clusterIP).
        guard isEgress, let id = cluster.index.service(at: remote), let service = cluster.services[id],
            service.clusterAddresses.first == remote, pods?.matches(service.selector) ?? true,
            let match = matches(namespaces, service.namespace, of: policy)
        else { return nil }
        if rule.ports.isEmpty { return ([RuleMatch(ipProtocol: nil)], match.fact) }
        return (rule.ports.compactMap { self.port($0, of: service) }, match.fact)
    }

    /// A rule's port as the service's: the one whose target it is, by the service's own word or by its pods' names.
    private func port(_ port: NetworkPolicy.Port, of service: Service) -> RuleMatch? {
        let candidates = service.ports.filter { $0.ipProtocol == port.ipProtocol }
        func match(_ first: UInt16, _ last: UInt16?) -> RuleMatch {
            RuleMatch(ipProtocol: port.ipProtocol, ports: PortSet(first...Swift.max(first, last ?? first)))
        }
        switch port.number {
        case .all: return RuleMatch(ipProtocol: port.ipProtocol)
        case .range(let range):
            // The end of a range stays what the policy says.
            let last = range.count > 1 ? range.upperBound : nil
            if let own = candidates.first(where: { $0.targetNumber == range.lowerBound }) {
                return match(own.port, last)
            }
            let name = backends(of: service).lazy.compactMap { pod in
                pod.ports.first { $0.port == range.lowerBound && $0.ipProtocol == port.ipProtocol }?.name
            }.first
            return candidates.first { $0.target == name.map { .named($0) } }.map { match($0.port, last) }
        case .named(let name):
            if let own = candidates.first(where: { $0.target == .named(name) }) { return match(own.port, nil) }
            let number = backends(of: service).lazy.compactMap { $0.port(named: name, port.ipProtocol) }.first
            return candidates.first { number != nil && $0.targetNumber == number }.map { match($0.port, nil) }
        }
    }

    private func backends(of service: Service) -> [Pod] {
        if service.selector.isEmpty { return [] }
        let selector = LabelSelector(service.selector.map { .init($0.key, .isIn, [$0.value]) })
        return cluster.pods.values.filter {
            $0.namespace == service.namespace && !$0.isFinished && selector.matches($0.labels)
        }.sorted { $0.id < $1.id }
    }
}

extension Service.Port {
    /// The pods' port, where it is a number.
    fileprivate var targetNumber: UInt16? {
        switch target {
        case .number(let number): number
        case .named: nil
        case nil: port
        }
    }
}
