import IPAddresses
import VPC

extension Validator {
    /// The block that services have their addresses of: S08, S09.
    mutating func checkServices() {
        let configuration = cluster.configuration
        let component = Component(.cluster, "cluster/\(configuration.name ?? "")")
        if let block = configuration.serviceBlock, configuration.ipFamily == .ipv6 {
            let fixedAtCreation =
                "the block is chosen when a cluster is created: make a new cluster, without naming one"
            if case .v6(let prefix) = block, prefix.bits &>> 120 == 0xFD, prefix.length >= 8 {
                if prefix.length != 108 {
                    add(
                        .serviceBlockSize, .error, component,
                        "the service block \(block) is a /\(block.length), not a /108",
                        fix: fixedAtCreation)
                }
            } else {
                add(
                    .serviceBlockNotUniqueLocal, .error, component,
                    "the service block \(block) is not in fd00::/8: services have unique local addresses",
                    fix: fixedAtCreation)
            }
        }
        if let before = earlier?.configuration.serviceBlock, let now = configuration.serviceBlock, before != now {
            add(
                .serviceBlockChanged, .error, component,
                "the service block was \(before), and is \(now): it never changes",
                fix: "check that both snapshots are of one cluster; services of \(before) are unreachable")
        }
        for service in ordered(cluster.services) { check(service) }
    }

    private mutating func check(_ service: Service) {
        if let block = cluster.configuration.serviceBlock {
            for address in service.clusterAddresses where !block.contains(address) {
                add(
                    .serviceAddressOutsideBlock, .error, Self.component(service),
                    "service/\(service.id) has the cluster address \(address), outside of the service block \(block)",
                    fix: "recreate the service, without naming a clusterIP")
            }
        }
        if cluster.endpointSlices.isEmpty || service.kind == .externalName { return }
        let isReady = (cluster.endpointSlices[service.id] ?? []).contains { $0.endpoints.contains(where: \.isReady) }
        if !isReady {
            add(
                .serviceWithoutEndpoints, .warning, Self.component(service),
                "service/\(service.id) has no ready endpoint: connections to it are rejected",
                fix: "check that its selector matches pods, and that they are ready")
        }
    }
}
