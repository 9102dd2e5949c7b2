/// Whole fields joined as an expression says, cell by cell.
public struct JoinedFields {
  /// Units of the result.
  public let units: String
  private let joint: SourceJoint

  /// What joins fields of the expression's records, which have these units, in the order of `records`.
  ///
  /// - Throws: exit code 65 where the units do not fit.
  public init(_ expression: SourceExpression, units: [String]) throws {
    joint = try expression.joint(units)
    self.units = joint.units
  }

  /// The joined field.
  ///
  /// - Parameter fields: of each record, equally many cells; NaN where missing.
  /// - Returns: NaN where a record is missing, or where there is no value.
  public func values(_ fields: [[Double]]) -> [Double] {
    let cells = fields.first?.count ?? 0
    let blocks = fields.map { field in
      let block = Block(capacity: cells)
      for (cell, value) in field.enumerated() { block.pointer[cell] = value }
      return block
    }
    let joiner = FieldJoiner(joint, fieldCount: 1, cells: cells)
    joiner.join(0) { UnsafePointer(blocks[$0].pointer) }
    return UnsafeBufferPointer(start: joiner.field(0), count: cells).map { $0.isFinite ? $0 : .nan }
  }
}
