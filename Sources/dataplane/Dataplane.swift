import ArgumentParser
import Foundation
import Lab

/// Where does this packet go, and what does it look like when it gets there?
struct Dataplane: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataplane",
        abstract: "Where does this packet go, and what does it look like when it gets there?",
        discussion: """
            Follows packets through an IPv6 EKS cluster and its VPCs, offline, from a snapshot of read-only calls.
            Exit codes: 0 yes, found, valid; 1 no, not found; 2 bad usage or bad input.
            """,
        version: "0.1.0",
        subcommands: [
            TraceCommand.self, ValidateCommand.self, DiffCommand.self, DrawCommand.self, LookupCommand.self,
            MaxPodsCommand.self,
            SimulateCommand.self,
            CollectCommand.self,
            ReplayCommand.self,
            DNS64Command.self, GatewayCommand.self, LabCommand.self,
        ]
    )
}

@main
enum Main {
    static func main() {
        do {
            var command = try Dataplane.parseAsRoot()
            try command.run()
        } catch let error as BadInput {
            fail("error: \(error.message)")
        } catch let error as LabError {
            fail("error: \(error)")
        } catch {
            let code = Dataplane.exitCode(for: error)
            // Help, the version, a completion script: what was asked for. A plain code: what a command found.
            if code.isSuccess || error is ExitCode { Dataplane.exit(withError: error) }
            fail(Dataplane.fullMessage(for: error))
        }
    }

    /// Bad usage and bad input end with 2.
    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(2)
    }
}

/// Something that a person can fix in what was given.
struct BadInput: Error {
    var message: String

    init(_ message: String) { self.message = message }
}
