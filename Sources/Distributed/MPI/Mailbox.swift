import CMPIShim

/// Messages of doubles between ranks that are sent and received while both go on with their work.
///
/// They travel on a communicator of their own, so that no other message is taken for one of them.
final class Mailbox {
  /// A message that has arrived.
  struct Message {
    let source: Int
    let tag: Int
    let numbers: [Double]
  }

  /// A message on its way to this rank, or from it.
  private struct Transfer {
    let buffer: UnsafeMutableBufferPointer<Double>
    let request: OpaquePointer?
    var source = 0
    var tag = 0
  }

  private let communicator: Communicator
  private var sending: [Transfer] = []
  private var receiving: [Transfer] = []
  /// Messages that are received at a time at the most, which bounds their memory.
  private static let mostReceiving = 64

  init(_ communicator: Communicator) { self.communicator = communicator }

  deinit { for transfer in sending + receiving { transfer.buffer.deallocate() } }

  /// Sends numbers to another rank (`MPI_Issend`).
  func send(_ numbers: [Double], to rank: Int, tag: Int) throws {
    _ = try isAllReceived()
    let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: numbers.count)
    _ = buffer.initialize(from: numbers)
    var request: OpaquePointer?
    let code = shim_mpi_start_send(buffer.baseAddress, Int32(numbers.count), Int32(rank), Int32(tag), &request)
    sending.append(Transfer(buffer: buffer, request: request))
    try communicator.check(code, "MPI_Issend")
  }

  /// Whether all that was sent has been received.
  func isAllReceived() throws -> Bool {
    try sending.removeAll { transfer in
      guard try isComplete(transfer.request) else { return false }
      transfer.buffer.deallocate()
      return true
    }
    return sending.isEmpty
  }

  /// A message that has arrived; nil where there is none (`MPI_Iprobe`, `MPI_Irecv`).
  func next() throws -> Message? {
    while receiving.count < Self.mostReceiving, try startReceiving() {}
    guard let index = try receiving.firstIndex(where: { try isComplete($0.request) }) else { return nil }
    let transfer = receiving.remove(at: index)
    defer { transfer.buffer.deallocate() }
    return Message(source: transfer.source, tag: transfer.tag, numbers: Array(transfer.buffer))
  }

  private func startReceiving() throws -> Bool {
    var (source, tag, count): (Int32, Int32, Int32) = (-1, 0, 0)
    try communicator.check(shim_mpi_probe(&source, &tag, &count), "MPI_Iprobe")
    guard source >= 0 else { return false }
    let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: Int(count))
    buffer.initialize(repeating: 0)
    var request: OpaquePointer?
    let code = shim_mpi_start_receive(buffer.baseAddress, count, source, tag, &request)
    receiving.append(Transfer(buffer: buffer, request: request, source: Int(source), tag: Int(tag)))
    try communicator.check(code, "MPI_Irecv")
    return true
  }

  /// Tells all ranks that this one has come to a barrier, which `isComplete` asks after (`MPI_Ibarrier`).
  func startBarrier() throws -> OpaquePointer? {
    var request: OpaquePointer?
    try communicator.check(shim_mpi_start_barrier(&request), "MPI_Ibarrier")
    return request
  }

  /// Whether a request is complete, which frees it: not to be asked again (`MPI_Test`).
  func isComplete(_ request: OpaquePointer?) throws -> Bool {
    var isComplete: Int32 = 0
    try communicator.check(shim_mpi_is_complete(request, &isComplete), "MPI_Test")
    return isComplete != 0
  }
}
