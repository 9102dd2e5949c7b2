/// How the variables of a source and their layers make one field.
struct Profile: Codable, Sendable, Equatable {
  /// One variable's layers.
  struct Part: Codable, Sendable, Equatable {
    /// Index of the variable in the source.
    var variable: Int
    /// The first layer that counts.
    var firstLevel: Int
    /// Weights of the layers that count, from `firstLevel` on; one for a variable without layers.
    var weights: [Double]
  }

  var parts: [Part]
  /// Whether the field is the weighted mean over what is present (bedrock leaves deep layers empty); otherwise it is
  /// the weighted sum, missing where anything is missing.
  var isMean: Bool
}
