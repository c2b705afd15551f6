import Gateway
import IPAddresses
import Translation

// Writes the state of a table with 20,000 connections over and over, until it is killed: StateFileTests does that.
// Arguments: the file. Prints a line for each time that the file was written.
let table = try ConnectionTable<IPv4Address>(capacity: 20_000)
let now = MonotonicTime(nanoseconds: 1 << 40)
for number: UInt32 in 0..<20_000 {
    let tuple = FiveTuple(
        from: IPv4Address(bits: 0x0A00_0000 + number), 4000, to: IPv4Address(bits: 0x5DB8_D822), 443, protocol: 6)
    _ = table.open(tuple, ConnectionStart(state: 3, lifetime: .seconds(7440)), now: now) {
        $0 == 0 ? tuple.reversed : nil
    }
}
let file = StateFile(path: CommandLine.arguments[1])
while true { print(try file.write(table, now: now)) }
