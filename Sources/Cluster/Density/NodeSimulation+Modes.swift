import IPAddresses
import VPC

extension NodeSimulation {
    /// An IPv6 node: one call at bootstrap, and none later, however many pods come and go.
    ///
    /// Each pod gets the next address of the /80 and, from ``HostLocalAllocator``, an IPv4 address.
    public static func prefixMode(_ workload: Workload) -> Report {
        var report = Report()
        report.bootstrapCalls["AssignIpv6Addresses"] = 1
        var times = WorkloadTimes(workload)
        var allocator = HostLocalAllocator()
        var running = EndTimes<IPv4Address>()
        var now = 0.0
        for _ in 0..<workload.pods {
            now += times.interval()
            let lifetime = times.lifetime()
            while let (_, address) = running.popFirst(by: now) { allocator.release(address) }
            if running.count >= workload.maxPods {
                report.unscheduled += 1
                continue
            }
            guard let address = try? allocator.allocate() else {
                report.refused += 1
                continue
            }
            report.started += 1
            running.insert(address, at: now + lifetime)
            report.peak = max(report.peak, running.count)
        }
        allocator._invariantCheck()
        return report
    }

    /// How the CNI plugin keeps addresses at hand on an IPv4 node (amazon-vpc-cni-k8s, docs/eni-and-ip-target.md).
    public struct WarmTarget: Sendable {
        /// WARM_ENI_TARGET: interfaces' worth of free addresses that are kept. 1 by default.
        public var interfaces = 1

        /// Seconds until an interface that has been asked for has its addresses: an attachment takes some 10 s.
        public var attachTime = 10.0

        /// Seconds for which a freed address rests: 30 by default.
        public var cooldown = 30.0

        public init() {}
    }

    /// An IPv4 node in secondary-address mode: a pod has a secondary address of an interface; when too few are free, another
    /// interface is created and attached, and when too many are, one is given back.
    public static func secondaryAddressMode(
        _ workload: Workload, _ type: InstanceType, _ target: WarmTarget = WarmTarget()
    ) -> Report {
        var node = SecondaryAddressNode(type, target)
        var times = WorkloadTimes(workload)
        var now = 0.0
        for _ in 0..<workload.pods {
            now += times.interval()
            node.start(at: now, lifetime: times.lifetime(), maxPods: workload.maxPods)
        }
        node.settle(until: .infinity)
        return node.report
    }
}

/// An IPv4 node's interfaces and their secondary addresses.
private struct SecondaryAddressNode {
    let addressesPerInterface: Int
    let maximumInterfaces: Int
    let target: NodeSimulation.WarmTarget
    var report = NodeSimulation.Report()

    /// Addresses in use and at rest, for each interface that is attached.
    private var used: [Int] = [0]

    /// When interfaces that have been asked for are ready.
    private var attaching: [Double] = []
    private var running = EndTimes<Int>()

    /// Pods that have no address yet, and how many at the front have got one.
    private var waiting: [(since: Double, lifetime: Double)] = []
    private var served = 0
    private var resting = EndTimes<Int>()

    init(_ type: InstanceType, _ target: NodeSimulation.WarmTarget) {
        addressesPerInterface = type.ipv4AddressesPerInterface - 1
        maximumInterfaces = type.maximumInterfaces
        self.target = target
        report.bootstrapCalls["AssignPrivateIpAddresses"] = 1
        reconcile(at: -target.attachTime, isBootstrap: true)
    }

    private var free: Int { used.reduce(0) { $0 + addressesPerInterface - $1 } }

    /// A pod is placed on the node: it gets an address, or waits for one.
    mutating func start(at now: Double, lifetime: Double, maxPods: Int) {
        settle(until: now)
        if running.count + waiting.count - served >= maxPods {
            report.unscheduled += 1
            return
        }
        waiting.append((now, lifetime))
        serve(at: now)
        reconcile(at: now)
    }

    /// Lets pods end, addresses rest and interfaces arrive, in the order of their times.
    mutating func settle(until now: Double) {
        while let next = [running.next, resting.next, attaching.first].compactMap({ $0 }).min(), next <= now {
            if let (time, interface) = running.popFirst(by: next) {
                resting.insert(interface, at: time + target.cooldown)
            } else if let (_, interface) = resting.popFirst(by: next) {
                used[interface] -= 1
            } else {
                attaching.removeFirst()
                used.append(0)
            }
            serve(at: next)
            reconcile(at: next)
        }
    }

    /// Gives free addresses to those that wait, the first one first.
    private mutating func serve(at now: Double) {
        while served < waiting.count, let interface = used.firstIndex(where: { $0 < addressesPerInterface }) {
            let (since, lifetime) = waiting[served]
            served += 1
            used[interface] += 1
            running.insert(interface, at: now + lifetime)
            report.started += 1
            report.peak = max(report.peak, running.count)
            if now > since {
                report.waits += 1
                report.waited += now - since
                report.longestWait = max(report.longestWait, now - since)
            }
        }
        if served == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            served = 0
        }
    }

    private mutating func reconcile(at now: Double, isBootstrap: Bool = false) {
        let warm = target.interfaces * addressesPerInterface
        while free + attaching.count * addressesPerInterface < warm, used.count + attaching.count < maximumInterfaces {
            count(["CreateNetworkInterface", "AttachNetworkInterface", "ModifyNetworkInterfaceAttribute"], isBootstrap)
            attaching.append(now + target.attachTime)
        }
        // The last interface goes first, and only once nothing of it is in use or at rest. The primary one stays.
        while used.count > 1, used.last == 0, free - addressesPerInterface >= warm {
            used.removeLast()
            count(["DetachNetworkInterface", "DeleteNetworkInterface"], isBootstrap)
        }
    }

    private mutating func count(_ calls: [String], _ isBootstrap: Bool) {
        for call in calls {
            if isBootstrap {
                report.bootstrapCalls[call, default: 0] += 1
            } else {
                report.laterCalls[call, default: 0] += 1
            }
        }
    }
}
