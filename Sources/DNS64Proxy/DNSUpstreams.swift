import DNS64
import NIOCore
import NIOPosix

/// Resolvers that are asked one after another: over UDP, and over TCP where an answer is truncated (RFC 7766 5).
public struct DNSUpstreams: DNSUpstream {
    let addresses: [SocketAddress]
    let timeout: TimeAmount
    let group: any EventLoopGroup

    public func ask(_ query: [UInt8]) async -> [UInt8]? {
        guard query.count >= 12 else { return nil }
        for address in addresses {
            // Every question from a port and under an identifier of its own (RFC 5452 9.2).
            var bytes = query
            let id = UInt16.random(in: 0...(.max))
            (bytes[0], bytes[1]) = (UInt8(id >> 8), UInt8(truncatingIfNeeded: id))
            guard var answer = await exchange(bytes, address, overTCP: false) else { continue }
            if answer[2] & 0x02 != 0, let whole = await exchange(bytes, address, overTCP: true) { answer = whole }
            (answer[0], answer[1]) = (query[0], query[1])
            return answer
        }
        return nil
    }

    /// - Returns: nil where no answer to the question came in time.
    private func exchange(_ query: [UInt8], _ address: SocketAddress, overTCP: Bool) async -> [UInt8]? {
        let promise = group.next().makePromise(of: [UInt8]?.self)
        let channel: any Channel
        do {
            if overTCP {
                channel = try await ClientBootstrap(group: group).connectTimeout(timeout)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandlers([
                                ByteToMessageHandler(DNSFrameDecoder()),
                                StreamExchangeHandler(DNSExchange(query: query, promise: promise)),
                            ])
                        }
                    }.connect(to: address).get()
            } else {
                channel = try await DatagramBootstrap(group: group)
                    .channelOption(.maxMessagesPerRead, value: 1)
                    .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_535))
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(
                                DatagramExchangeHandler(DNSExchange(query: query, promise: promise)))
                        }
                    }.connect(to: address).get()
            }
        } catch {
            promise.succeed(nil)
            return nil
        }
        let scheduled = channel.eventLoop.scheduleTask(in: timeout) { promise.succeed(nil) }
        let answer = try? await promise.futureResult.get()
        scheduled.cancel()
        channel.close(promise: nil)
        return answer ?? nil
    }
}

/// A query that is on its way, and what its answer fulfils.
struct DNSExchange {
    let query: [UInt8]
    let promise: EventLoopPromise<[UInt8]?>

    /// Takes what has come, if it is an answer under the query's identifier, to its question.
    func take(_ buffer: ByteBuffer) {
        let answer = Array(buffer.readableBytesView)
        guard answer.count >= 12, answer[0] == query[0], answer[1] == query[1], answer[2] & 0x80 != 0,
            let asked = try? DNSMessage(query), let message = try? DNSMessage(answer)
        else { return }
        // An error may come without the question.
        guard message.questions == asked.questions || message.questions.isEmpty && message.responseCode != .noError
        else { return }
        promise.succeed(answer)
    }

    func fail(_ context: ChannelHandlerContext) {
        promise.succeed(nil)
        context.close(promise: nil)
    }
}

/// Sends a query over UDP, and waits for its answer.
final class DatagramExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>
    private let exchange: DNSExchange

    init(_ exchange: DNSExchange) { self.exchange = exchange }

    func channelActive(context: ChannelHandlerContext) {
        guard let remote = context.channel.remoteAddress else { return exchange.fail(context) }
        let envelope = AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: exchange.query))
        context.writeAndFlush(wrapOutboundOut(envelope), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { exchange.take(unwrapInboundIn(data).data) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { exchange.fail(context) }

    func channelInactive(context: ChannelHandlerContext) { exchange.promise.succeed(nil) }
}

/// Sends a query over TCP, and waits for its answer.
final class StreamExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let exchange: DNSExchange

    init(_ exchange: DNSExchange) { self.exchange = exchange }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(framing: exchange.query)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { exchange.take(unwrapInboundIn(data)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { exchange.fail(context) }

    func channelInactive(context: ChannelHandlerContext) { exchange.promise.succeed(nil) }
}

extension ByteBuffer {
    /// A message after its length (RFC 1035 4.2.2).
    init(framing message: [UInt8]) {
        self.init()
        writeInteger(UInt16(truncatingIfNeeded: message.count))
        writeBytes(message)
    }
}

/// Messages over TCP, each after its length in two bytes (RFC 1035 4.2.2).
struct DNSFrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt16.self),
            buffer.readableBytes >= 2 + Int(length)
        else { return .needMoreData }
        buffer.moveReaderIndex(forwardBy: 2)
        guard let message = buffer.readSlice(length: Int(length)) else { return .needMoreData }
        context.fireChannelRead(wrapInboundOut(message))
        return .continue
    }
}
