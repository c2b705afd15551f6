import IPAddresses
import Packets
import PrefixTrie

/// Looks up the destinations of a batch of packets of both families, in one go each. Keeps its room from batch to batch.
final class DestinationLookup {
    private var keys4: [IPv4Address] = []
    private var keys6: [IPv6Address] = []
    private var places4: [Int] = []
    private var places6: [Int] = []
    private var found: [UInt16] = []

    /// `starts`: where the packets are. `body`: told each packet's place among them, its next hop or ``NextHop/noRoute``, and
    /// whether it is of IPv4.
    func run(
        _ bytes: borrowing RawSpan, _ starts: [Int], _ ipv4: ForwardingTable<IPv4Address>,
        _ ipv6: ForwardingTable<IPv6Address>, _ body: (_ place: Int, _ hop: UInt16, _ isIPv4: Bool) -> Void
    ) {
        keys4.removeAll(keepingCapacity: true)
        keys6.removeAll(keepingCapacity: true)
        places4.removeAll(keepingCapacity: true)
        places6.removeAll(keepingCapacity: true)
        for (place, start) in starts.enumerated() {
            if bytes.uint8(at: start) >> 4 == 4 {
                keys4.append(bytes.ipv4Address(at: start + 16))
                places4.append(place)
            } else {
                keys6.append(bytes.ipv6Address(at: start + 24))
                places6.append(place)
            }
        }
        while found.count < starts.count { found.append(NextHop.noRoute) }
        if !keys4.isEmpty {
            find(ipv4, keys4)
            for (index, place) in places4.enumerated() { body(place, found[index], true) }
        }
        if !keys6.isEmpty {
            find(ipv6, keys6)
            for (index, place) in places6.enumerated() { body(place, found[index], false) }
        }
    }

    private func find<Key>(_ table: ForwardingTable<Key>, _ keys: [Key]) {
        // Changed in place: it has to leave the object for that.
        var output: [UInt16] = []
        swap(&output, &found)
        do {
            var span = output.mutableSpan
            table.lookup(keys.span, into: &span)
        }
        swap(&output, &found)
    }
}
