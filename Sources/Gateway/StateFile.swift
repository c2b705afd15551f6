#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import IPAddresses
import Translation

/// A file with the connections of a table. It is replaced as a whole: whoever is killed while writing it leaves the last
/// one as it was.
public struct StateFile: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// Why the file can't be written or read.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        case system(path: String, step: String, errno: Int32)
        case state(path: String, ConnectionStateError)

        public var description: String {
            switch self {
            case .system(let path, let step, let code): "\(path): can't \(step): \(String(cString: strerror(code)))"
            case .state(let path, let error): "\(path): \(error)"
            }
        }
    }

    /// Writes the connections that are in the table throughout, beside the file, and puts that in its place once it is
    /// on the disk.
    ///
    /// - Returns: the number of connections and mappings.
    @discardableResult
    public func write<Address: ConnectionAddress>(_ table: ConnectionTable<Address>, now: MonotonicTime) throws(Failure)
        -> Int
    {
        let draft = path + ".new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system(path: draft, step: "be created", errno: errno) }
        var count = 0
        do throws(Failure) {
            defer { close(file) }
            count = try ConnectionState.export(table, now: now) { (bytes) throws(Failure) in
                try write(bytes, to: file, draft)
            }
            if fsync(file) != 0 { throw .system(path: draft, step: "be flushed to disk", errno: errno) }
        } catch {
            unlink(draft)
            throw error
        }
        if rename(draft, path) != 0 { throw .system(path: path, step: "be replaced", errno: errno) }
        // The new name has to be on the disk too.
        let folder = open(
            path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]) + "/" : ".", O_RDONLY)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
        return count
    }

    private func write(_ bytes: [UInt8], to file: Int32, _ draft: String) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { pwriteAll(file, $0, from: done) }
            if count < 0, errno != EINTR { throw .system(path: draft, step: "be written", errno: errno) }
            done += max(0, count)
        }
    }

    private func pwriteAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        #if canImport(Glibc)
            return Glibc.write(file, base + start, bytes.count - start)
        #else
            return Darwin.write(file, base + start, bytes.count - start)
        #endif
    }

    /// Reads the file; nil where there is none.
    public func read() throws(Failure) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 {
            if errno == ENOENT { return nil }
            throw .system(path: path, step: "be opened", errno: errno)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = buffer.withUnsafeMutableBytes { Self.readSome(file, $0) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path: path, step: "be read", errno: errno)
            }
            bytes += buffer[..<count]
        }
    }

    private static func readSome(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            return Glibc.read(file, buffer.baseAddress, buffer.count)
        #else
            return Darwin.read(file, buffer.baseAddress, buffer.count)
        #endif
    }

    /// Opens the connections of the file, if there is one; else nothing is restored.
    public func restore<Address: ConnectionAddress>(into nat: NAPT<Address>, now: MonotonicTime) throws(Failure)
        -> RestoreSummary
    {
        try restore { state throws(ConnectionStateError) in try nat.restore(state, now: now) }
    }

    /// The same for whatever opens connections of a state.
    public func restore(
        _ open: (Span<UInt8>) throws(ConnectionStateError) -> RestoreSummary
    ) throws(Failure) -> RestoreSummary {
        guard let bytes = try read() else { return RestoreSummary() }
        do throws(ConnectionStateError) {
            return try open(bytes.span)
        } catch {
            throw .state(path: path, error)
        }
    }

    /// A file beside it, for another table.
    func beside(_ suffix: String) -> StateFile { StateFile(path: path + suffix) }
}
