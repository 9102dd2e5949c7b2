import CMPIShim
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Signals that ask the job to stop: SIGUSR1 (Slurm's warning before the time limit), SIGTERM and SIGINT.
public enum Interruption {
  private static let flag = Atomic<Int32>(0)
  /// Keeps the sources alive; written once, before there is a second thread.
  private nonisolated(unsafe) static var sources: [DispatchSourceSignal] = []

  /// Starts listening.
  ///
  /// Must come before MPI starts, so that its threads inherit the ignored signals.
  public static func listen() {
    // A file that grows beyond a limit is an error of the write, which has a message, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGUSR1, SIGTERM, SIGINT] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        flag.store(number, ordering: .relaxed)
        shim_guard_interrupt()
      }
      source.resume()
      sources.append(source)
    }
  }

  /// The signal that arrived, or nil.
  public static var signalNumber: Int32? {
    let value = flag.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }

  /// Ends work of which nothing is kept on the way, once a signal has arrived.
  ///
  /// - Throws: exit code 75, with `moment` in the message: "while reading".
  public static func check(_ moment: String) throws {
    guard signalNumber != nil else { return }
    throw JobError(.interrupted, "interrupted by a signal \(moment); the same command starts again")
  }
}
