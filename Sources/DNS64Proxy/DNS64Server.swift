import DNS64
import NIOCore
import NIOPosix
import Synchronization

/// A DNS64 proxy on UDP and TCP.
public final class DNS64Server: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let channels: [any Channel]

    /// Where it listens, over UDP and TCP alike, as bound.
    public let endpoints: [(host: String, port: Int)]

    /// What a server is made of.
    public struct Configuration: Sendable {
        public var dns64: DNS64

        /// Addresses in text, and ports; port 0 is any that is free.
        public var listen: [(host: String, port: Int)]
        public var upstream: [(host: String, port: Int)]
        public var cacheEntries = 10_000

        /// In seconds, for each resolver.
        public var timeout = 2
        public var threads = 2

        public init(_ dns64: DNS64, listen: [(host: String, port: Int)], upstream: [(host: String, port: Int)]) {
            (self.dns64, self.listen, self.upstream) = (dns64, listen, upstream)
        }
    }

    /// Starts to listen.
    ///
    /// - Throws: what the system says of an address that can't be bound.
    public init(_ configuration: Configuration) async throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        let upstream = DNSUpstreams(
            addresses: try configuration.upstream.map { try SocketAddress(ipAddress: $0.host, port: $0.port) },
            timeout: .seconds(Int64(configuration.timeout)), group: group)
        let resolver = DNS64Resolver(
            configuration.dns64, upstream: upstream, cache: DNSCache(capacity: configuration.cacheEntries)
        ) { NIODeadline.now().uptimeNanoseconds / 1_000_000_000 }
        let load = DNSLoad()
        var channels: [any Channel] = []
        do {
            for (host, port) in configuration.listen {
                let udp = try await DatagramBootstrap(group: group)
                    .channelOption(.socketOption(.so_reuseaddr), value: 1)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(DatagramHandler(resolver, load))
                        }
                    }.bind(host: host, port: port).get()
                channels.append(udp)
                let tcp = try await ServerBootstrap(group: group)
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .childChannelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandlers([
                                // Whoever asks nothing for that long is let go (RFC 7766 6.2.3).
                                IdleStateHandler(allTimeout: .seconds(30)), ByteToMessageHandler(DNSFrameDecoder()),
                                StreamHandler(resolver, load),
                            ])
                        }
                    }.bind(host: host, port: udp.localAddress?.port ?? port).get()
                channels.append(tcp)
            }
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        self.channels = channels
        // Every second one is a TCP channel of the same address.
        endpoints = stride(from: 0, to: channels.count, by: 2).compactMap { index in
            channels[index].localAddress.flatMap { address in
                address.ipAddress.map { ($0, address.port ?? 0) }
            }
        }
    }

    /// Runs until ``stop()``.
    public func wait() async throws { for channel in channels { try await channel.closeFuture.get() } }

    public func stop() async throws {
        for channel in channels { try? await channel.close() }
        try await group.shutdownGracefully()
    }
}

/// How many queries are being answered: beyond a bound they are dropped, as a full socket would.
final class DNSLoad: Sendable {
    private let count = Atomic<Int>(0)
    static let most = 4096

    func begin() -> Bool {
        if count.wrappingAdd(1, ordering: .relaxed).newValue <= Self.most { return true }
        end()
        return false
    }

    func end() { count.wrappingSubtract(1, ordering: .relaxed) }
}

/// Queries over UDP.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let resolver: DNS64Resolver<DNSUpstreams>
    private let load: DNSLoad

    init(_ resolver: DNS64Resolver<DNSUpstreams>, _ load: DNSLoad) { (self.resolver, self.load) = (resolver, load) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let query = Array(envelope.data.readableBytesView)
        guard load.begin() else { return }
        let (channel, resolver, load, client) = (context.channel, resolver, load, envelope.remoteAddress)
        Task {
            defer { load.end() }
            guard let answer = await resolver.answer(query) else { return }
            channel.writeAndFlush(
                AddressedEnvelope(remoteAddress: client, data: ByteBuffer(bytes: answer)), promise: nil)
        }
    }
}

/// Queries over TCP; several may be on their way at once, and are answered as their answers come (RFC 7766 6.2.1.1).
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let resolver: DNS64Resolver<DNSUpstreams>
    private let load: DNSLoad

    init(_ resolver: DNS64Resolver<DNSUpstreams>, _ load: DNSLoad) { (self.resolver, self.load) = (resolver, load) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let query = Array(unwrapInboundIn(data).readableBytesView)
        guard load.begin() else { return context.close(promise: nil) }
        let (channel, resolver, load) = (context.channel, resolver, load)
        Task {
            defer { load.end() }
            guard let answer = await resolver.answer(query, limit: 0xFFFF) else { return channel.close(promise: nil) }
            channel.writeAndFlush(ByteBuffer(framing: answer), promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
