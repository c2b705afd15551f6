import Translation

extension PacketGateway {
    /// What the gateway counts, in Prometheus' text format (version 0.0.4).
    public var metrics: String {
        var text = MetricsText()
        let names: [(GatewayCounters.Kind, String, String)] = [
            (.receivedPackets, "received_packets", "Packets read from the device; uncut segments count as one."),
            (.receivedBytes, "received_bytes", "Bytes of packets read from the device."),
            (.sentPackets, "sent_packets", "Packets written to the device."),
            (.sentBytes, "sent_bytes", "Bytes of packets written to the device."),
            (.segmentedPackets, "segmented_packets", "Packets that were translated uncut."),
            (.joinedPackets, "joined_packets", "Datagrams that were written together with the one before."),
            (.answers, "answers", "ICMP errors and resets sent."),
            (.held, "held_fragments", "Fragments that waited for their first one."),
            (.refused, "refused_packets", "Packets that were dropped, for all reasons."),
            (.unsentPackets, "unsent_packets", "Packets that the kernel did not take."),
            (.unrouted, "unrouted_packets", "Packets without a route, or with one that drops them."),
            (
                .leftToKernel, "left_to_kernel_packets",
                "Packets that the interfaces' sockets could not send: neighbour not known, too long, no route."
            ),
            (.malformed, "malformed_packets", "Packets whose offload header makes no sense for them."),
        ]
        for (kind, name, help) in names {
            text.family("dataplane_\(name)_total", "counter", help)
            for (queue, counters) in counters.enumerated() {
                text.sample("dataplane_\(name)_total", labels(queue), "\(counters[kind])")
            }
        }
        let translator = translator
        text.family("dataplane_refusals_total", "counter", "Packets and connections that were refused, by reason.")
        for reason in Refusal.allCases {
            text.sample(
                "dataplane_refusals_total", [("reason", reason.rawValue)], "\(translator.refusals(reason))")
        }
        text.family("dataplane_limited_errors_total", "counter", "ICMP errors held back by the limit.")
        text.sample("dataplane_limited_errors_total", [], "\(router.limitedErrors)")
        text.family("dataplane_connections", "gauge", "Entries of the connection table: sessions and mappings.")
        text.sample("dataplane_connections", [], "\(translator.connections)")
        interfaces(&text)
        histogram(&text)
        return text.text
    }

    private func labels(_ worker: Int) -> [(String, String)] {
        let name = backend.workers[worker]
        return [("device", name.device), ("queue", "\(name.queue)")]
    }

    private func interfaces(_ text: inout MetricsText) {
        let counts = backend.interfaceCounts
        if counts.isEmpty { return }
        let families: [(String, String, KeyPath<InterfaceCounts, UInt64>)] = [
            ("received", "Packets read from the interface's socket.", \.received),
            ("sent", "Packets written to the interface's socket.", \.sent),
            ("dropped", "Packets that the interface's socket had no room for.", \.dropped),
        ]
        for (name, help, value) in families {
            text.family("dataplane_interface_\(name)_packets_total", "counter", help)
            for count in counts {
                text.sample(
                    "dataplane_interface_\(name)_packets_total",
                    [("interface", count.interface), ("queue", "\(count.queue)")], "\(count[keyPath: value])")
            }
        }
    }

    private func histogram(_ text: inout MetricsText) {
        let name = "dataplane_batch_seconds"
        text.family(name, "histogram", "From reading a batch of packets to having written it.")
        for (queue, counters) in counters.enumerated() {
            var sum: UInt64 = 0
            for (index, count) in counters.histogram.enumerated() {
                sum += count
                let bound =
                    index < GatewayCounters.bounds.count ? "\(Double(GatewayCounters.bounds[index]) / 1e6)" : "+Inf"
                text.sample(name + "_bucket", labels(queue) + [("le", bound)], "\(sum)")
            }
            text.sample(name + "_sum", labels(queue), "\(Double(counters.batchTime) / 1e9)")
            text.sample(name + "_count", labels(queue), "\(sum)")
        }
    }
}

/// Text in Prometheus' exposition format.
private struct MetricsText {
    var text = ""

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        let list = labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
        text += name + (list.isEmpty ? "" : "{\(list)}") + " \(value)\n"
    }
}
