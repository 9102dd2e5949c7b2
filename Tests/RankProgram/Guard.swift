import Distributed
import Foundation

/// What goes wrong on the last rank while the others wait for it: `FAULT PLACE FILE MARK`.
///
/// The fault is `segv`, `abort`, `trap`, `overflow` (of the stack), `loop` or `sleep`; the place `call`, inside of a guarded
/// call, `watch`, between calls that are watched together, `before`, with no call, `after` a library failed on the file, or
/// `thread`, on another thread during a call. `later` is a call after much work, without a fault. The mark is a file that is
/// made when the `sleep` begins.
func failGuarded(_ arguments: [String], _ ranks: Communicator) throws -> Never {
  let (fault, place, file, mark) = (arguments[0], arguments[1], ForeignFile(known: arguments[2]), arguments[3])
  if ranks.rank == ranks.size - 1 {
    // The first call of all sets the guard.
    file.call {}
    switch place {
    case "call": file.call { fail(fault, mark) }
    case "watch":
      file.watch {
        file.call {}
        fail(fault, mark)
      }
    case "later":
      let start = clock()
      while Double(clock() - start) < 12e6 {}
      _ = file.call { sleep(1) }
    case "after":
      _ = file.failed(JobError(.inputData, "it failed"))
      fail(fault, mark)
    case "thread":
      file.call {
        Thread.detachNewThread { fail(fault, mark) }
        // A signal, as of a process that MPI started, ends a sleep.
        while getppid() >= 0 { sleep(600) }
      }
    default: fail(fault, mark)
    }
  }
  try ranks.barrier()
  exit(0)
}

private func fail(_ fault: String, _ mark: String) {
  switch fault {
  case "segv": UnsafeMutablePointer<Int>(bitPattern: 64)?.pointee = 1
  case "abort": abort()
  case "trap": fatalError("a trap")
  case "overflow": print(depth(1))
  case "loop": while getppid() >= 0 {}
  default:
    _ = FileManager.default.createFile(atPath: mark, contents: nil)
    while getppid() >= 0 { sleep(600) }
  }
}

private func depth(_ number: Int) -> Int { number > 0 ? depth(number + 1) + depth(number + 2) : number }
