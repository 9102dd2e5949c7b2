import Foundation

extension Communicator {
  /// Runs what every rank does on its own and makes a failure of any of them everybody's.
  ///
  /// Collective. All ranks throw the error of the lowest rank that failed, so that none waits for a rank that left and
  /// rank 0 can report what happened on another. Calls may be nested: a rank that fails between two inner calls meets the
  /// others in their next one, and the error on which all agreed there passes through the outer call as it is.
  public func together<Value>(_ body: () throws -> Value) throws -> Value {
    let outcome = Result { try body() }
    guard size > 1 else { return try outcome.get() }
    var failure: JobError?
    if case .failure(let error) = outcome { failure = JobError(wrapping: error) }
    if let failure, failure.isAgreed { throw failure }
    let first = try allReduce([failure == nil ? size : rank], .minimum)[0]
    guard first < size else { return try outcome.get() }
    // The message travels to rank 0 and from there to all.
    var bytes = [UInt8]()
    if let failure, rank == first { bytes = [UInt8](try JSONEncoder().encode(failure)) }
    bytes = try broadcast(try gatherBytes(bytes).first { !$0.isEmpty } ?? [])
    var agreed = try JSONDecoder().decode(JobError.self, from: Data(bytes))
    agreed.isAgreed = true
    agreed.rank = first
    throw agreed
  }

  /// The names of the ranks' machines, rank after rank, on rank 0; empty elsewhere.
  ///
  /// Collective.
  public func hosts() throws -> [String] {
    try gatherBytes([UInt8](hostName().utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Runs on rank 0 alone and gives its result, or its error, to all ranks.
  ///
  /// Collective.
  public func onRoot<Value: Codable>(_ body: () throws -> Value) throws -> Value {
    guard size > 1 else { return try body() }
    let value = try together { isRoot ? try body() : nil }
    let bytes = try value.map { [UInt8](try JSONEncoder.exact.encode($0)) } ?? []
    return try JSONDecoder.exact.decode(Value.self, from: Data(try broadcast(bytes)))
  }
}

extension JobError {
  /// Any error as one that ends the job; what is not a `JobError` is an internal error.
  public init(wrapping error: any Error) {
    self = error as? JobError ?? JobError(.internal, "internal error: \(error)")
  }
}

extension JSONEncoder {
  /// Encodes NaN and infinities, which plain JSON has no numbers for.
  static var exact: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }
}

extension JSONDecoder {
  /// Decodes what `JSONEncoder.exact` wrote.
  static var exact: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}
