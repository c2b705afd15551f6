import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP server: GET of a path is answered by a closure, for metrics and health.
public struct MetricsServer: Sendable {
    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup

    /// An answer: status 200 unless told otherwise.
    public struct Answer: Sendable {
        public var status: Int
        public var contentType: String
        public var body: String

        public init(_ body: String, status: Int = 200, contentType: String = "text/plain; version=0.0.4") {
            self.body = body
            self.status = status
            self.contentType = contentType
        }
    }

    /// Listens; `answer` gets the path, and gives nil where there is nothing.
    public init(host: String, port: Int, answer: @escaping @Sendable (String) -> Answer?) throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            channel = try ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                        try channel.pipeline.syncOperations.addHandler(Handler(answer))
                    }
                }
                .bind(host: host, port: port).wait()
        } catch {
            try? group.syncShutdownGracefully()
            throw error
        }
    }

    /// The port that it listens on.
    public var port: Int { channel.localAddress?.port ?? 0 }

    public func stop() {
        try? channel.close().wait()
        try? group.syncShutdownGracefully()
    }
}

private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (String) -> MetricsServer.Answer?
    private var head: HTTPRequestHead?

    init(_ answer: @escaping @Sendable (String) -> MetricsServer.Answer?) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end: respond(context)
        }
    }

    private func respond(_ context: ChannelHandlerContext) {
        guard let head else { return }
        self.head = nil
        let path = String(head.uri.prefix { $0 != "?" })
        let isRead = head.method == .GET || head.method == .HEAD
        let answer =
            isRead
            ? answer(path) ?? .init("there is nothing here; try /metrics and /healthz\n", status: 404)
            : .init("GET and HEAD only\n", status: 405)
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: answer.contentType)
        headers.add(name: "Content-Length", value: "\(answer.body.utf8.count)")
        headers.add(name: "Connection", value: "close")
        let response = HTTPResponseHead(
            version: head.version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        if head.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
