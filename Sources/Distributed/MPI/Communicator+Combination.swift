import Foundation

extension Communicator {
  /// Combines the values of all ranks on rank 0, in the order of ranks; nil elsewhere (`MPI_Send`, `MPI_Recv`).
  ///
  /// Collective. Values go up a binary tree: no rank takes part in more than log₂(size) + 1 exchanges, and what several
  /// ranks found alike reaches rank 0 log₂(size) times instead of once from each.
  func combined<Value: Codable>(_ own: Value, _ add: (inout Value, Value) -> Void) throws -> Value? {
    var value = own
    var distance = 1
    while distance < size {
      if rank & distance != 0 {
        let bytes = [UInt8](try JSONEncoder.exact.encode(value))
        try send(withUnsafeBytes(of: Int64(bytes.count)) { [UInt8]($0) }, to: rank - distance)
        try send(bytes, to: rank - distance)
        return nil
      }
      if rank + distance < size {
        let count = try receive(count: 8, from: rank + distance).withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
        let bytes = try receive(count: Int(count), from: rank + distance)
        add(&value, try JSONDecoder.exact.decode(Value.self, from: Data(bytes)))
      }
      distance *= 2
    }
    return value
  }
}
