import CXDP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads the kernel's tables, and hears when they change (rtnetlink(7)). Used by one thread.
struct RouteMonitor: ~Copyable {
    private let news: Int32
    private let dumps: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)

    /// Why the tables can't be read.
    enum Failure: Error, CustomStringConvertible {
        case code(String, Int32)
        case message(NetlinkError)

        var description: String {
            switch self {
            case .code(let what, let code): "rtnetlink: \(what): \(String(cString: strerror(code)))"
            case .message(let error): "\(error)"
            }
        }
    }

    init() throws(Failure) {
        news = cx_routing_open(1)
        dumps = cx_routing_open(0)
        if news < 0 || dumps < 0 { throw .code("can't open a socket", -min(news, dumps)) }
    }

    deinit {
        if news >= 0 { close(news) }
        if dumps >= 0 { close(dumps) }
    }

    /// Whether anything has changed since the last time.
    mutating func hasNews() -> Bool {
        var any = false
        while true {
            let length = cx_routing_read(news, &buffer, buffer.count, 0)
            if length == 0 { return any }
            any = true
            // Some were lost (ENOBUFS), which is news too; any other error is no reason to go on.
            if length < 0, length != -Int(ENOBUFS) { return any }
        }
    }

    /// Reads links, routes and neighbours.
    mutating func read() throws(Failure) -> KernelTables {
        var tables = KernelTables()
        // RTM_GETLINK, RTM_GETROUTE, RTM_GETNEIGH.
        for kind: Int32 in [18, 26, 30] {
            try dump(kind, into: &tables)
        }
        return tables
    }

    private mutating func dump(_ kind: Int32, into tables: inout KernelTables) throws(Failure) {
        let result = cx_routing_request(dumps, kind)
        if result < 0 { throw .code("can't ask", -result) }
        while true {
            let length = cx_routing_read(dumps, &buffer, buffer.count, 2_000)
            if length < 0 { throw .code("can't read", Int32(-length)) }
            if length == 0 { throw .code("no answer", ETIMEDOUT) }
            let messages: [NetlinkMessage]
            do {
                messages = try NetlinkMessage.read(buffer.span.bytes.extracting(0..<length))
            } catch {
                throw .message(error)
            }
            for message in messages {
                if case .refused(let code) = message { throw .code("the kernel refuses", code) }
                if case .done = message { return }
                tables.take(message)
            }
        }
    }
}
