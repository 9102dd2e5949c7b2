/// A quantity that a job asks for.
public struct SourceRequest: Sendable {
  /// What the job calls it: `response`, `moisture`.
  public var name: String
  /// Where it comes from: a record, or several that are joined.
  public var expression: SourceExpression
  /// Which steps the job takes, and what it makes of them.
  public var steps: StepRequest
  /// The range of depths in metres over which layers are combined; nil takes all layers.
  public var depth: ClosedRange<Double>?
  /// Whether depths are for variables that have layers alone: one without is taken as it is, and nobody is told.
  public var depthIsForLayersOnly = false
  /// Edges of the layers in metres where neither file nor names tell them.
  public var layerEdges: [Double]
  /// Whether layers become one field or stay fields of their own.
  public var layering: Layering
  /// Whether units say that layers add up; layers of other units are averaged by their thickness.
  public var addsUp: @Sendable (_ units: String) -> Bool
  /// Whether units say that values are rates, whose months are means where those of amounts are sums.
  public var isRate: @Sendable (_ units: String) -> Bool = { _ in false }
  /// Whether steps that are not there count as missing data.
  public var allowsGaps: Bool
  /// Whether the record may begin later and end earlier than the steps asked for, which then count as missing data.
  public var mayBeShorter: Bool
  /// How fields on another grid than the first source's are brought to that; nil refuses them.
  public var regridding: FieldRegridding?
  /// What files do not tell, where ED2 wrote them; others are read as ever.
  public var ed2: ED2Files?
  /// What messages call that which the user gave.
  public var words: Words

  /// What becomes of the layers of a source.
  public enum Layering: Sendable, Equatable {
    /// One field: their mean, or for layers that add up their sum.
    case combined
    /// A field of each layer, an amount in these units: layers that do not add up are multiplied by their thickness and
    /// this number, the amount of a layer of one metre that is full.
    case amounts(perMetre: Double, units: String)
  }

  /// What messages call that which the user gave, so that it is found on the command line.
  public struct Words: Sendable {
    /// The source: `--response`.
    public var source: String
    /// The names of the members.
    public var members = "the list of members"
    /// First and last month.
    public var period = "the period"
    /// The depths.
    public var depth = "the range of depths"
    /// The layers' edges.
    public var layerEdges = "the layers' edges"
    /// What takes steps that are not there as missing data; nil where nothing does.
    public var gaps: String?

    /// Words for a source, and plain ones for the rest.
    public init(source: String) { self.source = source }
  }

  /// A quantity of one record, and which depths count.
  public init(
    name: String, specification: SourceSpecification, steps: StepRequest = .months(), depth: ClosedRange<Double>? = nil,
    layerEdges: [Double] = [], layering: Layering = .combined,
    addsUp: @escaping @Sendable (_ units: String) -> Bool = { _ in false }, allowsGaps: Bool = false,
    mayBeShorter: Bool = false, words: Words? = nil
  ) {
    self.init(
      name: name, expression: .record(specification), steps: steps, depth: depth, layerEdges: layerEdges,
      layering: layering, addsUp: addsUp, allowsGaps: allowsGaps, mayBeShorter: mayBeShorter, words: words)
  }

  /// A quantity, where it comes from and which depths count.
  public init(
    name: String, expression: SourceExpression, steps: StepRequest = .months(), depth: ClosedRange<Double>? = nil,
    layerEdges: [Double] = [], layering: Layering = .combined,
    addsUp: @escaping @Sendable (_ units: String) -> Bool = { _ in false }, allowsGaps: Bool = false,
    mayBeShorter: Bool = false, words: Words? = nil
  ) {
    self.name = name
    self.expression = expression
    self.steps = steps
    self.depth = depth
    self.layerEdges = layerEdges
    self.layering = layering
    self.addsUp = addsUp
    self.allowsGaps = allowsGaps
    self.mayBeShorter = mayBeShorter
    self.words = words ?? Words(source: "the source '\(name)'")
  }
}
