import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The most memory that this process may take, asked before something is allocated whose size comes from input.
public enum MemoryLimit {
  private struct State {
    var bytes: Int?
    var name = "the memory limit"
  }

  private static let state = Mutex(State())
  /// What is smaller is allocated without a question.
  private static let smallest = 1 << 20
  /// What is smaller than this is there on any machine that runs the program.
  private static let probed = 64 << 20

  /// Sets the limit; nil leaves what the machine has.
  ///
  /// - Parameter name: What messages call it, so that it is found on the command line.
  public static func set(_ bytes: Int?, name: String) {
    state.withLock { $0 = State(bytes: bytes, name: name) }
  }

  /// Checks that so many bytes may be taken and can be had.
  ///
  /// - Parameter what: What they are for: file and variable.
  /// - Throws: exit code 71 with both sizes.
  public static func check(_ bytes: Int, for what: @autoclosure () -> String) throws {
    guard bytes >= smallest else { return }
    let limit = state.withLock { $0 }
    if let most = limit.bytes, bytes > most {
      throw JobError(
        .memory, "\(limit.name) of \(byteText(most)) is too small: \(what()) needs \(byteText(bytes)) at once")
    }
    guard bytes >= probed else { return }
    guard bytes <= machineBytes, canMap(bytes) else {
      throw JobError(
        .memory,
        "\(what()) needs \(byteText(bytes)) of memory at once, which this process cannot get (the machine has "
          + "\(byteText(machineBytes))); expected smaller data, or a machine with more memory")
    }
  }

  /// Whether the process may have so much more memory, none of which is touched (`mmap`).
  ///
  /// Not by `malloc`, which the compiler takes away together with its `free`.
  private static func canMap(_ bytes: Int) -> Bool {
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { return false }
    munmap(memory, bytes)
    return true
  }

  /// Bytes of the machine's memory.
  public static let machineBytes = max(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)))
}
