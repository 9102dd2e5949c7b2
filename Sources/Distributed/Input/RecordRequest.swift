/// One of the records that a source is made of, asked for with all that the source's request says.
@dynamicMemberLookup
struct RecordRequest: Sendable {
  /// What messages and reports call the record: the source's name, with a number where the source joins several.
  let name: String
  let specification: SourceSpecification
  private let source: SourceRequest

  subscript<Value>(dynamicMember member: KeyPath<SourceRequest, Value>) -> Value { source[keyPath: member] }

  fileprivate init(name: String, specification: SourceSpecification, of source: SourceRequest) {
    self.name = name
    self.specification = specification
    self.source = source
  }
}

extension SourceRequest {
  /// The records that the source is made of.
  var records: [RecordRequest] {
    let specifications = expression.records
    return specifications.enumerated().map { number, specification in
      RecordRequest(
        name: specifications.count > 1 ? "\(name) \(number + 1)" : name, specification: specification, of: self)
    }
  }
}
